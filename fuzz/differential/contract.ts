// The API that the differential fuzz is about: paths that are easily confused, and every kind of body that frameworks
// parse themselves.

const text = { type: 'string', maxLength: 40 };
const parameter = (place: string, name: string, schema: object, more: object = {}): object => ({
  name,
  in: place,
  schema,
  required: place === 'path',
  ...more,
});
const orderId = parameter('path', 'orderId', text);
const done = { default: { description: 'Done' } };
const body = (type: string, schema: object, more: object = {}): object => ({
  required: true,
  content: { [type]: { schema, ...more } },
});
const order = {
  type: 'object',
  required: ['name'],
  properties: {
    name: text,
    quantity: { type: 'integer', format: 'int32' },
    price: { type: 'number' },
    gift: { type: 'boolean' },
    note: { type: ['string', 'null'] },
    tags: { type: 'array', items: text, maxItems: 10 },
    address: { type: 'object', properties: { street: text, city: text } },
  },
};
const form = {
  type: 'object',
  properties: { name: text, quantity: { type: 'integer' }, tags: { type: 'array', items: text } },
};
const upload = {
  type: 'object',
  properties: { title: text, file: { type: 'string', format: 'binary' } },
};

export const contract = {
  openapi: '3.0.4',
  info: { title: 'Differential', version: '1' },
  paths: {
    '/v1/orders': {
      get: {
        operationId: 'listOrders',
        parameters: [
          parameter('query', 'limit', { type: 'integer', minimum: 0 }),
          parameter('query', 'q', text),
          parameter('query', 'exact', { type: 'boolean' }),
          parameter('query', 'tag', { type: 'array', items: text }),
          parameter('query', 'ids', { type: 'array', items: text }, { explode: false }),
          parameter(
            'query',
            'filter',
            { type: 'object', properties: { status: text, city: text } },
            { style: 'deepObject', explode: true },
          ),
          parameter('header', 'X-Trace', text),
          parameter('cookie', 'session', text),
        ],
        responses: done,
      },
      post: { operationId: 'createOrder', requestBody: body('application/json', order), responses: done },
    },
    '/v1/orders/search': {
      get: { operationId: 'searchOrders', parameters: [parameter('query', 'q', text)], responses: done },
    },
    '/v1/orders/{orderId}': {
      get: { operationId: 'getOrder', parameters: [orderId], responses: done },
      put: {
        operationId: 'replaceOrder',
        parameters: [orderId],
        requestBody: body('application/json', order),
        responses: done,
      },
      delete: { operationId: 'deleteOrder', parameters: [orderId], responses: done },
    },
    '/v1/orders/{orderId}/items/{itemId}': {
      get: {
        operationId: 'getItem',
        parameters: [orderId, parameter('path', 'itemId', { type: 'integer' })],
        responses: done,
      },
    },
    '/v1/forms': {
      post: {
        operationId: 'sendForm',
        requestBody: body('application/x-www-form-urlencoded', form),
        responses: done,
      },
    },
    '/v1/uploads': {
      post: { operationId: 'upload', requestBody: body('multipart/form-data', upload), responses: done },
    },
    '/v1/notes/{noteId}': {
      put: {
        operationId: 'writeNote',
        parameters: [parameter('path', 'noteId', text)],
        requestBody: body('text/plain', { type: 'string' }),
        responses: done,
      },
    },
  },
} as const;

/** One operation as frameworks register it. */
export interface Route {
  readonly operation: string;
  readonly method: 'get' | 'post' | 'put' | 'delete';
  readonly path: string;
}

/** Every operation, static paths before those with variables: the order that every router agrees on. */
export const routes: readonly Route[] = Object.entries(contract.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({
    operation: operation.operationId,
    method: method as Route['method'],
    path,
  })),
);

/** `{orderId}` as `:orderId`. */
export function colons(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}
