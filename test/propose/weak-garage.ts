// A garage with a shop and a forum, as training APIs have it: tokens name people by e-mail and say one role, objects hold who they
// are of one level down, ids are UUIDs, numbers and short words, and half of the answers are wrapped.
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import express, { type Request, type Response } from 'express';
import { document } from './weak-garage-document.ts';
import type { Call, WeakApi } from './weak-api.ts';

type Row = Record<string, unknown>;

const people = ['adam', 'pogba', 'robot'];
const mail = (who: string): string => `${who}@garage.example`;
const car = (who: string): string => `0000000${people.indexOf(who) + 1}-1111-4222-8333-444444444444`;
const postOf = (who: string): string => `${who}P0st9x`;

function application(): express.Express {
  const profile = (who: string, role = 'user'): Row => ({
    id: who.length,
    name: who,
    email: mail(who),
    number: '555',
    role,
    available_credit: 100,
  });
  const users = new Map<string, Row>([
    ...people.map((who): [string, Row] => [mail(who), profile(who)]),
    [mail('jhon'), profile('jhon', 'mechanic')],
    [mail('admin'), profile('admin', 'admin')],
  ]);
  const videos = new Map<string, Row>(
    people.map((who, n) => [
      String(n + 1),
      { id: n + 1, video_name: 'x.mp4', conversion_params: '-v', profileVideo: 'data', owner_email: mail(who) },
    ]),
  );
  const vehicles = new Map<string, Row>(
    people.map((who) => [
      car(who),
      {
        uuid: car(who),
        year: 2020,
        pincode: '1234',
        vin: `VIN${who}`,
        owner: { name: who, email: mail(who), number: '555' },
      },
    ]),
  );
  const orders = new Map<string, Row>(
    people.map((who, n) => [
      String(n + 1),
      {
        id: n + 1,
        user: { email: mail(who), number: '555' },
        product: { id: 1, name: 'Seat', price: 10, image_url: 'x' },
        quantity: 1,
        status: 'delivered',
        transaction_id: car(who),
      },
    ]),
  );
  const reports = new Map<string, Row>(
    people.map((who, n) => [
      String(n + 1),
      {
        id: n + 1,
        mechanic: { mechanic_code: 'TRAC', user: { email: mail('jhon') } },
        vehicle: { id: n + 1, vin: `VIN${who}`, owner: { email: mail(who), number: '555' } },
        problem_details: 'noise',
        status: 'pending',
      },
    ]),
  );
  const posts = new Map<string, Row>(
    people.map((who) => [
      postOf(who),
      {
        id: postOf(who),
        title: 't',
        content: 'c',
        author: { nickname: who, email: mail(who), vehicleid: car(who) },
        comments: [],
      },
    ]),
  );
  let next = 50;
  const app = express();
  app.use(express.json());
  const caller = (request: Request): string => {
    const [, payload = ''] = (request.headers.authorization ?? '').split('.');
    return (JSON.parse(Buffer.from(payload, 'base64url').toString() || '{}') as { sub?: string }).sub ?? '';
  };
  const send = (response: Response, found: unknown, wrapped: (row: Row) => unknown = (row) => row): void => {
    if (found === undefined) response.status(404).json({ message: 'Not found' });
    else response.json(wrapped(found as Row));
  };
  const id = ({ params }: Request): string => String(Object.values(params)[0]);
  app.post('/identity/api/auth/login', (_, response) => void response.json({ token: 'x' }));
  app.post('/identity/api/auth/signup', (request, response) => {
    const body = request.body as Row;
    users.set(String(body['email']), { ...profile('new'), ...body });
    response.json({ message: 'ok' });
  });
  app.get('/identity/api/v2/user/dashboard', (request, response) => send(response, users.get(caller(request))));
  app.get('/identity/api/v2/user/videos/:id', (request, response) => send(response, videos.get(id(request))));
  app.put('/identity/api/v2/user/videos/:id', (request, response) =>
    send(response, videos.get(id(request)), (row) =>
      Object.assign(row, { video_name: (request.body as Row)['videoName'] }),
    ),
  );
  app.delete('/identity/api/v2/admin/videos/:id', (request, response) => {
    videos.delete(id(request));
    response.json({ message: 'gone' });
  });
  app.get('/identity/api/v2/vehicle/vehicles', (request, response) => {
    response.json([...vehicles.values()].filter(({ owner }) => (owner as Row)['email'] === caller(request)));
  });
  app.get('/identity/api/v2/vehicle/:id', (request, response) => send(response, vehicles.get(id(request))));
  app.get('/identity/api/v2/vehicle/:id/location', (request, response) =>
    send(response, vehicles.get(id(request)), ({ uuid: carId, owner }) => ({
      carId,
      vehicleLocation: { latitude: '1', longitude: '2' },
      fullName: (owner as Row)['name'],
      email: (owner as Row)['email'],
    })),
  );
  app.get(
    '/workshop/api/shop/products',
    (_, response) => void response.json({ products: [{ id: 1, name: 'Seat', price: 10, image_url: 'x' }], credit: 5 }),
  );
  app.post(
    '/workshop/api/shop/products',
    (request, response) => void response.json({ id: next++, ...(request.body as Row) }),
  );
  app.post('/workshop/api/shop/orders', (request, response) => {
    const order = {
      id: next++,
      user: { email: caller(request), number: '555' },
      product: { id: 1, name: 'Seat', price: 10, image_url: 'x' },
      quantity: 1,
      status: 'delivered',
      transaction_id: car('adam'),
    };
    orders.set(String(order.id), order);
    response.json({ id: order.id, message: 'sent', credit: 90 });
  });
  app.get('/workshop/api/shop/orders/all', (request, response) => {
    response.json({ orders: [...orders.values()].filter(({ user }) => (user as Row)['email'] === caller(request)) });
  });
  app.post('/workshop/api/shop/orders/return_order', (request, response) =>
    send(response, orders.get(String(request.query['order_id'])), (order) => ({
      message: 'QR',
      order: Object.assign(order, { status: 'returned' }),
    })),
  );
  app.get('/workshop/api/shop/orders/:id', (request, response) =>
    send(response, orders.get(id(request)), (order) => ({ order, payment: { card_number: 'XXXX', amount: 10 } })),
  );
  app.put('/workshop/api/shop/orders/:id', (request, response) =>
    send(response, orders.get(id(request)), (order) => ({ orders: Object.assign(order, request.body) })),
  );
  app.get('/workshop/api/mechanic/mechanic_report', (request, response) =>
    send(response, reports.get(String(request.query['report_id']))),
  );
  app.get(
    '/workshop/api/mechanic/service_requests',
    (_, response) => void response.json({ service_requests: [...reports.values()], count: 3 }),
  );
  app.get('/workshop/api/management/users/all', (_, response) => void response.json({ users: [...users.values()] }));
  app.post('/community/api/v2/community/posts', (request, response) => {
    const who = caller(request).split('@')[0] ?? '';
    const post = {
      id: `n${next++}`,
      ...(request.body as Row),
      author: { nickname: who, email: caller(request), vehicleid: car('adam') },
      comments: [],
    };
    posts.set(post.id, post);
    response.json(post);
  });
  app.get(
    '/community/api/v2/community/posts/recent',
    (_, response) => void response.json({ posts: [...posts.values()] }),
  );
  app.get('/community/api/v2/community/posts/:id', (request, response) => send(response, posts.get(id(request))));
  app.put('/community/api/v2/community/posts/:id', (request, response) =>
    send(response, posts.get(id(request)), (row) => Object.assign(row, request.body)),
  );
  app.delete('/community/api/v2/community/posts/:id', (request, response) => {
    posts.delete(id(request));
    response.json({ message: 'gone' });
  });
  app.post('/community/api/v2/coupon/new-coupon', (request, response) => void response.json(request.body));
  app.post(
    '/community/api/v2/coupon/validate-coupon',
    (_, response) => void response.json({ amount: 5, coupon_code: 'TRAC075' }),
  );
  return app;
}

const honest: readonly Call[] = [
  { as: '', method: 'POST', path: '/identity/api/auth/login', body: { email: mail('adam'), password: 'long enough' } },
  {
    as: '',
    method: 'POST',
    path: '/identity/api/auth/signup',
    body: { email: mail('new1'), name: 'new', password: 'long enough', number: '1' },
  },
  {
    as: '',
    method: 'POST',
    path: '/identity/api/auth/signup',
    body: { email: mail('new2'), name: 'new', password: 'long enough', number: '1' },
  },
  ...people.flatMap((as, n): Call[] => [
    { as, method: 'GET', path: '/identity/api/v2/user/dashboard' },
    { as, method: 'GET', path: `/identity/api/v2/user/videos/${n + 1}` },
    { as, method: 'PUT', path: `/identity/api/v2/user/videos/${n + 1}`, body: { videoName: 'new.mp4' } },
    { as, method: 'GET', path: '/identity/api/v2/vehicle/vehicles' },
    { as, method: 'GET', path: `/identity/api/v2/vehicle/${car(as)}` },
    { as, method: 'GET', path: `/identity/api/v2/vehicle/${car(as)}/location` },
    { as, method: 'GET', path: '/workshop/api/shop/products' },
    { as, method: 'POST', path: '/workshop/api/shop/orders', body: { product_id: 1, quantity: 1 } },
    { as, method: 'GET', path: '/workshop/api/shop/orders/all' },
    { as, method: 'GET', path: `/workshop/api/shop/orders/${n + 1}` },
    { as, method: 'PUT', path: `/workshop/api/shop/orders/${n + 1}`, body: { quantity: 2 } },
    { as, method: 'POST', path: `/workshop/api/shop/orders/return_order?order_id=${n + 1}` },
    { as, method: 'GET', path: `/workshop/api/mechanic/mechanic_report?report_id=${n + 1}` },
    { as, method: 'GET', path: '/community/api/v2/community/posts/recent' },
    { as, method: 'GET', path: `/community/api/v2/community/posts/${postOf('pogba')}` },
    { as, method: 'POST', path: '/community/api/v2/community/posts', body: { title: 'a', content: 'b' } },
    { as, method: 'PUT', path: `/community/api/v2/community/posts/${postOf(as)}`, body: { title: 'a', content: 'b' } },
    { as, method: 'POST', path: '/community/api/v2/coupon/validate-coupon', body: { coupon_code: 'TRAC075' } },
  ]),
  { as: 'robot', method: 'DELETE', path: `/community/api/v2/community/posts/${postOf('robot')}` },
  { as: 'adam', method: 'DELETE', path: '/community/api/v2/community/posts/n51' },
  { as: 'jhon', method: 'GET', path: '/workshop/api/mechanic/service_requests' },
  { as: 'jhon', method: 'GET', path: '/workshop/api/mechanic/service_requests' },
  { as: 'jhon', method: 'GET', path: '/workshop/api/mechanic/mechanic_report?report_id=2' },
  { as: 'admin', method: 'GET', path: '/workshop/api/management/users/all' },
  { as: 'admin', method: 'POST', path: '/community/api/v2/coupon/new-coupon', body: { coupon_code: 'A', amount: 5 } },
  { as: 'admin', method: 'POST', path: '/community/api/v2/coupon/new-coupon', body: { coupon_code: 'B', amount: 5 } },
  {
    as: 'admin',
    method: 'POST',
    path: '/workshop/api/shop/products',
    body: { name: 'Tyre', price: 5, image_url: 'x' },
  },
  {
    as: 'admin',
    method: 'POST',
    path: '/workshop/api/shop/products',
    body: { name: 'Tyre', price: 5, image_url: 'x' },
  },
  { as: 'admin', method: 'DELETE', path: '/identity/api/v2/admin/videos/3' },
];

const lacks =
  (word: string) =>
  (answer: string): boolean =>
    !answer.includes(word);

const holes: readonly Call[] = [
  { at: 'object', as: 'adam', method: 'GET', path: '/identity/api/v2/user/videos/2' },
  { at: 'object', as: 'adam', method: 'PUT', path: '/identity/api/v2/user/videos/2', body: { videoName: 'x' } },
  { at: 'object', as: 'adam', method: 'GET', path: `/identity/api/v2/vehicle/${car('pogba')}` },
  { at: 'object', as: 'adam', method: 'GET', path: `/identity/api/v2/vehicle/${car('pogba')}/location` },
  { at: 'object', as: 'adam', method: 'GET', path: '/workshop/api/shop/orders/2' },
  { at: 'object', as: 'adam', method: 'PUT', path: '/workshop/api/shop/orders/2', body: { quantity: 5 } },
  { at: 'object', as: 'adam', method: 'POST', path: '/workshop/api/shop/orders/return_order?order_id=2' },
  { at: 'object', as: 'adam', method: 'GET', path: '/workshop/api/mechanic/mechanic_report?report_id=2' },
  {
    at: 'object',
    as: 'adam',
    method: 'PUT',
    path: `/community/api/v2/community/posts/${postOf('pogba')}`,
    body: { title: 'x', content: 'x' },
  },
  { at: 'object', as: 'adam', method: 'DELETE', path: `/community/api/v2/community/posts/${postOf('pogba')}` },
  { at: 'function', as: 'adam', method: 'DELETE', path: '/identity/api/v2/admin/videos/2' },
  {
    at: 'function',
    as: 'adam',
    method: 'GET',
    path: '/workshop/api/mechanic/service_requests',
    stopped: lacks('VINpogba'),
  },
  { at: 'function', as: 'adam', method: 'GET', path: '/workshop/api/management/users/all' },
  {
    at: 'function',
    as: 'adam',
    method: 'POST',
    path: '/community/api/v2/coupon/new-coupon',
    body: { coupon_code: 'FREE', amount: 500 },
  },
  {
    at: 'function',
    as: 'adam',
    method: 'POST',
    path: '/workshop/api/shop/products',
    body: { name: 'Free', price: -5, image_url: 'x' },
  },
  { at: 'property', as: 'adam', method: 'PUT', path: '/workshop/api/shop/orders/1', body: { status: 'returned' } },
  {
    at: 'property',
    as: 'adam',
    method: 'PUT',
    path: '/identity/api/v2/user/videos/1',
    body: { conversion_params: '; rm' },
  },
  {
    at: 'property',
    as: '',
    method: 'POST',
    path: '/identity/api/auth/signup',
    body: { email: mail('x'), name: 'x', password: 'long enough', number: '1', role: 'admin' },
  },
  {
    at: 'property',
    as: 'adam',
    method: 'GET',
    path: '/community/api/v2/community/posts/recent',
    stopped: lacks(mail('pogba')),
  },
  {
    at: 'property',
    as: 'adam',
    method: 'GET',
    path: '/community/api/v2/community/posts/recent',
    stopped: lacks(car('pogba')),
  },
];

export const garage: WeakApi = {
  name: 'a garage',
  document,
  groups: {},
  subject: (as) => mail(as),
  claims: (as) => ({ role: as === 'jhon' ? 'mechanic' : as === 'admin' ? 'admin' : 'user' }),
  honest,
  holes,
  async start() {
    const server = createServer(application());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      async close() {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  },
};
