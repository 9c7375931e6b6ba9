// What stands in a path: values of style matrix, encoded delimiters, and base paths of every server.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { guarded } from './guarded.ts';

const answer = { responses: { 200: { description: 'ok', content: { 'application/json': { schema: {} } } } } };
const at = (name: string, schema: object, more: object = {}): object => ({
  name,
  in: 'path',
  required: true,
  schema,
  ...more,
});
const integers = { type: 'array', items: { type: 'integer' } };
const point = { type: 'object', properties: { x: { type: 'integer' }, y: { type: 'integer' } } };
const matrix = (schema: object, explode: boolean): object => ({
  get: { ...answer, parameters: [at('at', schema, { style: 'matrix', explode })] },
});
const id = at('id', { type: 'string' });
const contract = {
  openapi: '3.1.0',
  info: { title: 'T', version: '1' },
  servers: [{ url: '/{base}', variables: { base: { default: 'v1', enum: ['v1', 'v2'] } } }],
  paths: {
    '/one/{at}': matrix({ type: 'integer' }, false),
    '/list/{at}': matrix(integers, false),
    '/each/{at}': matrix(integers, true),
    '/point/{at}': matrix(point, false),
    '/axes/{at}': matrix(point, true),
    '/plain/{at}': { get: { ...answer, parameters: [at('at', { type: 'integer' })] } },
    '/users/{id}': { get: { ...answer, parameters: [id] } },
    '/users/{id}:archive': { get: { ...answer, operationId: 'archive', parameters: [id] } },
    '/files/{id}': { servers: [{ url: 'https://files.example/store' }], get: { ...answer, parameters: [id] } },
  },
};

const server = await guarded({ contract, authentication: {} }, (request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify([request.operation?.operationId, request.params['at'] ?? request.params['id']]));
});
after(() => server.close());
const strict = await guarded({ contract, authentication: {}, decodesPath: true }, (_, response) => {
  response.setHeader('content-type', 'application/json').end('{}');
});
after(() => strict.close());

const rows: readonly (readonly [path: string, expected: unknown])[] = [
  ['/v1/one/;at=5', 5],
  ['/v2/one/;at=5', 5],
  ['/v3/one/;at=5', 400],
  ['/v1/one/;at=x', 400],
  ['/v1/one/;ta=5', 400],
  ['/v1/one/5', 400],
  ['/v1/list/;at=1,2', [1, 2]],
  ['/v1/list/;at=1,x', 400],
  ['/v1/each/;at=1;at=2', [1, 2]],
  ['/v1/point/;at=x,1,y,2', { x: 1, y: 2 }],
  ['/v1/axes/;x=1;y=2', { x: 1, y: 2 }],
  ['/v1/axes/..;x=1', 400],
  ['/v1/plain/5', 5],
  ['/v1/plain/5;a=b', 400],
  ['/v1/plain;a=b/5', 400],
  ['/v1;a=b/one/;at=5', 400],
  ['/v1/users/a%3Aarchive', 'a:archive'],
  ['/v1/users/a:archive', 'a'],
  ['/v1/users/a%3Aarchive:archive', 'a:archive'],
  ['/store/files/a', 'a'],
  ['/v1/files/a', 404],
  ['/store/users/a', 404],
];

for (const [path, expected] of rows) {
  test(`GET ${path} is ${JSON.stringify(expected)}`, async () => {
    const got = await fetch(new URL(path, server.url));
    const body = (await got.json()) as readonly unknown[];
    assert.deepEqual(got.status === 200 ? body[1] : got.status, expected);
    if (path.includes(':archive')) assert.equal(body[0], 'archive');
  });
}

test('where what is behind decodes paths first, an encoded delimiter is refused', async () => {
  const status = async (path: string): Promise<number> => (await fetch(new URL(path, strict.url))).status;
  assert.equal(await status('/v1/users/a%3Aarchive'), 404);
  assert.equal(await status('/v1/users/a%3Aother'), 200);
  assert.equal(await status('/v1/users/a:archive'), 200);
});
