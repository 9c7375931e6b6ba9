/** A small API with one operation for each thing that can happen between a gateway and its upstream. */
export const contract = {
  openapi: '3.1.0',
  info: { title: 'Items', version: '1' },
  components: {
    schemas: {
      Item: {
        type: 'object',
        additionalProperties: false,
        required: ['id'],
        properties: { id: { type: 'integer' }, name: { type: 'string', maxLength: 100 } },
      },
    },
  },
  paths: {
    '/items': {
      get: {
        operationId: 'listItems',
        parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer', maximum: 100 } }],
        responses: {
          200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Item' } } } },
        },
      },
      post: {
        operationId: 'addItem',
        requestBody: {
          required: true,
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Item' } } },
        },
        responses: {
          201: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Item' } } } },
        },
      },
    },
    '/items/{id}': {
      delete: {
        operationId: 'removeItem',
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }],
        responses: { 204: {} },
      },
    },
    '/feed': {
      get: { operationId: 'readFeed', responses: { 200: { content: { 'text/plain': {} } } } },
    },
    '/files/{name}': {
      parameters: [{ name: 'name', in: 'path', required: true, schema: { type: 'string' } }],
      get: {
        operationId: 'readFile',
        responses: { 200: { content: { 'application/octet-stream': {} } } },
      },
      put: {
        operationId: 'writeFile',
        requestBody: { required: true, content: { 'application/octet-stream': {} } },
        responses: { 204: {} },
        'x-castellan': { maxBody: '4MB' },
      },
    },
  },
};
