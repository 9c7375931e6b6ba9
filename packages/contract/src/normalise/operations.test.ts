import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CastellanError } from '../error.ts';
import { loadContract } from '../load/load-contract.ts';
import type { Contract } from '../model.ts';

const ok = { responses: { '200': { description: 'ok' } } };

function document(paths: object, more: object = {}, openapi = '3.1.0'): object {
  return { openapi, info: { title: 'T', version: '1' }, paths, ...more };
}

async function warningsOf(paths: object, more: object = {}, openapi?: string): Promise<string[]> {
  const contract = await loadContract(document(paths, more, openapi));
  return contract.warnings.map((warning) => `${warning.code} ${warning.location.pointer}`);
}

async function operation(item: object, path = '/a', more: object = {}, openapi?: string) {
  const [first] = (await loadContract(document({ [path]: item }, more, openapi))).operations;
  assert.ok(first);
  return first;
}

test('parameters of the path item are merged in, the operation’s count', async () => {
  const { parameters } = await operation(
    {
      parameters: [
        { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
        { name: 'q', in: 'query', schema: { type: 'string' } },
        { name: 'X-A', in: 'header', schema: { type: 'string' } },
      ],
      get: {
        ...ok,
        parameters: [
          { name: 'q', in: 'query', schema: { type: 'integer' } },
          { name: 'x-a', in: 'header', schema: { type: 'integer' } },
        ],
      },
    },
    '/a/{id}',
  );
  assert.deepEqual(
    parameters.map(({ name, schema }) => [name, schema?.raw]),
    [
      ['id', { type: 'string' }],
      ['q', { type: 'integer' }],
      ['x-a', { type: 'integer' }],
    ],
  );
});

test('styles have the standard’s defaults', async () => {
  const schema = { type: 'array' };
  const { parameters } = await operation(
    {
      get: {
        ...ok,
        parameters: [
          { name: 'p', in: 'path', required: true, schema },
          { name: 'q', in: 'query', schema },
          { name: 'h', in: 'header', schema },
          { name: 'c', in: 'cookie', schema },
          { name: 'd', in: 'query', style: 'deepObject', explode: true, schema },
          { name: 'm', in: 'query', style: 'matrix', schema },
          { name: 'j', in: 'query', content: { 'Application/JSON': { schema: { type: 'object' } } } },
        ],
      },
    },
    '/{p}',
  );
  assert.deepEqual(
    parameters.map(({ name, style, explode }) => [name, style, explode]),
    [
      ['p', 'simple', false],
      ['q', 'form', true],
      ['h', 'simple', false],
      ['c', 'form', true],
      ['d', 'deepObject', true],
      ['m', 'form', true],
      ['j', 'form', true],
    ],
  );
  assert.equal(parameters.at(-1)?.content?.type, 'application/json');
  assert.deepEqual(parameters.at(-1)?.schema?.raw, { type: 'object' });
});

test('the template and its parameters are brought into agreement', async () => {
  const item = { get: { ...ok, parameters: [{ name: 'other', in: 'path', required: true, schema: {} }] } };
  const { parameters } = await operation(item, '/a/{id}');
  assert.deepEqual(
    parameters.map(({ name, required, schema }) => [name, required, schema?.raw]),
    [['id', true, { type: 'string' }]],
  );
  assert.deepEqual(await warningsOf({ '/a/{id}': item }), [
    'unknown-path-parameter /paths/~1a~1{id}/get/parameters/0',
    'undeclared-path-parameter /paths/~1a~1{id}/get',
  ]);
});

const tolerated: readonly (readonly [name: string, item: object, codes: readonly string[], openapi?: string])[] = [
  [
    'a header parameter that the standard ignores',
    { get: { ...ok, parameters: [{ name: 'authorization', in: 'header', schema: {} }] } },
    ['ignored-header-parameter /paths/~1a/get/parameters/0'],
  ],
  [
    'a parameter that stands twice',
    {
      get: {
        ...ok,
        parameters: [
          { name: 'q', in: 'query', schema: {} },
          { name: 'q', in: 'query', schema: {} },
        ],
      },
    },
    ['duplicate-parameter /paths/~1a/get/parameters/1'],
  ],
  [
    'a parameter without schema',
    { get: { ...ok, parameters: [{ name: 'q', in: 'query' }] } },
    ['parameter-without-schema /paths/~1a/get/parameters/0'],
  ],
  [
    'a parameter without name',
    { get: { ...ok, parameters: [{ in: 'query', schema: {} }] } },
    ['invalid-parameter /paths/~1a/get/parameters/0'],
  ],
  [
    'a body parameter in 3.x',
    { post: { ...ok, parameters: [{ in: 'body', name: 'b', schema: {} }] } },
    ['invalid-parameter /paths/~1a/post/parameters/0'],
  ],
  ['parameters that are no list', { get: { ...ok, parameters: {} } }, ['invalid-member /paths/~1a/get/parameters']],
  ['a method in upper case', { GET: ok }, ['method-case /paths/~1a/GET']],
  ['no responses', { get: {} }, ['missing-responses /paths/~1a/get']],
  [
    'a status that is none',
    { get: { responses: { ok: { description: '' }, '2xx': { description: '' } } } },
    ['invalid-status /paths/~1a/get/responses/ok', 'invalid-status /paths/~1a/get/responses/2xx'],
  ],
  ['an operation that is no object', { get: 'x', post: ok }, ['invalid-operation /paths/~1a/get']],
  [
    'a request body that is no object',
    { post: { ...ok, requestBody: [] } },
    ['invalid-request-body /paths/~1a/post/requestBody'],
  ],
  [
    'a schema that is no schema',
    { get: { ...ok, parameters: [{ name: 'q', in: 'query', schema: 'string' }] } },
    ['invalid-schema /paths/~1a/get/parameters/0/schema'],
  ],
  [
    'nullable without type',
    { get: { ...ok, parameters: [{ name: 'q', in: 'query', schema: { nullable: true } }] } },
    ['nullable-without-type /paths/~1a/get/parameters/0/schema/nullable'],
    '3.0.3',
  ],
  [
    'an unknown format',
    { get: { ...ok, parameters: [{ name: 'q', in: 'query', schema: { type: 'string', format: 'color' } }] } },
    ['unknown-format /paths/~1a/get/parameters/0/schema/format'],
  ],
];

for (const [name, item, codes, openapi] of tolerated) {
  test(`tolerated with a warning at its place: ${name}`, async () => {
    assert.deepEqual(await warningsOf({ '/a': item }, {}, openapi), codes);
  });
}

test('what is no schema accepts nothing', async () => {
  const { parameters } = await operation({
    get: { ...ok, parameters: [{ name: 'q', in: 'query', schema: 'string' }] },
  });
  assert.equal(parameters[0]?.schema?.raw, false);
});

test('operationIds are unique; what is missing or taken is made from method and path', async () => {
  const contract = await loadContract(
    document({
      '/a': { get: { ...ok, operationId: 'a' }, post: { ...ok, operationId: 'a' } },
      '/b/{id}': { get: ok, put: { ...ok, operationId: 'getBId' } },
    }),
  );
  assert.deepEqual(
    contract.operations.map(({ operationId, operationIdDeclared }) => [operationId, operationIdDeclared]),
    [
      ['a', true],
      ['postA', false],
      ['getBId2', false],
      ['getBId', true],
    ],
  );
  assert.deepEqual(
    contract.warnings
      .filter((warning) => warning.code === 'duplicate-operation-id')
      .map((warning) => warning.location.pointer),
    ['/paths/~1a/post/operationId'],
  );
});

test('paths that no request can tell apart: a warning where that is harmless, an error where their security differs', async () => {
  assert.deepEqual(
    await warningsOf({
      '/a/{x}': { get: { ...ok, parameters: [{ name: 'x', in: 'path', required: true, schema: {} }] } },
      '/a/{y}': { get: { ...ok, parameters: [{ name: 'y', in: 'path', required: true, schema: {} }] } },
    }),
    ['ambiguous-paths /paths/~1a~1{y}/get'],
  );
  const differing = document(
    { '/a/{x}': { get: { ...ok, security: [{ key: [] }] } }, '/a/{y}': { get: ok } },
    { components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } } },
  );
  await assert.rejects(
    loadContract(differing),
    (error) => error instanceof CastellanError && error.code === 'ambiguous-operations',
  );
});

test('webhooks are listed, not among the operations', async () => {
  const contract = await loadContract(
    document({}, { webhooks: { orderPaid: { post: { ...ok, operationId: 'orderPaid' } } } }),
  );
  assert.equal(contract.operations.length, 0);
  assert.deepEqual(
    contract.webhooks.map((webhook) => [webhook.method, webhook.path, webhook.operationId]),
    [['POST', 'orderPaid', 'orderPaid']],
  );
});

test('3.2: QUERY, other methods, a whole query string, items of a stream', async () => {
  const contract = await loadContract(
    document(
      {
        '/a': {
          query: {
            ...ok,
            operationId: 'q',
            parameters: [
              {
                name: 'all',
                in: 'querystring',
                content: { 'application/x-www-form-urlencoded': { schema: { type: 'object' } } },
              },
            ],
          },
          additionalOperations: {
            COPY: {
              operationId: 'c',
              responses: {
                '200': { description: 'ok', content: { 'application/jsonl': { itemSchema: { type: 'object' } } } },
              },
            },
          },
        },
      },
      {},
      '3.2.0',
    ),
  );
  const [query, copy] = contract.operations;
  assert.deepEqual([query?.method, copy?.method], ['QUERY', 'COPY']);
  assert.equal(query?.parameters[0]?.in, 'querystring');
  assert.deepEqual(copy?.responses[0]?.content[0]?.itemSchema?.raw, { type: 'object' });
  assert.deepEqual((await loadContract(document({ '/a': { query: ok } }))).operations, []);
});

test('servers: variables filled, the path without its last slash, one at the root where none is named', async () => {
  const servers = async (list: unknown): Promise<Contract['servers']> =>
    (await loadContract(document({}, list === undefined ? {} : { servers: list }))).servers;
  assert.deepEqual(
    (
      await servers([
        { url: 'https://{host}/v{n}/', variables: { host: { default: 'api.example.com' }, n: { default: '1' } } },
        { url: '/v2' },
      ])
    ).map(({ url, basePath }) => [url, basePath]),
    [
      ['https://api.example.com/v1/', '/v1'],
      ['/v2', '/v2'],
    ],
  );
  assert.deepEqual(
    (await servers(undefined)).map(({ url, basePath }) => [url, basePath]),
    [['/', '']],
  );
});
