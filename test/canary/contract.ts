const text = { type: 'string' };
const thing = {
  type: 'object',
  'x-castellan': { resource: 'Thing' },
  properties: {
    id: text,
    ownerId: text,
    count: { type: 'integer' },
    tags: { type: 'object', additionalProperties: { type: 'integer' } },
    callback: { type: 'string', format: 'uri', 'x-castellan': { url: { hosts: ['hooks.example.com'] } } },
    iban: { type: 'string', 'x-castellan': { sensitivity: 'personal' } },
    salary: { type: 'integer', 'x-castellan': { read: ['managers'] } },
  },
};
const json = (schema: object): object => ({ 'application/json': { schema } });
const answers = { 200: { description: 'It', content: json({ $ref: '#/components/schemas/Thing' }) } };
const scheme = (name: string): object => ({
  get: { operationId: name, security: [{ [name]: [] }], responses: answers },
});
/** An API with everything that a request may have. */
export const contract = {
  openapi: '3.1.0',
  info: { title: 'Things', version: '1' },
  security: [{ token: [] }],
  paths: {
    '/things/{id}': {
      parameters: [
        { name: 'id', in: 'path', required: true, schema: text },
        { name: 'page', in: 'query', schema: { type: 'integer' } },
        { name: 'filter', in: 'query', schema: text },
        { name: 'x-number', in: 'header', schema: { type: 'integer' } },
        { name: 'theme', in: 'cookie', schema: { enum: ['light'] } },
      ],
      get: {
        operationId: 'getThing',
        'x-castellan': { resource: { type: 'Thing', id: 'path.id' } },
        responses: answers,
      },
      put: {
        operationId: 'putThing',
        'x-castellan': { resource: { type: 'Thing', id: 'path.id' }, resolve: { operation: 'getThing' } },
        requestBody: {
          content: {
            ...json({ $ref: '#/components/schemas/Thing' }),
            'application/x-www-form-urlencoded': { schema: { $ref: '#/components/schemas/Thing' } },
            'multipart/form-data': { schema: { $ref: '#/components/schemas/Thing' } },
            'text/plain': {},
          },
        },
        responses: answers,
      },
    },
    '/things': {
      get: {
        operationId: 'listThings',
        responses: {
          200: { description: 'All', content: json({ type: 'array', items: { $ref: '#/components/schemas/Thing' } }) },
        },
      },
    },
    '/basic': scheme('basic'),
    '/key': scheme('key'),
    '/session': scheme('session'),
  },
  components: {
    schemas: { Thing: thing },
    securitySchemes: {
      token: {
        type: 'oauth2',
        flows: { clientCredentials: { tokenUrl: 'https://login.example.com/token', scopes: {} } },
      },
      basic: { type: 'http', scheme: 'basic' },
      key: { type: 'apiKey', in: 'query', name: 'key' },
      session: { type: 'apiKey', in: 'cookie', name: 'session' },
    },
  },
};
