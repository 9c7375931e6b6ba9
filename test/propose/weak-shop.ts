// A small shop that somebody wrote in Express and forgot to protect: whoever has a token may do everything to everything.
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Request, type Response } from 'express';
import type { Call, WeakApi } from './weak-api.ts';

type Row = Record<string, unknown>;

const id = { type: 'integer' };
const text = { type: 'string' };
const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: object): object => ({ content: { 'application/json': { schema } } });
const good = (schema: object, status = 200): object => ({
  [status]: { description: 'ok', ...json(schema) },
  default: { description: 'problem', ...json({ type: 'object' }) },
});
const gone = { 204: { description: 'gone' }, default: { description: 'problem', ...json({ type: 'object' }) } };
const at = (name: string): object => ({ name, in: 'path', required: true, schema: id });
const thing = (properties: object, required: readonly string[] = ['id']): object => ({
  type: 'object',
  properties,
  required,
});
const open: readonly object[] = [];

const document = {
  openapi: '3.0.3',
  info: { title: 'Little Shop', version: '1.0' },
  security: [{ bearer: [] }],
  paths: {
    '/register': {
      post: {
        operationId: 'register',
        security: open,
        requestBody: json(ref('NewUser')),
        responses: good(ref('User'), 201),
      },
    },
    '/users': { get: { operationId: 'listUsers', responses: good({ type: 'array', items: ref('User') }) } },
    '/users/{userId}': {
      parameters: [at('userId')],
      get: { operationId: 'getUser', responses: good(ref('User')) },
      patch: { operationId: 'updateUser', requestBody: json(ref('UserChange')), responses: good(ref('User')) },
      delete: { operationId: 'deleteUser', responses: gone },
    },
    '/users/{userId}/cards': {
      parameters: [at('userId')],
      get: { operationId: 'listCards', responses: good({ type: 'array', items: ref('Card') }) },
    },
    '/products': {
      get: { operationId: 'listProducts', security: open, responses: good({ type: 'array', items: ref('Product') }) },
      post: {
        operationId: 'addProduct',
        requestBody: json(ref('ProductChange')),
        responses: good(ref('Product'), 201),
      },
    },
    '/products/{productId}': {
      parameters: [at('productId')],
      get: { operationId: 'getProduct', security: open, responses: good(ref('Product')) },
      put: { operationId: 'changeProduct', requestBody: json(ref('ProductChange')), responses: good(ref('Product')) },
    },
    '/orders': {
      get: { operationId: 'listOrders', responses: good({ type: 'array', items: ref('Order') }) },
      post: { operationId: 'placeOrder', requestBody: json(ref('NewOrder')), responses: good(ref('Order'), 201) },
    },
    '/orders/{orderId}': {
      parameters: [at('orderId')],
      get: { operationId: 'getOrder', responses: good(ref('Order')) },
      patch: { operationId: 'changeOrder', requestBody: json(ref('OrderChange')), responses: good(ref('Order')) },
      delete: { operationId: 'cancelOrder', responses: gone },
    },
    '/orders/{orderId}/refund': {
      parameters: [at('orderId')],
      post: { operationId: 'refundOrder', responses: good(ref('Order')) },
    },
    '/reviews': {
      get: { operationId: 'listReviews', security: open, responses: good({ type: 'array', items: ref('Review') }) },
      post: { operationId: 'writeReview', requestBody: json(ref('NewReview')), responses: good(ref('Review'), 201) },
    },
    '/reviews/{reviewId}': {
      parameters: [at('reviewId')],
      get: { operationId: 'getReview', security: open, responses: good(ref('Review')) },
      patch: { operationId: 'changeReview', requestBody: json(ref('NewReview')), responses: good(ref('Review')) },
      delete: { operationId: 'deleteReview', responses: gone },
    },
    '/admin/stats': { get: { operationId: 'stats', responses: good({ type: 'object', properties: { revenue: id } }) } },
  },
  components: {
    securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    schemas: {
      NewUser: thing({ username: text, email: text, password: text, role: text }, ['username', 'password']),
      UserChange: thing({ email: text, phone: text, role: text, balance: id }, []),
      User: thing({ id, username: text, email: text, phone: text, passwordHash: text, role: text, balance: id }),
      Card: thing({ id, userId: id, number: text }),
      Product: thing({ id, name: text, price: id, costPrice: id }),
      ProductChange: thing({ name: text, price: id, costPrice: id }, []),
      Order: thing({ id, userId: id, productId: id, quantity: id, address: text, status: text }),
      NewOrder: thing({ productId: id, quantity: id, address: text, userId: id }, ['productId']),
      OrderChange: thing({ address: text, quantity: id }, []),
      Review: thing({ id, authorId: id, productId: id, text }),
      NewReview: thing({ productId: id, text }, []),
    },
  },
};

function application(): express.Express {
  const user = (n: number, username: string, role = 'customer'): Row => ({
    id: n,
    username,
    email: `${username}@example.com`,
    phone: '555',
    passwordHash: '$2b$10$x',
    role,
    balance: 10,
  });
  const rows: Record<string, Row[]> = {
    users: [user(1, 'ada'), user(2, 'bob'), user(3, 'cara'), user(9, 'max', 'admin')],
    products: [1, 2, 3].map((n) => ({ id: n, name: `Tea ${n}`, price: 9, costPrice: 2 })),
    orders: [1, 2, 3, 1, 2].map((owner, n) => ({
      id: 11 + n,
      userId: owner,
      productId: 3,
      quantity: 1,
      address: 'x',
      status: 'paid',
    })),
    reviews: [1, 2, 3].map((owner) => ({ id: 20 + owner, authorId: owner, productId: 3, text: 'good' })),
    cards: [1, 2, 3].map((owner) => ({ id: 30 + owner, userId: owner, number: '4111' })),
  };
  let next = 100;
  const app = express();
  app.use(express.json());
  const caller = (request: Request): number => {
    const [, payload = ''] = (request.headers.authorization ?? '').split('.');
    return Number((JSON.parse(Buffer.from(payload, 'base64url').toString() || '{}') as { sub?: string }).sub);
  };
  const one = (table: string, request: Request, response: Response): Row | undefined => {
    const found = rows[table]?.find((row) => String(row['id']) === Object.values(request.params)[0]);
    if (found === undefined) response.status(404).json({ error: 'not found' });
    return found;
  };
  const show = (table: string) => (request: Request, response: Response) => {
    const found = one(table, request, response);
    if (found !== undefined) response.json(found);
  };
  const change = (table: string) => (request: Request, response: Response) => {
    const found = one(table, request, response);
    if (found !== undefined) response.json(Object.assign(found, request.body));
  };
  const add = (table: string, extra: (request: Request) => Row) => (request: Request, response: Response) => {
    const row = { id: next++, ...extra(request), ...(request.body as Row) };
    rows[table]?.push(row);
    response.status(201).json(row);
  };
  const drop = (table: string) => (request: Request, response: Response) => {
    const found = one(table, request, response);
    if (found === undefined) return;
    rows[table] = rows[table]?.filter((row) => row !== found) ?? [];
    response.status(204).end();
  };
  const list = (table: string) => (_request: Request, response: Response) => void response.json(rows[table]);
  app.post('/register', (request, response) => {
    const { password: _, ...said } = request.body as Row;
    const row = { ...user(next++, String(said['username'])), ...said };
    rows['users']?.push(row);
    response.status(201).json(row);
  });
  for (const table of ['users', 'products', 'orders', 'reviews']) {
    app.get(`/${table}`, list(table));
    app.get(`/${table}/:id`, show(table));
    app.patch(`/${table}/:id`, change(table));
    app.put(`/${table}/:id`, change(table));
    app.delete(`/${table}/:id`, drop(table));
  }
  app.post(
    '/products',
    add('products', () => ({})),
  );
  app.post(
    '/orders',
    add('orders', (request) => ({ userId: caller(request), quantity: 1, status: 'new' })),
  );
  app.post(
    '/reviews',
    add('reviews', (request) => ({ authorId: caller(request) })),
  );
  app.post('/orders/:id/refund', (request, response) => {
    const found = one('orders', request, response);
    if (found !== undefined) response.json(Object.assign(found, { status: 'refunded' }));
  });
  app.get('/users/:id/cards', (request, response) => {
    response.json(rows['cards']?.filter(({ userId }) => String(userId) === request.params.id));
  });
  app.get('/admin/stats', (_request, response) => void response.json({ revenue: 5 }));
  return app;
}

const call = (as: string, method: string, path: string, body?: object, stopped?: Call['stopped']): Call => ({
  as,
  method,
  path,
  body,
  stopped,
});

/** What its clients do on a day. */
const honest: readonly Call[] = [
  call('', 'GET', '/products'),
  call('', 'GET', '/products/1'),
  call('', 'GET', '/reviews'),
  call('', 'POST', '/register', { username: 'dan', email: 'd@example.com', password: 'long enough' }),
  call('', 'POST', '/register', { username: 'eli', email: 'e@example.com', password: 'long enough' }),
  ...['1', '2', '3'].flatMap((who) => [
    call(who, 'GET', `/users/${who}`),
    call(who, 'PATCH', `/users/${who}`, { phone: '556' }),
    call(who, 'GET', `/users/${who}/cards`),
    call(who, 'GET', '/products'),
    call(who, 'GET', '/products/2'),
    call(who, 'GET', '/orders'),
    call(who, 'GET', `/orders/1${who}`),
    call(who, 'PATCH', `/orders/1${who}`, { address: 'y' }),
    call(who, 'POST', '/orders', { productId: 2, quantity: 1, address: 'z' }),
    call(who, 'GET', '/reviews/22'),
    call(who, 'POST', '/reviews', { productId: 2, text: 'fine' }),
    call(who, 'PATCH', `/reviews/2${who}`, { text: 'better' }),
  ]),
  call('1', 'DELETE', '/orders/14'),
  call('2', 'DELETE', '/orders/15'),
  call('3', 'DELETE', '/reviews/23'),
  call('9', 'GET', '/users'),
  call('9', 'GET', '/users/2'),
  call('9', 'GET', '/orders'),
  call('9', 'GET', '/orders/12'),
  call('9', 'POST', '/products', { name: 'New', price: 5, costPrice: 1 }),
  call('9', 'PUT', '/products/2', { name: 'Newer', price: 6, costPrice: 1 }),
  call('9', 'PUT', '/products/3', { name: 'Newest', price: 6, costPrice: 1 }),
  call('9', 'POST', '/orders/12/refund'),
  call('9', 'GET', '/admin/stats'),
  call('9', 'GET', '/admin/stats'),
  call('9', 'DELETE', '/users/101'),
];

const lacks =
  (text: string) =>
  (answer: string): boolean =>
    !answer.includes(text);

/** What an attacker with an ordinary account does. */
const holes: readonly Call[] = [
  call('1', 'GET', '/orders/12'),
  call('1', 'PATCH', '/orders/12', { address: 'mine' }),
  call('1', 'DELETE', '/orders/13'),
  call('1', 'GET', '/orders', undefined, lacks('"userId":2')),
  call('1', 'POST', '/orders', { productId: 1, userId: 2 }),
  call('1', 'GET', '/users/2'),
  call('1', 'PATCH', '/users/2', { email: 'mine@example.com' }),
  call('1', 'GET', '/users/2/cards'),
  call('1', 'PATCH', '/reviews/22', { text: 'bad' }),
  call('1', 'DELETE', '/reviews/22'),
  call('1', 'GET', '/users'),
  call('1', 'DELETE', '/users/3'),
  call('1', 'POST', '/products', { name: 'Free', price: 0 }),
  call('1', 'PUT', '/products/1', { price: 0 }),
  call('1', 'POST', '/orders/11/refund'),
  call('1', 'GET', '/admin/stats'),
  call('1', 'GET', '/users/1', undefined, lacks('passwordHash')),
  call('', 'GET', '/products/1', undefined, lacks('costPrice')),
  call('1', 'PATCH', '/users/1', { role: 'admin' }),
  call('1', 'PATCH', '/users/1', { balance: 1_000_000 }),
  call('', 'POST', '/register', { username: 'root', password: 'long enough', role: 'admin' }),
  call('1', 'PATCH', '/orders/11', { status: 'refunded' }),
];

/** The shop, its document, its clients and its attackers. */
export const shop: WeakApi = {
  name: 'a shop in Express',
  document,
  groups: { '9': ['admin'] },
  honest,
  holes,
  async start() {
    const server: Server = await new Promise((resolve) => {
      const listening = application().listen(0, '127.0.0.1', () => resolve(listening));
    });
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      async close() {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  },
};
