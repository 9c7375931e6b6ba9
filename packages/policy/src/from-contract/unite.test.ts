// A resource that several schemas describe has the attributes of all, whatever their order and wherever they stand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadContract } from '@castellan/contract';
import { compilePolicies, policySchema } from '../index.ts';

const text = { type: 'string' };
const doc = (properties: object, required = ['id']) => ({
  type: 'object',
  required,
  'x-castellan': { resource: 'Doc' },
  properties: { id: text, ...properties },
});
const answers = (operationId: string, schema: object) => ({
  operationId,
  responses: { 200: { description: 'x', content: { 'application/json': { schema } } } },
});

/** The text of the schema for two descriptions of one resource. */
async function schemaOf(first: object, second: object, inline: boolean) {
  const [one, many] = inline
    ? [first, second]
    : [{ $ref: '#/components/schemas/A' }, { $ref: '#/components/schemas/B' }];
  const contract = await loadContract({
    openapi: '3.1.0',
    info: { title: 'Docs', version: '1' },
    paths: {
      '/docs': { get: answers('list', { type: 'object', properties: { items: { type: 'array', items: many } } }) },
      '/docs/{id}': {
        parameters: [{ name: 'id', in: 'path', required: true, schema: text }],
        get: answers('get', { oneOf: [one, { type: 'null' }] }),
      },
    },
    components: { schemas: inline ? {} : { A: first, B: second } },
  });
  return policySchema(contract);
}

const pairs: readonly (readonly [one: object, other: object, attribute: RegExp | undefined])[] = [
  [doc({}), doc({ extra: { type: 'boolean' } }), /extra\?: __cedar::Bool/],
  [doc({ a: text }, ['id', 'a']), doc({ extra: text }, ['id', 'extra']), /extra: __cedar::String/],
  [doc({ extra: text }, ['id', 'extra']), doc({ extra: text }), /extra\?: __cedar::String/],
  [doc({ extra: text }), doc({ extra: { ...text, 'x-castellan': { resource: 'Doc' } } }), /extra\?: Doc/],
  [
    doc({ extra: { type: 'object', properties: { a: text } } }),
    doc({ extra: { type: 'object', properties: { b: text } } }),
    /extra\?: \{\s*a\?: __cedar::String,\s*b\?: __cedar::String/,
  ],
  [doc({ extra: { type: 'array', items: text } }), doc({}), /extra\?: Set<__cedar::String>/],
  // Nothing fits both: no policy may rely on either.
  [doc({ extra: text }), doc({ extra: { type: 'boolean' } }), undefined],
  [doc({ extra: { type: 'array', items: text } }), doc({ extra: text }), undefined],
  [doc({ extra: text }), doc({ extra: { type: 'string', format: 'date-time' } }), undefined],
];

test('the attributes of all schemas of a resource, in either order, in components and in operations', async () => {
  for (const [one, other, attribute] of pairs)
    for (const inline of [false, true])
      for (const [first, second] of [
        [one, other],
        [other, one],
      ] as const) {
        const { text: schema, json, leftOut } = await schemaOf(first, second, inline);
        const what = JSON.stringify([first, second, inline]);
        if (attribute !== undefined) assert.match(schema, attribute, what);
        else {
          assert.doesNotMatch(schema, /extra/, what);
          const policies = 'forbid (principal, action, resource is Doc) when { resource has extra };';
          assert.throws(
            () => compilePolicies({ policies, schema: json, leftOut, impossible: 'refuse' }),
            /'extra'.*different things/,
          );
        }
      }
});

test('an action that a property names and no operation has is an error with a suggestion', async () => {
  for (const rule of [
    { read: ['action:gett'] },
    { write: ['scope:x', 'action:gett'] },
    { resource: 'Doc', action: 'gett' },
  ])
    await assert.rejects(schemaOf(doc({}), doc({ extra: { ...text, 'x-castellan': rule } }), true), /'gett'.*'get'/);
  await schemaOf(doc({}), doc({ extra: { ...text, 'x-castellan': { read: ['action:get'] } } }), true);
});
