// A library of secrets, as training APIs have it: opaque tokens of its own, and who is an administrator stands in its database alone.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Call, WeakApi } from './weak-api.ts';

type Row = Record<string, unknown>;

const text = { type: 'string' };
const of = (properties: object, required: readonly string[] = []): object => ({ type: 'object', properties, required });
const json = (schema: object): object => ({ content: { 'application/json': { schema } } });
const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
const good = (schema: object): object => ({
  200: { description: 'ok', ...json(schema) },
  default: { description: 'no', ...json(of({ status: text, message: text })) },
});
const status = of({ status: text, message: text });
const key = [{ token: [] }];
const username = { name: 'username', in: 'path', required: true, schema: text };
const title = { name: 'book_title', in: 'path', required: true, schema: text };

const document = {
  openapi: '3.0.1',
  info: { title: 'Library', version: '0.1' },
  paths: {
    '/me': {
      get: {
        operationId: 'whoAmI',
        security: key,
        responses: good(of({ status: text, data: of({ username: text, email: text, admin: { type: 'boolean' } }) })),
      },
    },
    '/users/v1': {
      get: {
        operationId: 'allUsers',
        security: key,
        responses: good(of({ users: { type: 'array', items: of({ username: text, email: text }) } })),
      },
    },
    '/users/v1/_debug': {
      get: {
        operationId: 'debugUsers',
        security: key,
        responses: good(
          of({
            users: {
              type: 'array',
              items: of({ username: text, email: text, password: text, admin: { type: 'boolean' } }),
            },
          }),
        ),
      },
    },
    '/users/v1/register': {
      post: {
        operationId: 'register',
        security: [],
        requestBody: json(of({ username: text, password: text, email: text }, ['username', 'password'])),
        responses: good(status),
      },
    },
    '/users/v1/login': {
      post: {
        operationId: 'login',
        security: [],
        requestBody: json(of({ username: text, password: text })),
        responses: good(of({ auth_token: text, message: text, status: text })),
      },
    },
    '/users/v1/{username}': {
      parameters: [username],
      get: { operationId: 'oneUser', security: key, responses: good(ref('Reader')) },
      delete: { operationId: 'dropUser', security: key, responses: good(status) },
    },
    '/users/v1/{username}/email': {
      put: {
        operationId: 'setEmail',
        security: key,
        parameters: [username],
        requestBody: json(of({ email: text })),
        responses: { 204: { description: 'done' } },
      },
    },
    '/users/v1/{username}/password': {
      put: {
        operationId: 'setPassword',
        security: key,
        parameters: [username],
        requestBody: json(of({ password: text })),
        responses: { 204: { description: 'done' } },
      },
    },
    '/books/v1': {
      get: {
        operationId: 'allBooks',
        security: key,
        responses: good(of({ Books: { type: 'array', items: of({ book_title: text, user: text }) } })),
      },
      post: {
        operationId: 'addBook',
        security: key,
        requestBody: json(of({ book_title: text, secret: text }, ['book_title'])),
        responses: good(status),
      },
    },
    '/books/v1/{book_title}': {
      parameters: [title],
      get: { operationId: 'oneBook', security: key, responses: good(ref('Book')) },
      put: {
        operationId: 'changeBook',
        security: key,
        requestBody: json(of({ secret: text })),
        responses: good(ref('Book')),
      },
      delete: { operationId: 'dropBook', security: key, responses: good(status) },
    },
    '/createdb': { get: { operationId: 'createdb', security: key, responses: good(of({ message: text })) } },
  },
  components: {
    securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    schemas: {
      Reader: of({ username: text, email: text, password: text, admin: { type: 'boolean' } }, ['username']),
      Book: of({ book_title: text, secret: text, owner: text }, ['book_title']),
    },
  },
};

const people = ['name1', 'name2', 'name3'];
const tokens = new Map([...people, 'admin'].map((who) => [`tok-${who}-000000000000000000`, who]));
const bookOf = (who: string): string => `book-of-${who}`;

function application(): (method: string, path: string, body: Row, who: string) => unknown {
  const users = new Map<string, Row>(
    [...people, 'admin'].map((who) => [
      who,
      { username: who, email: `${who}@mail.example`, password: 'pass1', admin: who === 'admin' },
    ]),
  );
  const books = new Map<string, Row>(
    people.map((who) => [bookOf(who), { book_title: bookOf(who), secret: `secret of ${who}`, owner: who }]),
  );
  const done = { status: 'success', message: 'done' };
  return (method, path, body, who) => {
    const [, collection, , id = '', part] = path.split('/');
    if (path === '/me') return { status: 'success', data: pick(users.get(who) ?? {}, ['username', 'email', 'admin']) };
    if (path === '/createdb') return { message: 'populated' };
    if (collection === 'users') {
      if (id === '') return { users: [...users.values()].map((user) => pick(user, ['username', 'email'])) };
      if (id === '_debug') return { users: [...users.values()] };
      if (id === 'login') return { auth_token: 'x', message: 'in', status: 'success' };
      if (id === 'register') {
        users.set(String(body['username']), { admin: false, email: '', ...body });
        return done;
      }
      const user = users.get(id);
      if (user === undefined) return undefined;
      if (part !== undefined) {
        Object.assign(user, body);
        return null;
      }
      if (method === 'DELETE') users.delete(id);
      return method === 'DELETE' ? done : user;
    }
    if (id === '' && method === 'GET')
      return { Books: [...books.values()].map(({ book_title, owner }) => ({ book_title, user: owner })) };
    if (id === '') {
      books.set(String(body['book_title']), { owner: who, ...body });
      return done;
    }
    const book = books.get(decodeURIComponent(id));
    if (book === undefined) return undefined;
    if (method === 'DELETE') books.delete(id);
    if (method === 'PUT') Object.assign(book, body);
    return method === 'DELETE' ? done : book;
  };
}

function pick(row: Row, names: readonly string[]): Row {
  return Object.fromEntries(names.map((name) => [name, row[name]]));
}

async function bodyOf(request: IncomingMessage): Promise<Row> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString() || '{}') as Row;
}

const honest: readonly Call[] = [
  { as: '', method: 'POST', path: '/users/v1/login', body: { username: 'name1', password: 'pass1' } },
  {
    as: '',
    method: 'POST',
    path: '/users/v1/register',
    body: { username: 'new1', password: 'pass1', email: 'n@mail.example' },
  },
  {
    as: '',
    method: 'POST',
    path: '/users/v1/register',
    body: { username: 'new2', password: 'pass1', email: 'n@mail.example' },
  },
  ...people.flatMap((as): Call[] => [
    { as, method: 'GET', path: '/me' },
    { as, method: 'GET', path: `/users/v1/${as}` },
    { as, method: 'PUT', path: `/users/v1/${as}/email`, body: { email: 'x@mail.example' } },
    { as, method: 'PUT', path: `/users/v1/${as}/password`, body: { password: 'pass2' } },
    { as, method: 'GET', path: '/books/v1' },
    { as, method: 'POST', path: '/books/v1', body: { book_title: `another of ${as}`, secret: 's' } },
    { as, method: 'GET', path: `/books/v1/${bookOf(as)}` },
    { as, method: 'PUT', path: `/books/v1/${bookOf(as)}`, body: { secret: 'better' } },
  ]),
  { as: 'name3', method: 'DELETE', path: `/books/v1/${bookOf('name3')}` },
  { as: 'admin', method: 'GET', path: '/me' },
  { as: 'admin', method: 'GET', path: '/users/v1' },
  { as: 'admin', method: 'GET', path: '/users/v1/name1' },
  { as: 'admin', method: 'GET', path: '/users/v1/_debug' },
  { as: 'admin', method: 'GET', path: '/users/v1/_debug' },
  { as: 'admin', method: 'DELETE', path: '/users/v1/new1' },
  { as: 'admin', method: 'DELETE', path: '/users/v1/new2' },
  { as: 'admin', method: 'GET', path: '/createdb' },
];

const lacks =
  (word: string) =>
  (answer: string): boolean =>
    !answer.includes(word);

const holes: readonly Call[] = [
  { at: 'object', as: 'name1', method: 'GET', path: `/books/v1/${bookOf('name2')}` },
  { at: 'object', as: 'name1', method: 'PUT', path: `/books/v1/${bookOf('name2')}`, body: { secret: 'x' } },
  { at: 'object', as: 'name1', method: 'DELETE', path: `/books/v1/${bookOf('name2')}` },
  { at: 'object', as: 'name1', method: 'GET', path: '/users/v1/name2' },
  { at: 'object', as: 'name1', method: 'PUT', path: '/users/v1/name2/email', body: { email: 'mine@mail.example' } },
  { at: 'object', as: 'name1', method: 'PUT', path: '/users/v1/name2/password', body: { password: 'mine' } },
  {
    at: 'object',
    as: 'name1',
    method: 'POST',
    path: '/books/v1',
    body: { book_title: bookOf('name2'), secret: 'x', owner: 'name1' },
  },
  { at: 'function', as: 'name1', method: 'GET', path: '/users/v1/_debug' },
  { at: 'function', as: 'name1', method: 'GET', path: '/users/v1' },
  { at: 'function', as: 'name1', method: 'DELETE', path: '/users/v1/name2' },
  { at: 'function', as: 'name1', method: 'GET', path: '/createdb' },
  {
    at: 'property',
    as: '',
    method: 'POST',
    path: '/users/v1/register',
    body: { username: 'x', password: 'pass1', email: 'x', admin: true },
  },
  { at: 'property', as: 'name1', method: 'GET', path: '/users/v1/name1', stopped: lacks('pass') },
  { at: 'property', as: 'name1', method: 'PUT', path: '/users/v1/name1/email', body: { email: 'x', admin: true } },
];

export const library: WeakApi = {
  name: 'a library',
  document,
  groups: {},
  credential: (as) => ({ authorization: `Bearer tok-${as}-000000000000000000` }),
  authentication: { token: { whoami: 'whoAmI', subject: '/data/username' } },
  honest,
  holes,
  async start() {
    const answer = application();
    const server = createServer((request, response) => {
      void bodyOf(request).then((body) => {
        const { pathname } = new URL(request.url ?? '/', 'http://x');
        const who = tokens.get(request.headers.authorization?.slice(7) ?? '');
        const isOpen = /\/(?:login|register)$/.test(pathname);
        const found =
          who === undefined && !isOpen ? undefined : answer(request.method ?? '', pathname, body, who ?? '');
        const code = who === undefined && !isOpen ? 401 : found === undefined ? 404 : found === null ? 204 : 200;
        response.writeHead(code, code === 204 ? {} : { 'content-type': 'application/json' });
        response.end(code === 204 ? undefined : JSON.stringify(found ?? { status: 'fail', message: 'no' }));
      });
    });
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
