// The API that the guard's behaviour is tested on.

const json = (schema: object): object => ({ 'application/json': { schema } });

export const contract = {
  openapi: '3.1.0',
  info: { title: 'Orders', version: '1.0.0' },
  security: [{ token: [] }],
  paths: {
    '/v1/orders': {
      get: {
        operationId: 'listOrders',
        parameters: [
          { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 100, default: 20 } },
          { name: 'status', in: 'query', schema: { type: 'string', enum: ['open', 'paid'] } },
        ],
        responses: {
          200: {
            description: 'One page',
            content: json({
              type: 'object',
              required: ['limit'],
              properties: {
                limit: { type: 'integer' },
                items: { type: 'array', items: { $ref: '#/components/schemas/Order' } },
              },
            }),
          },
        },
      },
      post: {
        operationId: 'createOrder',
        security: [{ token: ['orders:write'] }],
        requestBody: {
          required: true,
          content: json({
            type: 'object',
            required: ['name'],
            properties: {
              name: { type: 'string', maxLength: 40 },
              id: { type: 'string', readOnly: true },
              quantity: { type: 'integer', default: 1 },
            },
          }),
        },
        responses: { 201: { description: 'The order', content: json({ $ref: '#/components/schemas/Order' }) } },
      },
    },
    '/v1/orders/{orderId}': {
      get: {
        operationId: 'getOrder',
        parameters: [{ name: 'orderId', in: 'path', required: true, schema: { type: 'string', maxLength: 40 } }],
        responses: {
          200: { description: 'The order', content: json({ $ref: '#/components/schemas/Order' }) },
          404: {
            description: 'None',
            content: {
              'application/problem+json': {
                schema: { type: 'object', required: ['title'], properties: { title: { type: 'string' } } },
              },
            },
          },
        },
      },
      delete: {
        operationId: 'deleteOrder',
        parameters: [{ name: 'orderId', in: 'path', required: true, schema: { type: 'string', maxLength: 40 } }],
        responses: { 204: { description: 'Gone' } },
      },
    },
    '/v1/me': {
      get: {
        operationId: 'getMe',
        responses: { 200: { description: 'The caller', content: json({ type: 'object' }) } },
      },
    },
    '/v1/open': {
      get: {
        operationId: 'getOpen',
        security: [],
        responses: { 200: { description: 'For everybody', content: json({ type: 'object' }) } },
      },
    },
    '/v1/file': {
      get: {
        operationId: 'getFile',
        security: [],
        responses: { 200: { description: 'A file', content: { 'application/octet-stream': {} } } },
      },
    },
  },
  components: {
    schemas: {
      Order: {
        type: 'object',
        required: ['id', 'name'],
        properties: { id: { type: 'string' }, name: { type: 'string' }, quantity: { type: 'integer' } },
      },
    },
    securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
  },
} as const;

/** What a handler is given, whatever the framework calls it. */
export interface Call {
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  readonly auth: unknown;
}

/** What a handler answers. */
export interface Reply {
  readonly status: number;
  readonly type?: string;
  readonly body?: unknown;
}

const problem = 'application/problem+json';

/** The application behind the guard, the same in every framework. */
export const application: Readonly<
  Record<
    string,
    { readonly method: 'get' | 'post' | 'delete'; readonly path: string; readonly handle: (call: Call) => Reply }
  >
> = {
  listOrders: {
    method: 'get',
    path: '/v1/orders',
    handle: ({ query }) => ({ status: 200, body: { limit: query['limit'] } }),
  },
  createOrder: {
    method: 'post',
    path: '/v1/orders',
    handle: ({ body }) => ({ status: 201, body: { id: 'new', ...(body as object) } }),
  },
  getOrder: {
    method: 'get',
    path: '/v1/orders/:orderId',
    handle({ params }) {
      switch (params['orderId']) {
        case 'leaks':
          return { status: 200, body: { id: 'leaks', name: 'x', passwordHash: 'secret' } };
        case 'mismatch':
          return { status: 200, body: { id: 'mismatch', secret: 'do not tell' } };
        case 'missing':
          return { status: 404, type: problem, body: { title: 'No such order' } };
        case 'undeclared':
          return { status: 202, body: { secret: 'do not tell' } };
        case 'html':
          return { status: 200, type: 'text/html', body: '<script>alert(1)</script>' };
        case 'teapot':
          return { status: 418, body: { stack: 'at secret.js:1' } };
        case 'throws':
          throw new Error('secret inside');
        default:
          return { status: 200, body: { id: String(params['orderId']), name: 'An order' } };
      }
    },
  },
  deleteOrder: { method: 'delete', path: '/v1/orders/:orderId', handle: () => ({ status: 204 }) },
  getMe: { method: 'get', path: '/v1/me', handle: ({ auth }) => ({ status: 200, body: auth }) },
  getOpen: {
    method: 'get',
    path: '/v1/open',
    handle: ({ auth }) => ({ status: 200, body: { anonymous: auth === undefined } }),
  },
  getFile: {
    method: 'get',
    path: '/v1/file',
    handle: () => ({ status: 200, type: 'application/octet-stream', body: 'bytes' }),
  },
};
