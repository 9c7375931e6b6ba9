// Rules in rare places: they count there, or the document is refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGuard } from '@castellan/guard';
import {
  answers,
  asked,
  cedar,
  content,
  done,
  document,
  nothing,
  own,
  resources,
  says,
  statuses,
  text,
} from './notes.ts';

const secret = { type: 'string', 'x-castellan': { read: ['managers'], write: ['managers'] } };
const embedded = {
  type: 'string',
  contentMediaType: 'application/json',
  contentSchema: { type: 'object', properties: { s: secret } },
};
const places: Record<string, readonly [schema: object, value: unknown, openapi?: string]> = {
  contains: [{ type: 'array', contains: secret }, ['SECRET']],
  'contains of objects': [
    { type: 'array', contains: { type: 'object', properties: { s: secret } } },
    [{ s: 'SECRET' }],
  ],
  propertyNames: [{ type: 'object', propertyNames: secret, additionalProperties: { type: 'integer' } }, { SECRET: 1 }],
  contentSchema: [{ type: 'object', properties: { d: embedded } }, { d: '{"s":"SECRET"}' }],
  'items by contentSchema': [{ type: 'array', items: embedded }, ['{"s":"SECRET"}']],
  'the whole': [secret, 'SECRET'],
  'beside $ref in 3.0': [
    { type: 'object', properties: { s: { $ref: '#/components/schemas/Text', 'x-castellan': secret['x-castellan'] } } },
    { s: 'SECRET' },
    '3.0.3',
  ],
  'one of 300 alternatives': [
    {
      oneOf: Array.from({ length: 300 }, (_, index) => ({
        type: 'object',
        required: ['kind'],
        properties: { kind: { const: index }, s: secret },
      })),
    },
    { kind: 299, s: 'SECRET' },
  ],
};
for (const [name, [schema, value, openapi]] of Object.entries(places)) {
  test(`rules in rare places: ${name}`, async () => {
    const contract = document(
      {
        '/place': {
          get: { operationId: 'read', responses: answers(schema) },
          post: { operationId: 'write', requestBody: content(schema), responses: done },
        },
      },
      { Text: text },
      openapi,
    );
    const [read, written] = await asked(
      { contract },
      (request, response) => (request.method === 'POST' ? nothing : says(JSON.stringify(value)))(request, response),
      ['GET', '/place'],
      ['POST', '/place', JSON.stringify(value)],
    );
    assert.doesNotMatch(read?.text ?? '', /SECRET/);
    assert.equal(written?.status, 403);
  });
}

for (const [type, body] of [
  ['application/jsonl', '{"s":"x"}\n'],
  ['application/json-seq', '\x1e{"s":"x"}\n'],
] as const)
  test(`rules count in the items of a request: ${type}`, async () => {
    const named = { type: 'string', 'x-castellan': { resource: 'Note', action: 'getNote' } };
    const itemSchema = { type: 'object', properties: { s: secret, n: named } };
    const contract = document({
      '/lines': {
        post: { operationId: 'write', requestBody: { content: { [type]: { itemSchema } } }, responses: done },
      },
    });
    const policies = cedar(`permit (principal, action == Action::"getNote", resource is Note) ${own};`);
    const got = await asked(
      { contract, policies, resources },
      nothing,
      ['POST', '/lines', body, type],
      ['POST', '/lines', body.replace('"s":"x"', '"n":"theirs"'), type],
      ['POST', '/lines', body.replace('"s":"x"', '"n":"mine"'), type],
    );
    assert.deepEqual(statuses(got), [403, 403, 204]);
  });

test('rules count in a query that is one value', async () => {
  const schema = { type: 'object', properties: { s: secret, t: text } };
  const parameter = { in: 'querystring', name: 'q', content: { 'application/x-www-form-urlencoded': { schema } } };
  const contract = document({ '/q': { get: { operationId: 'q', parameters: [parameter], responses: done } } });
  assert.deepEqual(statuses(await asked({ contract }, nothing, ['GET', '/q?s=x'], ['GET', '/q?t=x'])), [403, 204]);
});

test('a body that cannot be looked into is held to the rules of its items', async () => {
  const itemSchema = { type: 'object', properties: { s: secret } };
  for (const type of ['multipart/mixed', 'application/xml', 'text/csv']) {
    const contract = document({
      '/file': {
        get: { operationId: 'file', responses: { 200: { description: 'File', content: { [type]: { itemSchema } } } } },
      },
    });
    assert.deepEqual(statuses(await asked({ contract }, says('SECRET', type), ['GET', '/file'])), [500], type);
  }
});

test('a rule where nothing looks is refused with its place', async () => {
  const rule = { type: 'string', 'x-castellan': { read: ['managers'] } };
  const written = { type: 'string', 'x-castellan': { write: ['managers'] } };
  for (const [place, responses] of [
    ['not/properties/s', answers({ type: 'object', not: { properties: { s: rule } } })],
    ['headers/x-s/schema', { 200: { description: 'x', headers: { 'x-s': { schema: written } } } }],
  ] as const)
    await assert.rejects(
      createGuard({ contract: document({ '/x': { get: { operationId: 'x', responses } } }) }),
      (error: unknown) => String(error).includes(`${place}/x-castellan: x-castellan has no effect here`),
    );
  // Names that look like keywords are names.
  const names = { type: 'object', properties: { not: rule, headers: { type: 'object', properties: { s: rule } } } };
  const contract = document({ '/x': { get: { operationId: 'x', responses: answers(names) } } });
  assert.deepEqual(statuses(await asked({ contract }, says({ not: 'SECRET' }), ['GET', '/x'])), [200]);
});
