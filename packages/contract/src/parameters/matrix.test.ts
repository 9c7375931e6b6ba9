import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DecodedParameters, RawParameters } from '../compiled.ts';
import type { Parameter } from '../model.ts';
import { References } from '../schema/index.ts';
import { compileParameters } from './decode.ts';
import { aParameter, aSchema, anOperation } from './made-operation.ts';

const source = { references: new References() };

const types = {
  string: { type: 'string' },
  integer: { type: 'integer' },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  strings: { type: 'array', items: { type: 'string' } },
  integers: { type: 'array', items: { type: 'integer' } },
  object: { type: 'object', properties: { R: { type: 'integer' }, G: { type: 'integer' }, name: { type: 'string' } } },
} as const;

/** Name is `v` everywhere. */
function decode(
  place: Parameter['in'],
  style: Parameter['style'],
  explode: boolean,
  type: keyof typeof types,
  text: string,
): unknown {
  const parameter = aParameter({ name: 'v', in: place, style, explode, schema: aSchema(types[type]) });
  const operation = anOperation({ path: place === 'path' ? '/{v}' : '/', parameters: [parameter] });
  const raw: RawParameters = {
    path: place === 'path' ? [text] : [],
    query: place === 'query' ? text : '',
    rawHeaders: place === 'header' ? ['V', text] : place === 'cookie' ? ['Cookie', text] : [],
  };
  const result = compileParameters(source, operation)(raw);
  if ('issues' in result) return result.issues.map((issue) => issue.keyword);
  return result.value[place as keyof DecodedParameters]['v'];
}

const rgb = { R: 100, G: 200 };

/** Place, style, explode, type, text, value: the table of OpenAPI 3.2 section 4.12.6, with every type. */
const rows: readonly [Parameter['in'], Parameter['style'], boolean, keyof typeof types, string, unknown][] = [
  ['path', 'simple', false, 'string', 'blue', 'blue'],
  ['path', 'simple', false, 'string', 'a%20b%2Cc', 'a b,c'],
  ['path', 'simple', false, 'string', 'a+b', 'a+b'],
  ['path', 'simple', false, 'integer', '-7', -7],
  ['path', 'simple', false, 'number', '1.5', 1.5],
  ['path', 'simple', false, 'boolean', 'true', true],
  ['path', 'simple', false, 'strings', 'blue,black', ['blue', 'black']],
  ['path', 'simple', true, 'strings', 'blue,black', ['blue', 'black']],
  ['path', 'simple', false, 'integers', '1,2,3', [1, 2, 3]],
  ['path', 'simple', false, 'integers', '1%2C2', [1, 2]],
  ['path', 'simple', false, 'object', 'R,100,G,200', rgb],
  ['path', 'simple', true, 'object', 'R=100,G=200', rgb],
  ['path', 'label', false, 'string', '.blue', 'blue'],
  ['path', 'label', true, 'string', '.blue', 'blue'],
  ['path', 'label', false, 'integer', '.5', 5],
  ['path', 'label', false, 'strings', '.blue,black', ['blue', 'black']],
  ['path', 'label', true, 'strings', '.blue.black', ['blue', 'black']],
  ['path', 'label', false, 'object', '.R,100,G,200', rgb],
  ['path', 'label', true, 'object', '.R=100.G=200', rgb],
  ['path', 'matrix', false, 'string', ';v=blue', 'blue'],
  ['path', 'matrix', false, 'string', ';v', ''],
  ['path', 'matrix', true, 'integer', ';v=5', 5],
  ['path', 'matrix', false, 'boolean', ';v=false', false],
  ['path', 'matrix', false, 'strings', ';v=blue,black', ['blue', 'black']],
  ['path', 'matrix', true, 'strings', ';v=blue;v=black', ['blue', 'black']],
  ['path', 'matrix', true, 'strings', ';v=a%3Bb;v=c%3Dd', ['a;b', 'c=d']],
  ['path', 'matrix', false, 'object', ';v=R,100,G,200', rgb],
  ['path', 'matrix', true, 'object', ';R=100;G=200', rgb],
  ['query', 'form', true, 'string', 'v=blue', 'blue'],
  ['query', 'form', false, 'string', 'v=blue', 'blue'],
  ['query', 'form', true, 'string', 'v=', ''],
  ['query', 'form', true, 'string', 'v', ''],
  ['query', 'form', true, 'string', 'v=a+b%2Bc%26d=e', 'a b+c&d=e'],
  ['query', 'form', true, 'string', '%76=%E2%82%AC', '€'],
  ['query', 'form', true, 'integer', 'v=20', 20],
  ['query', 'form', true, 'number', 'v=-0.25', -0.25],
  ['query', 'form', true, 'boolean', 'v=false', false],
  ['query', 'form', true, 'strings', 'v=blue&v=black', ['blue', 'black']],
  ['query', 'form', true, 'strings', 'v=blue', ['blue']],
  ['query', 'form', true, 'strings', 'v=blue,black', ['blue,black']],
  ['query', 'form', false, 'strings', 'v=blue,black', ['blue', 'black']],
  ['query', 'form', false, 'strings', 'v=blue%2Cblack', ['blue', 'black']],
  ['query', 'form', false, 'strings', 'v=', []],
  ['query', 'form', false, 'integers', 'v=1,2', [1, 2]],
  ['query', 'form', false, 'object', 'v=R,100,G,200', rgb],
  ['query', 'form', true, 'object', 'R=100&G=200', rgb],
  ['query', 'spaceDelimited', false, 'strings', 'v=blue%20black', ['blue', 'black']],
  ['query', 'spaceDelimited', false, 'strings', 'v=blue+black', ['blue', 'black']],
  ['query', 'spaceDelimited', false, 'object', 'v=R%20100%20G%20200', rgb],
  ['query', 'spaceDelimited', true, 'integers', 'v=1&v=2', [1, 2]],
  ['query', 'pipeDelimited', false, 'integers', 'v=1|2', [1, 2]],
  ['query', 'pipeDelimited', false, 'integers', 'v=1%7C2', [1, 2]],
  ['query', 'pipeDelimited', false, 'object', 'v=R%7C100%7CG%7C200', rgb],
  ['query', 'pipeDelimited', true, 'strings', 'v=a&v=b', ['a', 'b']],
  ['query', 'tabDelimited', false, 'strings', 'v=a%09b', ['a', 'b']],
  ['query', 'deepObject', true, 'object', 'v[R]=100&v[G]=200', rgb],
  ['query', 'deepObject', true, 'object', 'v%5BR%5D=100&v%5bG%5d=200', rgb],
  ['query', 'deepObject', true, 'object', 'v[name]=', { name: '' }],
  ['query', 'deepObject', true, 'integers', 'v[]=1&v[]=2', [1, 2]],
  ['query', 'deepObject', true, 'integers', 'v[0]=1&v[1]=2', [1, 2]],
  ['header', 'simple', false, 'string', ' blue ', 'blue'],
  ['header', 'simple', false, 'string', 'a%20b', 'a%20b'],
  ['header', 'simple', false, 'integer', '5', 5],
  ['header', 'simple', false, 'boolean', 'true', true],
  ['header', 'simple', false, 'strings', 'blue, black,,', ['blue', 'black']],
  ['header', 'simple', true, 'integers', '1,2', [1, 2]],
  ['header', 'simple', false, 'object', 'R,100,G,200', rgb],
  ['header', 'simple', true, 'object', 'R=100, G=200', rgb],
  ['cookie', 'form', true, 'string', 'a=1; v=blue; b=2', 'blue'],
  ['cookie', 'form', true, 'string', 'v=a%20b', 'a b'],
  ['cookie', 'form', true, 'string', 'v=a+b', 'a+b'],
  ['cookie', 'form', true, 'integer', 'v=5', 5],
  ['cookie', 'form', false, 'strings', 'v=blue,black', ['blue', 'black']],
  ['cookie', 'form', true, 'strings', 'v=blue&v=black', ['blue', 'black']],
  ['cookie', 'form', false, 'object', 'v=R,100,G,200', rgb],
  ['cookie', 'form', true, 'object', 'R=100&G=200', rgb],
  ['cookie', 'cookie', true, 'string', 'v=a%20b', 'a%20b'],
  ['cookie', 'cookie', true, 'strings', 'v=blue; v=black', ['blue', 'black']],
  ['cookie', 'cookie', true, 'object', 'R=100; G=200', rgb],
  ['cookie', 'cookie', false, 'strings', 'v=blue,black', ['blue', 'black']],
];

/** The same, refused; the value is the keywords of the issues. */
const refused: typeof rows = [
  ['path', 'simple', false, 'integer', '', ['type']],
  ['path', 'simple', false, 'string', '%C3', ['percent-encoding']],
  ['path', 'simple', false, 'object', 'R,100,G', ['style']],
  ['path', 'simple', false, 'object', 'R,1,R,2', ['duplicate-parameter']],
  ['path', 'simple', true, 'object', 'R,100', ['style']],
  ['path', 'simple', false, 'object', '__proto__,1', ['undocumented-parameter']],
  ['path', 'simple', false, 'object', 'other,1', ['undocumented-parameter']],
  ['path', 'label', false, 'string', 'blue', ['style']],
  ['path', 'matrix', false, 'string', 'blue', ['style']],
  ['path', 'matrix', false, 'string', ';w=blue', ['style']],
  ['path', 'matrix', false, 'string', ';v=blue;v=black', ['duplicate-parameter']],
  ['path', 'matrix', true, 'object', ';R=1;R=2', ['duplicate-parameter']],
  ['query', 'form', true, 'string', 'v=a&v=b', ['duplicate-parameter']],
  ['query', 'form', true, 'string', 'v=a&%76=b', ['duplicate-parameter']],
  ['query', 'form', true, 'integer', 'v=1&v=1', ['duplicate-parameter']],
  ['query', 'form', false, 'strings', 'v=a&v=b', ['duplicate-parameter']],
  ['query', 'form', true, 'object', 'R=1&R=2', ['duplicate-parameter']],
  ['query', 'form', true, 'integers', 'v=1&v=x', ['type']],
  ['query', 'form', true, 'string', 'v=%', ['percent-encoding']],
  ['query', 'form', true, 'string', 'v=%C0%AF', ['percent-encoding']],
  ['query', 'form', true, 'string', 'v=a%00b', ['control-character']],
  ['query', 'form', true, 'string', '%zz=1', ['percent-encoding']],
  ['query', 'form', true, 'string', 'v[]=1', ['undocumented-parameter']],
  ['query', 'form', true, 'string', 'v[$gt]=1', ['undocumented-parameter']],
  ['query', 'form', true, 'string', 'V=1', ['undocumented-parameter']],
  ['query', 'form', true, 'string', '=1', ['undocumented-parameter']],
  ['query', 'deepObject', true, 'object', 'v[R]=1&v[R]=2', ['duplicate-parameter']],
  ['query', 'deepObject', true, 'object', 'v[__proto__][x]=1', ['forbidden-name']],
  ['query', 'deepObject', true, 'object', 'v[%5F_proto__]=1', ['forbidden-name']],
  ['query', 'deepObject', true, 'object', 'v[constructor]=1', ['undocumented-parameter']],
  ['query', 'deepObject', true, 'object', 'v[R][x]=1', ['type']],
  ['query', 'deepObject', true, 'object', 'v[R=1', ['style']],
  ['query', 'deepObject', true, 'object', 'v[R]x=1', ['style']],
  ['query', 'deepObject', true, 'object', 'v[[R]]=1', ['style']],
  ['query', 'deepObject', true, 'object', 'v[a][b][c][d][e][f]=1', ['style']],
  ['query', 'deepObject', true, 'object', 'v=1', ['undocumented-parameter']],
  ['query', 'deepObject', true, 'integers', 'v[1]=1', ['style']],
  ['query', 'deepObject', true, 'integers', 'v[0]=1&v[2]=2', ['style']],
  ['header', 'simple', false, 'integer', '5 5', ['type']],
  ['cookie', 'form', true, 'string', 'v=a; v=b', ['duplicate-parameter']],
  ['cookie', 'form', true, 'string', 'v="a"', ['style']],
  ['cookie', 'form', true, 'string', 'v=%', ['percent-encoding']],
];

for (const [place, style, explode, type, text, value] of rows) {
  test(`${place} ${style}${explode ? ' exploded' : ''} ${type}: ${text}`, () => {
    const decoded = decode(place, style, explode, type, text);
    assert.deepEqual(decoded, value);
  });
}

for (const [place, style, explode, type, text, keywords] of refused) {
  test(`refuses ${place} ${style}${explode ? ' exploded' : ''} ${type}: ${text}`, () =>
    assert.deepEqual(decode(place, style, explode, type, text), keywords));
}
