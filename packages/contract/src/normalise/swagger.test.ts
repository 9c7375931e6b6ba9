import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadContract } from '../load/load-contract.ts';

const document = {
  swagger: '2.0',
  info: { title: 'Old', version: '1' },
  host: 'api.example.com',
  basePath: '/v1/',
  schemes: ['https', 'http'],
  consumes: ['application/json'],
  produces: ['application/json', 'application/xml'],
  security: [{ basic: [] }],
  securityDefinitions: {
    basic: { type: 'basic' },
    oauth: {
      type: 'oauth2',
      flow: 'accessCode',
      authorizationUrl: 'https://a/',
      tokenUrl: 'https://t/',
      scopes: { read: 'Read' },
    },
  },
  paths: {
    '/things/{id}': {
      parameters: [{ name: 'id', in: 'path', required: true, type: 'integer', format: 'int64' }],
      get: {
        operationId: 'getThing',
        security: [{ oauth: ['read'] }],
        parameters: [
          { name: 'csv', in: 'query', type: 'array', items: { type: 'string' } },
          { name: 'multi', in: 'query', type: 'array', items: { type: 'string' }, collectionFormat: 'multi' },
          { name: 'ssv', in: 'query', type: 'array', items: { type: 'string' }, collectionFormat: 'ssv' },
          { name: 'tsv', in: 'query', type: 'array', items: { type: 'string' }, collectionFormat: 'tsv' },
          {
            name: 'pipes',
            in: 'query',
            type: 'array',
            items: { type: 'string' },
            collectionFormat: 'pipes',
            required: true,
            maxItems: 3,
          },
        ],
        responses: {
          200: {
            description: 'ok',
            schema: { $ref: '#/definitions/Thing' },
            headers: { 'X-Left': { type: 'integer' } },
          },
          204: { description: 'none' },
        },
      },
      put: {
        operationId: 'putThing',
        parameters: [{ name: 'thing', in: 'body', required: true, schema: { $ref: '#/definitions/Thing' } }],
        responses: { default: { $ref: '#/responses/ok' } },
      },
    },
    '/upload': {
      post: {
        operationId: 'upload',
        parameters: [
          { name: 'file', in: 'formData', type: 'file', required: true },
          { name: 'tags', in: 'formData', type: 'array', items: { type: 'string' }, collectionFormat: 'multi' },
        ],
        responses: { 200: { description: 'ok', schema: { type: 'file' } } },
      },
    },
  },
  responses: { ok: { description: 'shared' } },
  definitions: {
    Thing: {
      type: 'object',
      discriminator: 'kind',
      properties: { kind: { type: 'string' }, note: { type: 'string', 'x-nullable': true } },
    },
  },
};

const contract = await loadContract(document);
const byId = new Map(contract.operations.map((operation) => [operation.operationId, operation]));

test('host, basePath and schemes are servers', () => {
  assert.deepEqual(
    contract.servers.map(({ url, basePath }) => [url, basePath]),
    [
      ['https://api.example.com/v1', '/v1'],
      ['http://api.example.com/v1', '/v1'],
    ],
  );
});

test('basic and accessCode have their 3.x names', () => {
  const basic = contract.securitySchemes.get('basic');
  assert.ok(basic?.type === 'http' && basic.scheme === 'basic');
  const oauth = contract.securitySchemes.get('oauth');
  assert.ok(oauth?.type === 'oauth2' && oauth.flows[0]?.flow === 'authorizationCode');
  assert.deepEqual(
    byId.get('putThing')?.security.map(({ schemes }) => schemes.map(({ scheme }) => scheme.name)),
    [['basic']],
  );
});

test('parameters have style, explode, and a schema without what is not its own', () => {
  const parameters = byId.get('getThing')?.parameters ?? [];
  assert.deepEqual(
    parameters.map(({ name, style, explode }) => [name, style, explode]),
    [
      ['id', 'simple', false],
      ['csv', 'form', false],
      ['multi', 'form', true],
      ['ssv', 'spaceDelimited', false],
      ['tsv', 'tabDelimited', false],
      ['pipes', 'pipeDelimited', false],
    ],
  );
  assert.deepEqual(parameters[0]?.schema?.raw, { type: 'integer', format: 'int64' });
  assert.deepEqual(parameters.at(-1)?.schema?.raw, { type: 'array', items: { type: 'string' }, maxItems: 3 });
  assert.equal(parameters.at(-1)?.required, true);
});

test('a body parameter is the body, form fields are one object', () => {
  const body = byId.get('putThing')?.body;
  assert.deepEqual(
    [body?.required, body?.content.map(({ type, schema }) => [type, schema?.raw])],
    [true, [['application/json', { $ref: '#/definitions/Thing' }]]],
  );
  const form = byId.get('upload')?.body;
  assert.equal(form?.content[0]?.type, 'multipart/form-data');
  const raw = form?.content[0]?.schema?.raw;
  assert.ok(typeof raw === 'object');
  assert.deepEqual(JSON.parse(JSON.stringify(raw)), {
    type: 'object',
    properties: { file: { type: 'string', format: 'binary' }, tags: { type: 'array', items: { type: 'string' } } },
    required: ['file'],
  });
  assert.equal(form?.content[0]?.encoding.get('tags')?.explode, true);
  assert.deepEqual(byId.get('upload')?.parameters, []);
});

test('responses have a media type each, none where there is no schema', () => {
  const responses = byId.get('getThing')?.responses ?? [];
  assert.deepEqual(
    responses.map(({ status, content }) => [status, content.map(({ type }) => type)]),
    [
      ['200', ['application/json', 'application/xml']],
      ['204', []],
    ],
  );
  assert.deepEqual(
    responses[0]?.headers.map(({ name, schema }) => [name, schema?.raw]),
    [['X-Left', { type: 'integer' }]],
  );
  assert.equal(byId.get('putThing')?.responses[0]?.description, 'shared');
  assert.deepEqual(byId.get('upload')?.responses[0]?.content[0]?.schema?.raw, { type: 'string', format: 'binary' });
});

test('schemas say null and discriminator as 3.0 does', () => {
  const thing = contract.schemas.get('Thing')?.raw as {
    readonly discriminator: unknown;
    readonly properties: { readonly note: unknown };
  };
  assert.deepEqual(thing.discriminator, { propertyName: 'kind' });
  assert.deepEqual(thing.properties.note, { type: 'string', 'x-nullable': true, nullable: true });
});
