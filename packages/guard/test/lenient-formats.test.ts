// `naive-date-time` and `plain-uuid`: wherever a text has such a format it is read as what is meant, and nothing else is.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { GuardOptions } from '@castellan/guard';
import { apiOf, asking } from './asked.ts';

const forms = {
  'naive-date-time': {
    format: 'date-time',
    sent: ['2026-01-31T10:00:00', '2026-01-31T10:00:00.123456', '2024-02-29T23:59:59'],
    written: (text: string) => `${text}Z`,
    refused: [
      '2026-01-31',
      '2026-02-30T10:00:00',
      '2026-01-31 10:00:00',
      '10:00:00',
      '2026-01-31T10:00',
      '2026-01-31T10:00:00+1',
      'x',
    ],
    right: '2026-01-31T10:00:00+01:00',
  },
  'plain-uuid': {
    format: 'uuid',
    sent: ['550e8400e29b41d4a716446655440000', '550E8400E29B41D4A716446655440000'],
    written: (text: string) => text.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
    refused: [
      '550e8400e29b41d4a71644665544000',
      '550e8400-e29b41d4a716446655440000',
      '{550e8400e29b41d4a716446655440000}',
      'x',
    ],
    right: '550e8400-e29b-41d4-a716-446655440000',
  },
} as const;

/** How a document may say the format. */
const schemas: readonly (readonly [string, (schema: object) => object])[] = [
  ['itself', (schema) => schema],
  ['nullable', (schema) => ({ anyOf: [schema, { type: 'null' }] })],
  ['one of', (schema) => ({ oneOf: [{ type: 'integer' }, schema] })],
  ['all of', (schema) => ({ allOf: [schema] })],
  ['a reference', () => ({ $ref: '#/components/schemas/It' })],
];
/** Where the text stands in a body. */
const places: readonly (readonly [string, (schema: object) => object, (text: string) => string, pointer: string])[] = [
  ['a property', (it) => ({ type: 'object', properties: { it, n: {} } }), (t) => `{ "it": "${t}" ,"n":1.0}`, '/it'],
  ['an item', (it) => ({ type: 'array', items: it }), (t) => `["${t}"]`, '/0'],
  [
    'deep',
    (it) => ({
      type: 'object',
      properties: { 'a/b': { type: 'array', items: { type: 'object', properties: { it } } } },
    }),
    (t) => `{"a/b":[{},{"it":"${t}"}]}`,
    '/a~1b/1/it',
  ],
];

interface Given {
  readonly operation?: object;
  readonly leniency?: GuardOptions['leniency'];
  readonly said?: 'x-castellan' | 'option';
  readonly schema: object;
  readonly body?: { readonly schema: object; readonly text: string };
  readonly query?: string;
  readonly path?: string;
  readonly mode?: GuardOptions['mode'];
}

async function asked({ leniency, said = 'x-castellan', schema, body, query = '', path = 'x', mode }: Given) {
  let got: { body: string; query: string; parameters: unknown } | undefined;
  const parameter = { name: 'it', in: 'query', schema };
  const list = { name: 'list', in: 'query', schema: { type: 'array', items: schema } };
  const operation = {
    operationId: 'a',
    ...(leniency === undefined || said === 'option' ? {} : { 'x-castellan': { leniency } }),
    parameters: [{ name: 'id', in: 'path', required: true, schema: path === 'x' ? {} : schema }, parameter, list],
    ...(body === undefined ? {} : { requestBody: { content: { 'application/json': { schema: body.schema } } } }),
    responses: { 204: { description: 'Done' } },
  };
  const guard = await asking(
    apiOf({ '/a/{id}': { post: operation } }, { security: [], components: { schemas: { It: schema } } }),
    async (request, { parameters }) => {
      got = { body: await request.text(), query: decodeURIComponent(new URL(request.url).search), parameters };
      return new Response(null, { status: 204 });
    },
    { mode, ...(said === 'option' ? { leniency } : {}) },
  );
  const answer = await guard.ask({
    method: 'POST',
    path: `/a/${path}${query}`,
    ...(body === undefined ? {} : { fields: { 'content-type': 'application/json' }, body: body.text }),
  });
  await guard.end();
  return { ...answer, got };
}

for (const [name, { format, sent, written, refused, right }] of Object.entries(forms)) {
  const leniency = [name] as GuardOptions['leniency'];
  const it = { type: 'string', format };
  describe(name, () => {
    for (const [how, around] of schemas) {
      for (const [where, holds, put, pointer] of places)
        test(`in a body: ${how}, ${where}`, async () => {
          const schema = holds(how === 'a reference' ? { $ref: '#/components/schemas/It' } : around(it));
          for (const text of sent) {
            const body = { schema, text: put(text) };
            assert.match((await asked({ schema: it, body })).refused ?? '', /^validate/);
            for (const said of ['x-castellan', 'option'] as const) {
              const { got, event, refused: why } = await asked({ schema: it, body, leniency, said });
              assert.equal(why, undefined);
              assert.equal(got?.body, put(written(text)));
              assert.deepEqual(event.lenient, [{ what: name, places: [pointer] }]);
            }
            assert.equal((await asked({ schema: it, body, leniency, mode: 'observe' })).got?.body, put(text));
          }
          const other = await asked({ schema: it, body: { schema, text: put(right) }, leniency });
          assert.deepEqual([other.got?.body, other.event.lenient], [put(right), undefined]);
          for (const text of refused)
            assert.match(
              (await asked({ schema: it, body: { schema, text: put(text) }, leniency })).refused ?? '',
              /^validate/,
            );
        });
      test(`in the query and the path: ${how}`, async () => {
        const schema = how === 'a reference' ? it : around(it);
        for (const text of sent) {
          const query = await asked({
            schema,
            query: `?list=${right.replace('+', '%2B')}&list=${text}&it=${text}`,
            leniency,
          });
          assert.equal(query.refused, undefined);
          assert.equal(query.got?.query, `?list=${right}&list=${written(text)}&it=${written(text)}`);
          assert.equal(query.event.lenient?.[0]?.what, name);
          const path = await asked({ schema, path: text, leniency });
          assert.deepEqual([path.refused, path.event.lenient], [undefined, [{ what: name, places: ['/path/id'] }]]);
          assert.equal((path.got?.parameters as { path: { id: unknown } } | undefined)?.path.id, written(text));
        }
        for (const text of refused)
          assert.match(
            (await asked({ schema, query: `?it=${encodeURIComponent(text)}`, leniency })).refused ?? '',
            /^validate/,
          );
      });
    }
    test('not where the text is of no such format, and not beside another mistake', async () => {
      const [text = ''] = sent;
      const pattern = { type: 'object', properties: { it: { type: 'string', pattern: '^-$' } } };
      assert.match(
        (await asked({ schema: it, body: { schema: pattern, text: `{"it":"${text}"}` }, leniency })).refused ?? '',
        /^validate/,
      );
      const two = { type: 'object', properties: { it, n: { type: 'integer' } } };
      const both = await asked({ schema: it, body: { schema: two, text: `{"it":"${text}","n":"x"}` }, leniency });
      assert.match(both.refused ?? '', /^validate/);
      assert.equal(both.event.lenient, undefined);
    });
  });
}

test('several leniencies in one body', async () => {
  const [date] = forms['naive-date-time'].sent;
  const [id] = forms['plain-uuid'].sent;
  const schema = {
    type: 'object',
    properties: {
      at: { type: 'string', format: 'date-time' },
      id: { type: 'string', format: 'uuid' },
      no: { type: 'string' },
    },
  };
  const { got, event } = await asked({
    schema: {},
    body: { schema, text: `{"at":"${date}","id":"${id}","no":null}` },
    leniency: ['absent-null', 'naive-date-time', 'plain-uuid'],
  });
  assert.equal(got?.body, `{"at":"${date}Z","id":"${forms['plain-uuid'].written(id)}"}`);
  assert.deepEqual(
    event.lenient?.map(({ what }) => what),
    ['absent-null', 'naive-date-time', 'plain-uuid'],
  );
});
