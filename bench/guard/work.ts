// The work that every server of this benchmark does: a contract of 50 operations, a 2 KB list, a 1 KB order.

export const issuer = 'https://login.example.com';
export const audience = 'orders';
/** What the token must carry to list orders, and to place one. */
export const readScope = 'orders:read';
export const writeScope = 'orders:write';

const uuid = (n: number): string => `0b7e9a52-6f0e-4c3e-9a35-${String(n).padStart(12, '0')}`;

/** 16 items, about 2 KB as JSON. */
export const list = {
  items: Array.from({ length: 16 }, (_, i) => ({
    id: uuid(i),
    status: 'open',
    total: 1999 + i,
    currency: 'EUR',
    createdAt: `2026-11-${String(i + 1).padStart(2, '0')}T08:15:30Z`,
  })),
};

/** About 1 KB as JSON, nested, 8 items. */
export const order = {
  customer: {
    name: 'Ada Lovelace',
    email: 'ada@example.com',
    address: { street: '12 St James Square', city: 'London', postcode: 'SW1Y 4JH', country: 'GB' },
  },
  note: 'Please leave it at the door if nobody answers, the dog is friendly.',
  items: Array.from({ length: 8 }, (_, i) => ({
    productId: uuid(100 + i),
    quantity: i + 1,
    // What JavaScript makes of sums of prices: 17 significant digits.
    price: 9.99 + 7 + i / 10,
    note: 'wrapped',
  })),
};

export const created = { id: uuid(1), status: 'open', total: 3992, currency: 'EUR', createdAt: '2026-11-24T08:15:30Z' };

const text = (maxLength: number): object => ({ type: 'string', maxLength });
export const orderSummary = {
  type: 'object',
  required: ['id', 'status', 'total', 'currency', 'createdAt'],
  properties: {
    id: { type: 'string', format: 'uuid' },
    status: { type: 'string', enum: ['open', 'paid', 'shipped'] },
    total: { type: 'integer', minimum: 0 },
    currency: { type: 'string', pattern: '^[A-Z]{3}$' },
    createdAt: { type: 'string', format: 'date-time' },
  },
};
export const orderBody = {
  type: 'object',
  required: ['customer', 'items'],
  properties: {
    customer: {
      type: 'object',
      required: ['name', 'email', 'address'],
      properties: {
        name: text(100),
        email: { type: 'string', format: 'email' },
        address: {
          type: 'object',
          required: ['street', 'city'],
          properties: {
            street: text(100),
            city: text(100),
            postcode: text(12),
            country: { type: 'string', minLength: 2, maxLength: 2 },
          },
        },
      },
    },
    note: text(500),
    items: {
      type: 'array',
      minItems: 1,
      maxItems: 50,
      items: {
        type: 'object',
        required: ['productId', 'quantity', 'price'],
        properties: {
          productId: { type: 'string', format: 'uuid' },
          quantity: { type: 'integer', minimum: 1, maximum: 1000 },
          price: { type: 'number', minimum: 0 },
          note: text(100),
        },
      },
    },
  },
};
export const orderList = {
  type: 'object',
  required: ['items'],
  properties: { items: { type: 'array', maxItems: 100, items: orderSummary } },
};
export const listQuery = {
  limit: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
  status: { type: 'string', enum: ['open', 'paid', 'shipped'] },
} as const;

/** Whether a token's `scope` claim holds a scope. */
export function holds(scope: unknown, wanted: string): boolean {
  return typeof scope === 'string' && scope.split(' ').includes(wanted);
}

const json = (schema: object): object => ({ 'application/json': { schema } });

/** The contract: orders, and 48 operations more, as real documents have them. */
export function contract(): Record<string, unknown> {
  const paths: Record<string, object> = {
    '/v1/orders': {
      get: {
        operationId: 'listOrders',
        security: [{ oauth: [readScope] }],
        parameters: Object.entries(listQuery).map(([name, schema]) => ({ name, in: 'query', schema })),
        responses: { 200: { description: 'One page', content: json(orderList) } },
      },
      post: {
        operationId: 'createOrder',
        security: [{ oauth: [writeScope] }],
        requestBody: { required: true, content: json(orderBody) },
        responses: { 201: { description: 'The order', content: json(orderSummary) } },
      },
    },
  };
  for (let i = 0; i < 24; i++) {
    paths[`/v1/things${i}/{thingId}`] = {
      get: {
        operationId: `getThing${i}`,
        parameters: [{ name: 'thingId', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }],
        responses: { 200: { description: 'It', content: json(orderSummary) } },
      },
      delete: {
        operationId: `deleteThing${i}`,
        parameters: [{ name: 'thingId', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }],
        responses: { 204: { description: 'Gone' } },
      },
    };
  }
  return {
    openapi: '3.0.3',
    info: { title: 'Orders', version: '1.0.0' },
    security: [{ oauth: [readScope] }],
    paths,
    components: {
      securitySchemes: {
        oauth: {
          type: 'oauth2',
          flows: {
            clientCredentials: {
              tokenUrl: `${issuer}/token`,
              scopes: { [readScope]: 'Read orders', [writeScope]: 'Place orders' },
            },
          },
        },
      },
    },
  };
}
