// The API that the guard's behaviour is tested on.
import type { Authorize, Filter, Permits } from '@castellan/guard';

const json = (schema: object): object => ({ 'application/json': { schema } });

export const contract = {
  openapi: '3.2.0',
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
    '/v1/lines/{kind}': {
      get: {
        operationId: 'getLines',
        security: [],
        parameters: [{ name: 'kind', in: 'path', required: true, schema: { type: 'string', maxLength: 10 } }],
        responses: {
          200: {
            description: 'One item at a time',
            content: {
              'application/jsonl': {
                itemSchema: { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } },
              },
              'text/event-stream': {
                itemSchema: { type: 'object', required: ['data'], properties: { event: { enum: ['tick'] } } },
              },
            },
          },
        },
      },
    },
    '/v1/total': {
      get: {
        operationId: 'getTotal',
        security: [],
        parameters: [{ name: 'total', in: 'query', schema: { type: 'string' } }],
        responses: {
          200: {
            description: 'With a field',
            headers: { 'X-Total': { required: true, schema: { type: 'integer', minimum: 0 } } },
            content: json({ type: 'object' }),
          },
        },
      },
    },
    '/v1/part': {
      get: {
        operationId: 'getPart',
        security: [],
        responses: { 200: { description: 'A file', content: { 'application/octet-stream': {} } } },
      },
    },
    '/v1/cached': {
      get: {
        operationId: 'getCached',
        security: [],
        responses: { 200: { description: 'Known', content: json({ type: 'object' }) } },
      },
    },
    '/v1/uploads': {
      post: {
        operationId: 'upload',
        security: [],
        requestBody: {
          required: true,
          content: {
            'multipart/form-data': {
              schema: {
                type: 'object',
                required: ['title', 'picture'],
                properties: { title: { type: 'string', maxLength: 20 }, picture: {} },
              },
              encoding: { picture: { contentType: 'image/png' } },
            },
          },
        },
        responses: { 201: { description: 'Kept', content: json({ type: 'object' }) } },
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
  readonly authorize: Authorize;
  readonly permits: Permits;
  readonly filter: Filter;
  /** What the framework gives its handlers: a request, or a context. */
  readonly given: object;
}

/** What a handler answers. */
export interface Reply {
  readonly status: number;
  readonly type?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of `body`. */
  readonly stream?: AsyncIterable<string>;
}

async function* pieces(...chunks: readonly string[]): AsyncGenerator<string> {
  yield* chunks;
}

/** A stream that only the caller ends. */
async function* endless(): AsyncGenerator<string> {
  for (let n = 0; ; n++) {
    yield `{"n":${n}}\n`;
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
}

function lines(kind: unknown): Reply {
  const jsonl = { status: 200, type: 'application/jsonl' };
  switch (kind) {
    case 'broken':
      return { ...jsonl, stream: pieces('{"n":1}\n', '{"n":2}\n', '{"secret":"do not tell"}\n', '{"n":4}\n') };
    case 'endless':
      return { ...jsonl, stream: endless() };
    case 'events':
      return { status: 200, type: 'text/event-stream', stream: pieces(': hello\n\n', 'event: tick\nda', 'ta: 1\n\n') };
    default:
      return { ...jsonl, stream: pieces('{"n":1}\n{"n"', ':2}\n', '{"n":3}') };
  }
}

const problem = 'application/problem+json';

/** An application that can stand behind the guard, the same in every framework. */
export type Application = Readonly<
  Record<
    string,
    {
      readonly method: 'get' | 'post' | 'delete';
      readonly path: string;
      readonly handle: (call: Call) => Reply | Promise<Reply>;
    }
  >
>;

export const application: Application = {
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
  getLines: { method: 'get', path: '/v1/lines/:kind', handle: ({ params }) => lines(params['kind']) },
  getTotal: {
    method: 'get',
    path: '/v1/total',
    handle: ({ query }) => ({
      status: 200,
      body: {},
      headers: query['total'] === undefined ? {} : { 'X-Total': String(query['total']) },
    }),
  },
  getPart: {
    method: 'get',
    path: '/v1/part',
    handle: () => ({
      status: 206,
      type: 'application/octet-stream',
      body: 'yt',
      headers: { 'Content-Range': 'bytes 1-2/5', 'Accept-Ranges': 'bytes' },
    }),
  },
  getCached: { method: 'get', path: '/v1/cached', handle: () => ({ status: 304, headers: { ETag: '"v1"' } }) },
  upload: {
    method: 'post',
    path: '/v1/uploads',
    handle({ body }) {
      const { title, picture } = body as { title: string; picture: { filename: string; bytes: Uint8Array } };
      return { status: 201, body: { title, name: picture.filename, size: picture.bytes.length } };
    },
  },
  getFile: {
    method: 'get',
    path: '/v1/file',
    handle: () => ({ status: 200, type: 'application/octet-stream', body: 'bytes' }),
  },
};
