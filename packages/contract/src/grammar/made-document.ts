import type { Version } from '../normalise/reading.ts';

type Tree = Readonly<Record<string, unknown>>;

const string = { type: 'string' };

/** A schema with every keyword of OpenAPI 3.0 whose value is no prose. */
function schema(): Tree {
  return {
    type: 'object',
    required: ['kind'],
    minProperties: 1,
    maxProperties: 9,
    properties: {
      kind: { type: 'string', enum: ['cat', 'dog'], format: 'uuid', pattern: '^[a-z]+$', minLength: 1, maxLength: 9 },
      size: { type: 'number', minimum: 1, maximum: 9, multipleOf: 0.5 },
      tags: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 9, uniqueItems: true },
      hidden: { type: 'boolean', readOnly: true },
      secret: { type: 'string', writeOnly: true },
      any: { oneOf: [{ type: 'string' }, { type: 'integer' }] },
      one: { anyOf: [{ type: 'string' }, { type: 'boolean' }] },
    },
    additionalProperties: { type: 'integer' },
    allOf: [{ properties: { owner: { type: 'string' } } }],
    not: { required: ['never'] },
    discriminator: { propertyName: 'kind', mapping: { cat: '#/components/schemas/Cat' } },
  };
}

/** The keywords that 3.1 has besides. */
function modern(): Tree {
  return {
    type: ['object', 'null'],
    required: ['list'],
    properties: {
      list: {
        type: 'array',
        prefixItems: [{ type: 'string' }],
        contains: { type: 'integer' },
        minContains: 1,
        maxContains: 2,
        unevaluatedItems: { type: 'integer' },
      },
      number: { type: 'number', exclusiveMinimum: 1, exclusiveMaximum: 9 },
      text: {
        type: 'string',
        contentEncoding: 'base64',
        contentMediaType: 'application/json',
        contentSchema: { type: 'object' },
      },
    },
    $defs: { part: { type: 'string' } },
    patternProperties: { '^x': { type: 'string' } },
    propertyNames: { maxLength: 9 },
    dependentRequired: { a: ['b'] },
    dependentSchemas: { a: { required: ['c'] } },
    if: { required: ['d'] },
    then: { required: ['e'] },
    else: { required: ['f'] },
    unevaluatedProperties: { type: 'string' },
  };
}

/** The same for 2.0, whose schemas are the same but for `oneOf`, `anyOf` and `not`. */
function older(): Tree {
  const { properties, discriminator, not, ...rest } = schema();
  const { any, one, ...own } = properties as Tree;
  void [discriminator, not, any, one];
  return { ...rest, properties: own };
}

function parameter(name: string, place: string, more: Tree = {}): Tree {
  return { name, in: place, required: true, description: 'd', ...more };
}

/** A document that says something at every place that OpenAPI has. Made new for each call, so that it may be changed. */
export function madeDocument(version: Version): Tree {
  return structuredClone(version === '2.0' ? swagger() : openapi(version));
}

function openapi(version: Version): Tree {
  const later = version === '3.2';
  const header = { description: 'd', required: true, schema: { type: 'integer' } };
  const content = {
    'application/json': { schema: schema() },
    'application/x-www-form-urlencoded': {
      schema: { type: 'object', properties: { file: string } },
      encoding: {
        file: {
          contentType: 'text/plain',
          style: 'form',
          explode: false,
          allowReserved: true,
          headers: { 'X-Part': header },
        },
      },
    },
  };
  const responses = {
    200: {
      description: 'ok',
      headers: { 'X-Count': header },
      content: { 'application/json': { schema: version === '3.0' ? schema() : modern() } },
    },
    '4XX': { $ref: '#/components/responses/Refused' },
    default: { description: 'd' },
  };
  const json = { 'application/json': { schema: string } };
  const small = { 200: { description: 'd', content: json } };
  const operation = {
    tags: ['a'],
    operationId: 'change',
    parameters: [
      parameter('q', 'query', {
        style: 'form',
        explode: false,
        allowReserved: true,
        allowEmptyValue: true,
        schema: { type: 'array', items: string },
      }),
      parameter('c', 'query', { content: { 'application/json': { schema: { type: 'object' } } } }),
      { $ref: '#/components/parameters/Page' },
    ],
    requestBody: { description: 'd', required: true, content },
    responses,
    callbacks: { done: { '{$request.body#/url}': { post: { responses: { 200: { description: 'd' } } } } } },
    deprecated: true,
    security: [{ oauth: ['read'], key: [] }],
    servers: [{ url: '/own' }],
    'x-castellan': { resource: { type: 'Cat', id: 'path.id' } },
  };
  return {
    openapi: `${version}.0`,
    info: { title: 'T', version: '1', contact: { name: 'c' } },
    servers: [{ url: '/{base}', variables: { base: { default: 'v1', enum: ['v1', 'v2'] } } }],
    tags: [{ name: 'a' }],
    security: [{ bearer: [] }],
    paths: {
      '/cats/{id}': {
        servers: [{ url: '/cats' }],
        parameters: [parameter('id', 'path', { schema: string })],
        put: operation,
        get: { responses: { 200: { $ref: '#/components/responses/Found' } } },
        ...(later ? { query: { responses: small }, additionalOperations: { COPY: { responses: small } } } : {}),
      },
      '/dogs': { $ref: version === '3.0' ? '#/x-dogs' : '#/components/pathItems/Dogs' },
    },
    ...(version === '3.0'
      ? { 'x-dogs': { get: { responses: small } } }
      : { webhooks: { bark: { post: { requestBody: { content: json }, responses: small } } } }),
    components: {
      schemas: {
        Cat: { type: 'object', properties: { id: string }, 'x-castellan': { resource: 'Cat' } },
        Name: string,
      },
      responses: {
        Refused: {
          description: 'd',
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Name' } } },
        },
        Found: { description: 'd', content: { 'application/json': { schema: { $ref: '#/components/schemas/Cat' } } } },
      },
      parameters: { Page: parameter('page', 'query', { schema: { type: 'integer' } }) },
      requestBodies: { Cat: { content: json } },
      headers: { Count: header },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        key: { type: 'apiKey', in: 'header', name: 'X-Key' },
        oauth: {
          type: 'oauth2',
          flows: {
            clientCredentials: { tokenUrl: 'https://login.example/token', scopes: { read: 'r' } },
          },
        },
      },
      callbacks: { Done: { '{$request.body#/url}': { post: { responses: { 200: { description: 'd' } } } } } },
      ...(version === '3.0' ? {} : { pathItems: { Dogs: { get: { responses: small } } } }),
      ...(later ? { mediaTypes: { Json: { schema: string } } } : {}),
    },
  };
}

function swagger(): Tree {
  const list = { type: 'array', items: string, collectionFormat: 'multi' };
  const responses = {
    200: { description: 'ok', schema: older(), headers: { 'X-Count': { type: 'integer', minimum: 1 } } },
    404: { $ref: '#/responses/Refused' },
  };
  return {
    swagger: '2.0',
    info: { title: 'T', version: '1' },
    host: 'api.example',
    basePath: '/v1',
    schemes: ['https'],
    consumes: ['application/json'],
    produces: ['application/json'],
    security: [{ key: [] }],
    paths: {
      '/cats/{id}': {
        parameters: [parameter('id', 'path', string)],
        put: {
          tags: ['a'],
          operationId: 'change',
          consumes: ['application/json'],
          produces: ['application/json'],
          parameters: [
            parameter('q', 'query', list),
            parameter('body', 'body', { schema: older() }),
            { $ref: '#/parameters/Page' },
          ],
          responses,
          schemes: ['https'],
          deprecated: true,
          security: [{ oauth: ['read'] }],
        },
        post: { consumes: ['multipart/form-data'], parameters: [parameter('f', 'formData', string)], responses },
      },
    },
    definitions: {
      Cat: { type: 'object', properties: { id: string }, 'x-castellan': { resource: 'Cat' } },
      Name: string,
    },
    parameters: { Page: parameter('page', 'query', { type: 'integer', maximum: 9 }) },
    responses: { Refused: { description: 'd', schema: { $ref: '#/definitions/Name' } } },
    securityDefinitions: {
      key: { type: 'apiKey', in: 'header', name: 'X-Key' },
      oauth: {
        type: 'oauth2',
        flow: 'application',
        tokenUrl: 'https://login.example/token',
        scopes: { read: 'r' },
      },
    },
  };
}
