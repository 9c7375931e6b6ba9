// A wiki with messages: people change each other's pages, read what others sent them, and see whom they work with. Honest use of what
// others own, which no proposal may break.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Call, WeakApi } from './weak-api.ts';

type Row = Record<string, unknown>;

const text = { type: 'string' };
const of = (properties: object): object => ({
  type: 'object',
  required: ['id'],
  properties: { id: text, ...properties },
});
const body = (properties: object): object => ({
  required: true,
  content: { 'application/json': { schema: { type: 'object', properties } } },
});
const good = (schema: object): object => ({
  200: { description: 'ok', content: { 'application/json': { schema } } },
  '4XX': { description: 'no', content: { 'application/json': { schema: { type: 'object' } } } },
});
const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
const at = [{ name: 'id', in: 'path', required: true, schema: text }];
const items = (name: string, collection: string, properties: object): object => ({
  [`/${collection}`]: {
    get: { operationId: `list${name}`, responses: good({ type: 'array', items: ref(name) }) },
    post: { operationId: `add${name}`, requestBody: body(properties), responses: good(ref(name)) },
  },
  [`/${collection}/{id}`]: {
    parameters: at,
    get: { operationId: `get${name}`, responses: good(ref(name)) },
    patch: { operationId: `change${name}`, requestBody: body(properties), responses: good(ref(name)) },
    delete: {
      operationId: `drop${name}`,
      responses: good({ type: 'object', properties: { done: { type: 'boolean' } } }),
    },
  },
});

const page = { authorId: text, text, state: text };
const message = { senderId: text, recipientId: text, text };
const person = { email: text, phone: text, role: text };

const document = {
  openapi: '3.1.0',
  info: { title: 'Wiki', version: '1' },
  security: [{ jwt: [] }],
  paths: {
    ...items('Page', 'pages', page),
    ...items('Message', 'messages', message),
    ...items('User', 'users', person),
  },
  components: {
    securitySchemes: { jwt: { type: 'http', scheme: 'bearer' } },
    schemas: { Page: of({ ...page, lastEditor: ref('User') }), Message: of(message), User: of(person) },
  },
};

const people = ['ann', 'ben', 'cem'];

function start(): ReturnType<WeakApi['start']> {
  const user = (id: string): Row => ({ id, email: `${id}@example.com`, phone: '1', role: 'writer' });
  const tables: Readonly<Record<string, Map<string, Row>>> = {
    pages: new Map(
      people.map((id) => [
        `p-${id}`,
        { id: `p-${id}`, authorId: id, text: 'x', state: 'draft', lastEditor: user('ann') },
      ]),
    ),
    messages: new Map(
      people.map((id, n) => [`m-${id}`, { id: `m-${id}`, senderId: id, recipientId: people[(n + 1) % 3], text: 'x' }]),
    ),
    users: new Map(people.map((id) => [id, user(id)])),
  };
  let next = 1;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      const [, collection = '', id = ''] = (request.url ?? '').split('/');
      const sent = JSON.parse(Buffer.concat(chunks).toString() || '{}') as Row;
      const table = tables[collection];
      const row = table?.get(id);
      const answer = (): unknown => {
        if (id === '' && request.method === 'GET') return [...(table?.values() ?? [])];
        if (id === '') {
          const made = { id: `n-${next++}`, ...sent };
          table?.set(made.id, made);
          return made;
        }
        if (request.method === 'DELETE') return row === undefined ? undefined : { done: table?.delete(id) };
        return row === undefined ? undefined : Object.assign(row, sent);
      };
      const value = answer();
      response.writeHead(value === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(value ?? { error: 'none' }));
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () =>
      resolve({
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        async close() {
          server.closeAllConnections();
          await new Promise((done) => server.close(done));
        },
      }),
    );
  });
}

const call = (as: string, method: string, path: string, sent?: object): Call => ({ as, method, path, body: sent });

/** Each of the ways in which people use what others own, so that any of them may be left out of a run. */
export const ways: Readonly<Record<string, readonly Call[]>> = {
  'pages of others are read': people.flatMap((who) => people.map((of_) => call(who, 'GET', `/pages/p-${of_}`))),
  'pages of others are changed': people.map((who, n) =>
    call(who, 'PATCH', `/pages/p-${people[(n + 1) % 3]}`, { text: 'better' }),
  ),
  'all pages are listed': people.map((who) => call(who, 'GET', '/pages')),
  'messages are read by who sent them': people.map((who) => call(who, 'GET', `/messages/m-${who}`)),
  'messages are read by who got them': people.map((who, n) => call(who, 'GET', `/messages/m-${people[(n + 2) % 3]}`)),
  'messages are sent': people.map((who) =>
    call(who, 'POST', '/messages', { senderId: who, recipientId: 'ben', text: 'x' }),
  ),
  'pages are written for others': [
    call('ann', 'POST', '/pages', { authorId: 'ben', text: 'x' }),
    call('ben', 'POST', '/pages', { authorId: 'ben' }),
  ],
  'people see each other': people.flatMap((who) => people.map((of_) => call(who, 'GET', `/users/${of_}`))),
  'people are listed': people.map((who) => call(who, 'GET', '/users')),
  'people change themselves': people.map((who) => call(who, 'PATCH', `/users/${who}`, { phone: '2' })),
  'a role is given by an ordinary caller': [call('ann', 'PATCH', '/users/ben', { role: 'reviewer' })],
  'a page is published by its author': people.map((who) =>
    call(who, 'PATCH', `/pages/p-${who}`, { state: 'published' }),
  ),
  'a page of another is deleted': [call('ann', 'DELETE', '/pages/p-cem')],
  'staff reads messages': [call('sue', 'GET', '/messages/m-ann'), call('sue', 'GET', '/messages/m-ben')],
};

/** The wiki as it is used in some of the ways. */
export function wiki(used: readonly string[]): WeakApi {
  return {
    name: 'a wiki',
    document,
    groups: { sue: ['staff'] },
    honest: used.flatMap((way) => ways[way] ?? []),
    holes: [],
    start,
  };
}
