import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import { loadContract } from '../load/load-contract.ts';
import { compileBody } from './body.ts';

const text = { type: 'string', maxLength: 3_000_000 };

/** Where a long text may stand in a body, and a body that has one there. */
const places: readonly (readonly [schema: object, body: (long: string) => unknown])[] = [
  [text, (long) => long],
  [{ type: 'object', properties: { picture: text } }, (picture) => ({ picture })],
  [{ $ref: '#/components/schemas/Upload' }, (picture) => ({ picture })],
  [{ type: 'array', items: text }, (long) => [long]],
  [{ allOf: [{ type: 'object', properties: { a: { $ref: '#/components/schemas/Picture' } } }] }, (a) => ({ a })],
  [{ oneOf: [{ type: 'integer' }, { type: 'object', properties: { a: text } }] }, (a) => ({ a })],
  [{ type: 'object', additionalProperties: text }, (any) => ({ any })],
  [{ type: 'object', patternProperties: { '^x-': text } }, (x) => ({ 'x-a': x })],
  [{ type: 'array', prefixItems: [{ type: 'integer' }, text] }, (long) => [1, long]],
];

for (const [schema, bodyOf] of places)
  test(`a text may be as long as its maxLength says: ${JSON.stringify(schema).slice(0, 70)}`, async () => {
    const contract = await loadContract({
      openapi: '3.1.0',
      info: { title: 'Pictures', version: '1' },
      paths: {
        '/pictures': {
          post: {
            operationId: 'add',
            requestBody: { required: true, content: { 'application/json': { schema } } },
            responses: { 204: { description: 'kept' } },
          },
        },
      },
      components: { schemas: { Picture: text, Upload: { type: 'object', properties: { picture: text } } } },
    });
    const [operation] = contract.operations;
    assert.ok(operation);
    const decode = (length: number, maxBytes?: number) =>
      compileBody(contract, operation, maxBytes === undefined ? {} : { maxBytes })?.decode(
        'application/json',
        Buffer.from(JSON.stringify(bodyOf('x'.repeat(length)))),
      );
    const twenty = 20 * 1024 * 1024;
    assert.ok('value' in (decode(2_999_990, twenty) ?? {}), 'within both');
    assert.ok('issues' in (decode(3_000_001, twenty) ?? {}), 'longer than its schema says');
    assert.ok('issues' in (decode(2_000_000) ?? {}), 'the limit of the body holds');
  });

test('a text of which nothing is said has a limit, however large the body may be', async () => {
  const contract = await loadContract({
    openapi: '3.1.0',
    info: { title: 'Pictures', version: '1' },
    paths: {
      '/pictures': {
        post: {
          operationId: 'add',
          requestBody: { content: { 'application/json': { schema: { type: 'string' } } } },
          responses: { 204: { description: 'kept' } },
        },
      },
    },
  });
  const [operation] = contract.operations;
  assert.ok(operation);
  const body = compileBody(contract, operation, { maxBytes: 20 * 1024 * 1024 });
  assert.ok('issues' in (body?.decode('application/json', Buffer.from(JSON.stringify('x'.repeat(2 ** 20 + 1)))) ?? {}));
});
