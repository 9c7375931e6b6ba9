// Notations that `x-castellan.leniency` lets through in requests: each where it is named, what is passed on, and no neighbour of it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { GuardOptions } from '@castellan/guard';
import { apiOf, asking, type Answered } from './asked.ts';

interface Given {
  readonly leniency?: readonly string[];
  readonly at?: 'api' | 'operation';
  readonly schema?: object;
  readonly body?: unknown;
  readonly type?: string;
  readonly parameters?: readonly object[];
  readonly query?: string;
  readonly mode?: GuardOptions['mode'];
}

async function asked(given: Given): Promise<Answered & { readonly got: { body: string; query: string } | undefined }> {
  const { leniency, at = 'operation', schema = {}, body = {}, type = 'application/json' } = given;
  const words = leniency === undefined ? {} : { 'x-castellan': { leniency } };
  let got: { body: string; query: string } | undefined;
  const operation = {
    operationId: 'a',
    parameters: given.parameters ?? [],
    requestBody: { required: true, content: { [type]: { schema } } },
    responses: { 204: { description: 'Done' } },
    ...(at === 'operation' ? words : {}),
  };
  const guard = await asking(
    apiOf({ '/a': { post: operation } }, { security: [], ...(at === 'api' ? words : {}) }),
    async (request) => {
      got = { body: await request.text(), query: new URL(request.url).search };
      return new Response(null, { status: 204 });
    },
    { mode: given.mode },
  );
  const answer = await guard.ask({
    method: 'POST',
    path: `/a${given.query ?? ''}`,
    fields: { 'content-type': type },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  await guard.end();
  return { ...answer, got };
}

const optional: Readonly<Record<string, object>> = {
  text: { type: 'string' },
  number: { type: 'integer', minimum: 1 },
  list: { type: 'array', items: { type: 'string' } },
  object: { type: 'object', properties: { x: { type: 'string' } } },
  words: { enum: ['x', 'y'] },
  constant: { const: 1 },
  union: { anyOf: [{ type: 'string' }, { type: 'integer' }] },
  one: { oneOf: [{ type: 'boolean' }, { type: 'integer' }] },
  'odd/na~me': { type: 'string', format: 'date' },
};
const objectOf = (property: object, name: string, more: object = {}): object => ({
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'integer' }, [name]: property },
  ...more,
});
const pointerOf = (name: string): string => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
/** Where the object stands: the schema, the value and the pointer to it. */
const places: readonly (readonly [string, (s: object) => object, (v: string) => string, string])[] = [
  ['itself', (s) => s, (v) => v, ''],
  ['a property', (s) => objectOf(s, 'in'), (v) => `{"id":12345678901234567890,"in":${v}}`, '/in'],
  ['an item', (items) => ({ type: 'array', items }), (v) => `[ {"id":1}, ${v} ]`, '/1'],
  ['allOf', (s) => ({ allOf: [s] }), (v) => v, ''],
];

describe('absent-null', () => {
  for (const [name, property] of Object.entries(optional))
    for (const [place, around, put, before] of places)
      test(`${name} in ${place}`, async () => {
        const text = put(`{"id":1.0,${JSON.stringify(name)}: null}`);
        const given = { schema: around(objectOf(property, name)), body: text };
        const off = await asked(given);
        assert.match(off.refused ?? '', /^validate invalid-request/);
        assert.match((await asked({ ...given, leniency: ['boolean-words'] })).refused ?? '', /^validate/);
        for (const at of ['api', 'operation'] as const) {
          const { got, event, refused } = await asked({ ...given, at, leniency: ['absent-null'] });
          assert.equal(refused, undefined);
          // Every other byte as it came.
          assert.equal(got?.body, put('{"id":1.0}'));
          assert.deepEqual(event.lenient, [{ what: 'absent-null', places: [before + pointerOf(name)] }]);
        }
        const observed = await asked({ ...given, leniency: ['absent-null'], mode: 'observe' });
        assert.equal(observed.got?.body, text);
      });

  const neighbours: readonly (readonly [what: string, schema: object, body: unknown])[] = [
    ['a required one', objectOf({ type: 'string' }, 'a', { required: ['a'] }), { id: 1, a: null }],
    ['an undocumented one', objectOf({ type: 'string' }, 'a'), { id: 1, b: null }],
    ['an undocumented one of a closed object', objectOf({}, 'a', { additionalProperties: false }), { id: 1, b: null }],
    ['one that only answers have', objectOf({ type: 'string', readOnly: true }, 'a'), { id: 1, a: null }],
    [
      'one that another needs',
      objectOf({ type: 'string' }, 'a', { dependentRequired: { id: ['a'] } }),
      { id: 1, a: null },
    ],
    ['one of too few', objectOf({ type: 'string' }, 'a', { minProperties: 2 }), { id: 1, a: null }],
    ['an item', { type: 'array', items: { type: 'string' } }, ['a', null]],
    ['the body', { type: 'object' }, 'null'],
    ['a word', objectOf({ type: 'integer' }, 'a'), { id: 1, a: 'null' }],
    ['nothing', objectOf({ type: 'integer' }, 'a'), { id: 1, a: '' }],
    ['another mistake beside it', objectOf({ type: 'integer' }, 'a'), { id: 'x', a: null }],
    ['a key twice', objectOf({ type: 'integer' }, 'a'), '{"id":1,"a":null,"a":1}'],
    ['what is excluded', objectOf({ not: { type: 'null' } }, 'a'), { id: 1, a: null }],
  ];
  for (const [what, schema, body] of neighbours)
    test(`refused: ${what}`, async () => {
      const { refused, event } = await asked({ schema, body, leniency: ['absent-null', 'boolean-words'] });
      assert.match(refused ?? '', /^validate invalid-request/);
      assert.equal(event.lenient, undefined);
    });

  test('a null that is allowed stays, and so does one of a patch', async () => {
    const schema = objectOf({ type: ['string', 'null'] }, 'a');
    const { got, event } = await asked({ schema, body: { id: 1, a: null }, leniency: ['absent-null'] });
    assert.deepEqual([got?.body, event.lenient], ['{"id":1,"a":null}', undefined]);
    const type = 'application/merge-patch+json';
    const given = { schema: objectOf({ type: 'string' }, 'a'), body: { id: 1, a: null }, type };
    assert.match((await asked({ ...given, leniency: ['absent-null'] })).refused ?? '', /^validate/);
  });

  test('as many as there are', async () => {
    const properties = Object.fromEntries(Array.from({ length: 70 }, (_, at) => [`p${at}`, { type: 'string' }]));
    const body = Object.fromEntries(Object.keys(properties).map((name) => [name, null]));
    const { got } = await asked({ schema: { type: 'object', properties }, body, leniency: ['absent-null'] });
    assert.equal(got?.body, '{}');
  });
});

describe('boolean-words', () => {
  const flag = { type: 'boolean' };
  const inQuery = (schema: object, more: object = {}): object => ({ name: 'a', in: 'query', schema, ...more });
  const deep = { style: 'deepObject' };
  const one = { type: 'object', properties: { b: flag, label: { type: 'string' } } };
  const let_: readonly (readonly [parameter: object, query: string, got: string, places: readonly string[]])[] = [
    [inQuery(flag), '?a=True', '?a=true', ['/query/a']],
    [inQuery(flag), '?a=False', '?a=false', ['/query/a']],
    [inQuery({ type: ['boolean', 'integer'] }), '?a=True', '?a=true', ['/query/a']],
    [inQuery({ type: 'array', items: flag }), '?a=true&a=True&a=False', '?a=true&a=true&a=false', []],
    [inQuery(one, deep), '?a[b]=True&a[label]=True', '?a[b]=true&a[label]=True', ['/query/a/b']],
  ];
  for (const [parameter, query, got, at] of let_)
    test(query, async () => {
      const given = { parameters: [parameter, { name: 'label', in: 'query', schema: { type: 'string' } }], query };
      assert.match((await asked(given)).refused ?? '', /^validate invalid-request/);
      assert.match((await asked({ ...given, leniency: ['absent-null'] })).refused ?? '', /^validate/);
      for (const at of ['api', 'operation'] as const) {
        const answer = await asked({ ...given, query: `${query}&label=True`, at, leniency: ['boolean-words'] });
        assert.equal(answer.refused, undefined);
        assert.equal(decodeURIComponent(answer.got?.query ?? ''), `${got}&label=True`);
      }
      const { event } = await asked({ ...given, leniency: ['boolean-words'] });
      assert.equal(event.lenient?.[0]?.what, 'boolean-words');
      if (at.length > 0) assert.deepEqual(event.lenient[0].places, at);
      assert.equal((await asked({ ...given, leniency: ['boolean-words'], mode: 'observe' })).got?.query, query);
    });

  for (const [what, schema, query] of [
    ...['TRUE', 'tRUE', 'yes', '1', 'on', '', '%54rue', 'None', '"True"'].map(
      (word) => [word, flag, `?a=${word}`] as const,
    ),
    ['of words', { enum: ['true', 'false'] }, '?a=True'],
    ['of text', { type: 'string', pattern: '^true$' }, '?a=True'],
    ['of a number', { type: 'integer' }, '?a=True'],
    ['twice', flag, '?a=True&a=True'],
    ['beside another mistake', flag, '?a=True&nobody=1'],
    ['undocumented', flag, '?b=True'],
    ['excluded', { const: true }, '?a=False'],
  ] as const)
    test(`refused: ${what}`, async () => {
      const { refused, event } = await asked({
        parameters: [inQuery(schema)],
        query,
        leniency: ['boolean-words', 'absent-null'],
      });
      assert.match(refused ?? '', /^validate invalid-request/);
      assert.equal(event.lenient, undefined);
    });

  test('not in bodies', async () => {
    const schema = { type: 'object', properties: { a: flag } };
    assert.match(
      (await asked({ schema, body: { a: 'True' }, leniency: ['boolean-words'] })).refused ?? '',
      /^validate/,
    );
  });
});
