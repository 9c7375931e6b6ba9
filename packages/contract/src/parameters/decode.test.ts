// promise: exact-coercion
// promise: parameter-lookalikes
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Parameter, Schema } from '../model.ts';
import { References } from '../schema/index.ts';
import { compileParameters, type CompileParametersOptions } from './decode.ts';
import { aMediaType, aParameter, aSchema, anOperation } from './made-operation.ts';

const source = { references: new References() };

function query(name: string, raw: Schema['raw'], more: Partial<Parameter> = {}): Parameter {
  return aParameter({ name, in: 'query', schema: aSchema(raw), ...more });
}

function decoder(parameters: readonly Parameter[], options?: CompileParametersOptions, path = '/') {
  const decode = compileParameters(source, anOperation({ path, parameters }), options);
  return (text: string, rawHeaders: readonly string[] = [], captures: readonly string[] = []) =>
    decode({ path: captures, query: text, rawHeaders });
}

function valuesOf(result: ReturnType<ReturnType<typeof decoder>>): Record<string, unknown> {
  assert.ok('value' in result, 'issues' in result ? JSON.stringify(result.issues) : '');
  return { ...result.value.query };
}

function issuesOf(result: ReturnType<ReturnType<typeof decoder>>): string[] {
  assert.ok('issues' in result, 'accepted');
  for (const issue of result.issues) assert.ok(issue.message !== '' && issue.mend !== '');
  return result.issues.map((issue) => `${issue.pointer} ${issue.keyword}`);
}

test('text that is not the notation of its type is refused, not adapted', () => {
  const decode = decoder([
    query('i', { type: 'integer' }),
    query('n', { type: 'number' }),
    query('b', { type: 'boolean' }),
  ]);
  for (const text of ['1e3', '0x10', '%205', '5%20', '+5', '1_0', '1.0', '', '%0A5', '０'])
    assert.deepEqual(issuesOf(decode(`i=${text}`)), ['/query/i type'], text);
  for (const text of ['1e3', '0x10', '%205', '.5', '5.', 'Infinity', 'NaN', ''])
    assert.deepEqual(issuesOf(decode(`n=${text}`)), ['/query/n type'], text);
  for (const text of ['true%20', 'True', 'TRUE', '1', '0', 'yes', 'on', ''])
    assert.deepEqual(issuesOf(decode(`b=${text}`)), ['/query/b type'], text);
  assert.deepEqual(valuesOf(decode('i=9007199254740993')), { i: 9_007_199_254_740_993n });
});

test('int64 stays exact up to its limits, int32 ends at its own', () => {
  const decode = decoder([
    query('long', { type: 'integer', format: 'int64' }),
    query('int', { type: 'integer', format: 'int32' }),
  ]);
  assert.deepEqual(valuesOf(decode('long=9223372036854775807')), { long: 9_223_372_036_854_775_807n });
  assert.deepEqual(valuesOf(decode('long=5&int=2147483647')), { long: 5, int: 2_147_483_647 });
});

test('missing, default, empty', () => {
  const decode = decoder([
    query('must', { type: 'string' }, { required: true }),
    query('limit', { type: 'integer', default: 20 }),
    query('tags', { type: 'array', items: { type: 'string' }, default: ['a'] }),
    query('flag', { type: 'boolean' }, { allowEmptyValue: true }),
    query('maybe', { type: ['integer', 'null'] }),
    query('text', { type: ['string', 'null'] }),
  ]);
  assert.deepEqual(issuesOf(decode('')), ['/query/must required']);
  assert.deepEqual(valuesOf(decode('must=')), { must: '', limit: 20, tags: ['a'] });
  assert.deepEqual(valuesOf(decode('must=x&flag&maybe=&text=')), {
    must: 'x',
    limit: 20,
    tags: ['a'],
    flag: '',
    maybe: null,
    text: '',
  });
  assert.deepEqual(valuesOf(decode('must=x&flag=true&text=null&maybe=5')), {
    must: 'x',
    limit: 20,
    tags: ['a'],
    flag: true,
    maybe: 5,
    text: 'null',
  });
  assert.deepEqual(issuesOf(decode('must=x&limit=')), ['/query/limit type']);
  const defaults = valuesOf(decode('must=x'))['tags'];
  assert.ok(Object.isFrozen(defaults));
});

test('undocumented names are refused, with the name that was probably meant', () => {
  const decode = decoder([query('limit', { type: 'integer' }), query('status', { type: 'string' })]);
  const result = decode('limt=5');
  assert.deepEqual(issuesOf(result), ['/query/limt undocumented-parameter']);
  assert.ok('issues' in result && result.issues[0]?.mend.includes('limit'));
  assert.deepEqual(issuesOf(decode('__proto__=1')), ['/query/__proto__ undocumented-parameter']);
  assert.deepEqual(issuesOf(decode('__proto__[x]=1')), ['/query/__proto__[x] undocumented-parameter']);
  assert.deepEqual(issuesOf(decode('toString=1')), ['/query/toString undocumented-parameter']);
  const long = decode(`${'x'.repeat(10_000)}=1`);
  assert.ok('issues' in long && (long.issues[0]?.pointer.length ?? 0) < 100);
  assert.deepEqual(issuesOf(decoder([])('a=1')), ['/query/a undocumented-parameter']);
});

test('tolerant: unknown names pass unless a parser could take them for a documented one', () => {
  const decode = decoder(
    [
      query('limit', { type: 'integer' }),
      query('filter', { type: 'object', properties: { a: { type: 'string' } } }, { style: 'deepObject' }),
    ],
    {
      unknownQuery: 'ignore',
    },
  );
  assert.deepEqual(valuesOf(decode('utm=1&limit=5&utm=2')), { limit: 5 });
  for (const name of ['limit[]', 'limit[$gt]', '[limit]', 'Limit', 'limit%20', 'filter', 'FILTER[a]', 'limit[']) {
    assert.equal('issues' in decode(`limit=5&${name}=1`), true, name);
  }
  assert.deepEqual(issuesOf(decode('limit=5&x=%zz')), ['/query/x percent-encoding']);
});

test('names with brackets that are documented as such are plain names', () => {
  const decode = decoder([
    query('ids[]', { type: 'array', items: { type: 'integer' } }),
    query('filter[state]', { type: 'string' }),
  ]);
  assert.deepEqual(valuesOf(decode('ids[]=1&ids%5B%5D=2&filter%5Bstate%5D=open')), {
    'ids[]': [1, 2],
    'filter[state]': 'open',
  });
});

test('API keys that travel in the query are left to authentication', () => {
  const location = { document: '', pointer: '' };
  const scheme = { type: 'apiKey', in: 'query', key: 'api_key', name: 'key', location } as const;
  const operation = anOperation({ parameters: [], security: [{ schemes: [{ scheme, scopes: [] }] }] });
  const result = compileParameters(source, operation)({ path: [], query: 'api_key=secret', rawHeaders: [] });
  assert.ok('value' in result);
  assert.deepEqual(Object.keys(result.value.query), []);
});

test('several types: integer, number, boolean, null, string, in this order, as the schema accepts', () => {
  const decode = decoder([
    query('a', { type: ['string', 'integer'] }),
    query('b', { anyOf: [{ type: 'boolean' }, { type: 'number', maximum: 10 }, { type: 'string', maxLength: 3 }] }),
    query('c', { oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] }),
    query('d', { enum: [1, 'two', true] }),
    query('e', {}),
    query('f', { allOf: [{ type: ['integer', 'string'] }, { type: 'number' }] }),
    query('g', { type: 'array', items: { type: ['integer', 'boolean'] } }),
  ]);
  assert.deepEqual(valuesOf(decode('a=5')), { a: 5 });
  assert.deepEqual(valuesOf(decode('a=05')), { a: '05' });
  assert.deepEqual(valuesOf(decode('b=true')), { b: true });
  assert.deepEqual(valuesOf(decode('b=7.5')), { b: 7.5 });
  assert.deepEqual(valuesOf(decode('b=11')), { b: '11' });
  assert.equal(issuesOf(decode('b=1111')).length > 0, true);
  assert.deepEqual(valuesOf(decode('c=x')), { c: 'x' });
  assert.deepEqual(valuesOf(decode('c=x&c=y')), { c: ['x', 'y'] });
  assert.deepEqual(valuesOf(decode('d=1')), { d: 1 });
  assert.deepEqual(valuesOf(decode('d=two')), { d: 'two' });
  assert.deepEqual(valuesOf(decode('d=true')), { d: true });
  assert.deepEqual(valuesOf(decode('e=5')), { e: '5' });
  assert.deepEqual(valuesOf(decode('f=5')), { f: 5 });
  assert.deepEqual(issuesOf(decode('f=x')), ['/query/f type']);
  assert.deepEqual(valuesOf(decode('g=1&g=true')), { g: [1, true] });
});

test('schemas are followed through references, and 3.0 nullable is null', () => {
  const references = new References();
  const document = {
    openapi: '3.0.3',
    components: {
      schemas: {
        Limit: { type: 'integer', maximum: 50, default: 10 },
        Page: { allOf: [{ $ref: '#/components/schemas/Limit' }], nullable: true, type: 'integer' },
      },
    },
  };
  references.add('made:doc', document, 'openapi-3.0');
  const at = (pointer: string, raw: Schema['raw']): Schema => ({
    location: { document: 'made:doc', pointer },
    dialect: 'openapi-3.0',
    raw,
  });
  const parameters = [
    aParameter({ name: 'limit', in: 'query', schema: at('/x', { $ref: '#/components/schemas/Limit' }) }),
    aParameter({ name: 'page', in: 'query', schema: at('/components/schemas/Page', document.components.schemas.Page) }),
  ];
  const decode = compileParameters({ references }, anOperation({ parameters }));
  const result = decode({ path: [], query: '', rawHeaders: [] });
  assert.ok('value' in result);
  assert.deepEqual({ ...result.value.query }, { limit: 10, page: 10 });
  assert.ok('issues' in decode({ path: [], query: 'limit=51', rawHeaders: [] }));
  const low = decode({ path: [], query: 'limit=5&page=7', rawHeaders: [] });
  assert.ok('value' in low);
  assert.deepEqual({ ...low.value.query }, { limit: 5, page: 7 });
});

test('values are checked by the schema, with a pointer to the part', () => {
  const decode = decoder([
    query('limit', { type: 'integer', maximum: 100 }),
    query('ids', { type: 'array', items: { type: 'integer', minimum: 1 }, maxItems: 3 }, { explode: false }),
    query('where', { type: 'object', properties: { age: { type: 'integer' } } }, { style: 'deepObject' }),
  ]);
  assert.deepEqual(valuesOf(decode('limit=100&ids=1,2&where[age]=3')), { limit: 100, ids: [1, 2], where: { age: 3 } });
  assert.equal(issuesOf(decode('limit=101'))[0]?.startsWith('/query/limit'), true);
  assert.equal(issuesOf(decode('ids=1,2,3,4'))[0]?.startsWith('/query/ids'), true);
  assert.deepEqual(issuesOf(decode('ids=1,x')), ['/query/ids/1 type']);
  assert.deepEqual(issuesOf(decode('where[age]=x')), ['/query/where/age type']);
  assert.deepEqual(issuesOf(decode('where[agee]=1')), ['/query/where/agee undocumented-parameter']);
});

test('objects of any property: as query names, in brackets, and never __proto__', () => {
  const decode = decoder([
    query('known', { type: 'string' }),
    query('any', { type: 'object', additionalProperties: { type: 'integer' } }),
  ]);
  assert.deepEqual(valuesOf(decode('known=x&a=1&b=2')), { known: 'x', any: { a: 1, b: 2 } });
  assert.deepEqual(issuesOf(decode('a=x')), ['/query/any/a type']);
  assert.deepEqual(issuesOf(decode('__proto__=1')), ['/query/__proto__ undocumented-parameter']);
  assert.deepEqual(issuesOf(decode('a[b]=1')), ['/query/a[b] undocumented-parameter']);
  const deep = decoder([query('f', { type: 'object' }, { style: 'deepObject' })]);
  assert.deepEqual(valuesOf(deep('f[a]=1&f[constructor]=x')), { f: { a: '1', constructor: 'x' } });
  assert.deepEqual(issuesOf(deep('f[__proto__]=1')), ['/query/f[__proto__] forbidden-name']);
  assert.equal(({} as Record<string, unknown>)['1'], undefined);
});

test('nested objects and lists in brackets, where they are documented', () => {
  const decode = decoder([
    query(
      'f',
      {
        type: 'object',
        properties: {
          price: { type: 'object', properties: { gte: { type: 'number' } } },
          ids: { type: 'array', items: { type: 'integer' } },
        },
      },
      { style: 'deepObject' },
    ),
  ]);
  assert.deepEqual(valuesOf(decode('f[price][gte]=1.5&f[ids][]=1&f[ids][]=2')), {
    f: { price: { gte: 1.5 }, ids: [1, 2] },
  });
  assert.deepEqual(valuesOf(decode('f[ids]=1&f[ids]=2')), { f: { ids: [1, 2] } });
  assert.deepEqual(valuesOf(decode('f[ids]=1')), { f: { ids: [1] } });
  assert.deepEqual(issuesOf(decode('f[price]=1&f[price][gte]=2')), [
    '/query/f[price][gte] style',
    '/query/f/price type',
  ]);
  assert.deepEqual(issuesOf(decode('f[price][gte]=1&f[price][gte]=2')), ['/query/f/price/gte duplicate-parameter']);
});

test('header fields: any case, repeated only where a list is documented, undocumented ones not looked at', () => {
  const decode = decoder([
    aParameter({ name: 'X-Ids', in: 'header', schema: aSchema({ type: 'array', items: { type: 'integer' } }) }),
    aParameter({ name: 'X-Tenant', in: 'header', schema: aSchema({ type: 'string' }), required: true }),
    aParameter({ name: 'Authorization', in: 'header', schema: aSchema({ type: 'integer' }), required: true }),
  ]);
  const result = decode('', ['X-IDS', '1, 2', 'x-tenant', 'a', 'x-ids', '3', 'x-other', '\u0000']);
  assert.ok('value' in result);
  assert.deepEqual({ ...result.value.header }, { 'x-ids': [1, 2, 3], 'x-tenant': 'a' });
  assert.deepEqual(issuesOf(decode('', ['X-Tenant', 'a', 'x-tenant', 'a'])), ['/header/x-tenant duplicate-parameter']);
  assert.deepEqual(issuesOf(decode('')), ['/header/x-tenant required']);
});

test('content: JSON is parsed whole', () => {
  const parameter = aParameter({
    name: 'q',
    in: 'query',
    content: aMediaType('application/json', {
      type: 'object',
      properties: { a: { type: 'integer' } },
      required: ['a'],
    }),
  });
  const decode = decoder([{ ...parameter, schema: parameter.content?.schema }]);
  assert.deepEqual(valuesOf(decode('q=%7B%22a%22%3A1%7D')), { q: { a: 1 } });
  assert.equal(issuesOf(decode('q=%7B%22a%22%3A'))[0]?.startsWith('/query/q'), true);
  assert.equal(issuesOf(decode('q=%7B%7D'))[0]?.startsWith('/query/q'), true);
});

test('3.2 querystring: the whole query is one value', () => {
  const form = aParameter({
    name: 'q',
    in: 'querystring',
    content: aMediaType('application/x-www-form-urlencoded', {
      type: 'object',
      properties: { a: { type: 'integer' }, b: { type: 'array', items: { type: 'string' } } },
      required: ['a'],
      additionalProperties: false,
    }),
  });
  const decode = decoder([form]);
  assert.deepEqual(valuesOf(decode('a=1&b=x&b=y+z')), { q: { a: 1, b: ['x', 'y z'] } });
  assert.equal('issues' in decode('b=x'), true);
  assert.equal('issues' in decode('a=1&c=1'), true);
  const json = decoder([
    aParameter({
      name: 'q',
      in: 'querystring',
      content: aMediaType('application/json', { type: 'object' }),
      schema: aSchema({ type: 'object' }),
      required: true,
    }),
  ]);
  assert.deepEqual(valuesOf(json('%7B%22a%22:%221+1%22%7D')), { q: { a: '1+1' } });
  assert.deepEqual(issuesOf(json('')), ['/query/q required']);
});

test('path values: in template order, undocumented variables are text, repeated ones must agree', () => {
  const decode = decoder(
    [aParameter({ name: 'id', in: 'path', schema: aSchema({ type: 'integer' }) })],
    {},
    '/{tenant}/x/{id}/{id}',
  );
  const result = decode('', [], ['a%20b', '7', '7']);
  assert.ok('value' in result);
  assert.deepEqual({ ...result.value.path }, { tenant: 'a b', id: 7 });
  assert.deepEqual(issuesOf(decode('', [], ['a', '7', '8'])), ['/path/id duplicate-parameter']);
  assert.deepEqual(issuesOf(decode('', [], ['%FF', 'x', 'x'])), [
    '/path/tenant percent-encoding',
    '/path/id type',
    '/path/id type',
  ]);
});

test('limits: pairs, length, issues', () => {
  const decode = decoder([query('a', { type: 'array', items: { type: 'string' } })], { maxLength: 10 });
  assert.deepEqual((valuesOf(decode(Array(1000).fill('a=1').join('&')))['a'] as string[]).length, 1000);
  assert.deepEqual(issuesOf(decode(Array(1001).fill('a=1').join('&'))), ['/query too-many-parameters']);
  assert.deepEqual(issuesOf(decode('a=12345678901')), ['/query/a too-long']);
  assert.equal(issuesOf(decode(Array(500).fill('b=1').join('&'))).length, 20);
  assert.deepEqual(valuesOf(decode('&&a=1&&')), { a: ['1'] });
});

test('an operation without parameters and query shares one frozen answer', () => {
  const decode = decoder([]);
  const first = decode('');
  const second = decode('');
  assert.ok(
    'value' in first && 'value' in second && first.value === second.value && Object.isFrozen(first.value.query),
  );
});

test('records inherit nothing', () => {
  const result = decoder([query('a', { type: 'string' })])('a=1');
  assert.ok('value' in result);
  assert.equal(result.value.query['constructor'], undefined);
  assert.equal(Object.getPrototypeOf(Object.getPrototypeOf(result.value.query)), null);
});
