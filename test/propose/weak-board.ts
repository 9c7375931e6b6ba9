// Boards and notes on bare node:http. Its document says nothing of credentials, owners stand inside objects, callers name themselves
// in paths and queries, and what staff may do stands in scopes.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Call, WeakApi } from './weak-api.ts';

type Row = Record<string, unknown>;

const text = { type: 'string' };
const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
const body = (schema: object): object => ({ required: true, content: { 'application/json': { schema } } });
const good = (schema: object): object => ({
  200: { description: 'ok', content: { 'application/json': { schema } } },
  '4XX': { description: 'no', content: { 'application/json': { schema: { type: 'object' } } } },
});
const at = (name: string): object => ({ name, in: 'path', required: true, schema: text });
const list = (schema: object): object => ({ type: 'object', properties: { items: { type: 'array', items: schema } } });
const done = { type: 'object', properties: { done: { type: 'boolean' } } };

const document = {
  openapi: '3.1.0',
  info: { title: 'Boards', version: '2' },
  paths: {
    '/login': {
      post: {
        operationId: 'login',
        requestBody: body({ type: 'object', properties: { name: text, password: text } }),
        responses: good({ type: 'object', properties: { token: text } }),
      },
    },
    '/accounts/{account}/settings': {
      parameters: [at('account')],
      get: { operationId: 'readSettings', responses: good(ref('Settings')) },
      put: { operationId: 'writeSettings', requestBody: body(ref('Settings')), responses: good(ref('Settings')) },
    },
    '/accounts/{account}/suspend': {
      parameters: [at('account')],
      post: { operationId: 'suspend', responses: good(done) },
    },
    '/wallets': {
      get: {
        operationId: 'wallets',
        parameters: [{ name: 'account', in: 'query', schema: text }],
        responses: good(list(ref('Wallet'))),
      },
    },
    '/boards': {
      get: { operationId: 'boards', responses: good(list(ref('Board'))) },
      post: {
        operationId: 'createBoard',
        requestBody: body({ type: 'object', properties: { name: text } }),
        responses: good(ref('Board')),
      },
    },
    '/boards/{boardId}': {
      parameters: [at('boardId')],
      get: { operationId: 'board', responses: good(ref('Board')) },
      patch: {
        operationId: 'renameBoard',
        requestBody: body({ type: 'object', properties: { name: text, state: text } }),
        responses: good(ref('Board')),
      },
      delete: { operationId: 'dropBoard', responses: good(done) },
    },
    '/boards/{boardId}/notes': {
      parameters: [at('boardId')],
      get: { operationId: 'notes', responses: good(list(ref('Note'))) },
    },
    '/boards/{boardId}/archive': {
      parameters: [at('boardId')],
      post: { operationId: 'archive', responses: good(done) },
    },
    '/articles': { get: { operationId: 'articles', responses: good(list(ref('Article'))) } },
    '/articles/{slug}': {
      parameters: [at('slug')],
      get: { operationId: 'article', responses: good(ref('Article')) },
      put: {
        operationId: 'writeArticle',
        requestBody: body({ type: 'object', properties: { text } }),
        responses: good(ref('Article')),
      },
    },
    '/internal/metrics': { get: { operationId: 'metrics', responses: good(done) } },
  },
  components: {
    schemas: {
      Settings: { type: 'object', properties: { theme: text, email: text } },
      Wallet: { type: 'object', properties: { number: text, account: text } },
      Board: {
        type: 'object',
        required: ['id'],
        properties: {
          id: text,
          name: text,
          state: text,
          owner: { type: 'object', properties: { id: text, name: text } },
        },
      },
      Note: { type: 'object', properties: { text, board: text } },
      Article: { type: 'object', properties: { slug: text, text } },
    },
  },
};

function application(): (request: IncomingMessage, response: ServerResponse) => void {
  const people = ['ann', 'ben', 'cem'];
  const boards = new Map<string, Row>(
    people.map((who) => [`b-${who}`, { id: `b-${who}`, name: 'x', state: 'open', owner: { id: who, name: who } }]),
  );
  const settings = new Map<string, Row>(people.map((who) => [who, { theme: 'dark', email: `${who}@example.com` }]));
  let next = 1;
  const handle = (method: string, path: string, query: URLSearchParams, sent: Row, who: string): unknown => {
    const [, collection = '', id = '', below = ''] = path.split('/');
    if (path === '/login') return { token: 't' };
    if (collection === 'accounts' && below === 'settings') {
      if (method === 'PUT') settings.set(id, { ...settings.get(id), ...sent });
      return settings.get(id);
    }
    if (collection === 'wallets') return { items: [{ number: '1', account: query.get('account') ?? 'ann' }] };
    if (collection === 'articles')
      return id === '' ? { items: [{ slug: 'a', text: 'x' }] } : { slug: id, text: 'x', ...sent };
    if (collection !== 'boards') return { done: true };
    if (id === '' && method === 'GET') return { items: [...boards.values()] };
    if (id === '') {
      const made = { id: `b-${next++}`, name: 'x', state: 'open', owner: { id: who, name: who }, ...sent };
      boards.set(made.id, made);
      return made;
    }
    const board = boards.get(id);
    if (board === undefined) return undefined;
    if (below === 'notes') return { items: [{ text: 'secret', board: id }] };
    if (below === 'archive') return { done: true };
    if (method === 'DELETE') return { done: boards.delete(id) };
    return Object.assign(board, sent);
  };
  return (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
      const [, payload = ''] = (request.headers.authorization ?? '').split('.');
      const { sub = '' } = JSON.parse(Buffer.from(payload, 'base64url').toString() || '{}') as { sub?: string };
      const sent = JSON.parse(Buffer.concat(chunks).toString() || '{}') as Row;
      const answer = handle(request.method ?? '', pathname, searchParams, sent, sub);
      response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer ?? { error: 'none' }));
    });
  };
}

const call = (as: string, method: string, path: string, sent?: object, stopped?: Call['stopped']): Call => ({
  as,
  method,
  path,
  body: sent,
  stopped,
});

const honest: readonly Call[] = [
  call('', 'POST', '/login', { name: 'ann', password: 'x' }),
  ...['ann', 'ben', 'cem'].flatMap((who) => [
    call(who, 'GET', `/accounts/${who}/settings`),
    call(who, 'PUT', `/accounts/${who}/settings`, { theme: 'light' }),
    call(who, 'GET', `/wallets?account=${who}`),
    call(who, 'GET', `/boards/b-${who}`),
    call(who, 'PATCH', `/boards/b-${who}`, { name: 'mine' }),
    call(who, 'GET', `/boards/b-${who}/notes`),
    call(who, 'POST', '/boards', { name: 'new' }),
    call(who, 'GET', '/articles'),
    call(who, 'GET', '/articles/a'),
  ]),
  call('ann', 'POST', '/boards/b-ann/archive'),
  call('ben', 'POST', '/boards/b-ben/archive'),
  call('cem', 'DELETE', '/boards/b-cem'),
  call('dee', 'PUT', '/articles/a', { text: 'y' }),
  call('eva', 'PUT', '/articles/b', { text: 'y' }),
  call('fay', 'POST', '/accounts/ben/suspend'),
  call('fay', 'GET', '/internal/metrics'),
];

const holes: readonly Call[] = [
  call('ann', 'GET', '/accounts/ben/settings'),
  call('ann', 'PUT', '/accounts/ben/settings', { email: 'mine@example.com' }),
  call('ann', 'GET', '/wallets?account=ben'),
  call('ann', 'GET', '/wallets'),
  call('ann', 'GET', '/boards/b-ben'),
  call('ann', 'PATCH', '/boards/b-ben', { name: 'x' }),
  call('ann', 'GET', '/boards/b-ben/notes'),
  call('ann', 'POST', '/boards/b-ben/archive'),
  call('ann', 'DELETE', '/boards/b-ben'),
  call('ann', 'GET', '/boards', undefined, (answer) => !answer.includes('b-ben')),
  call('ann', 'PUT', '/articles/a', { text: 'spam' }),
  call('ann', 'POST', '/accounts/ben/suspend'),
  call('ann', 'GET', '/internal/metrics'),
  call('', 'GET', '/internal/metrics'),
  call('', 'GET', '/boards/b-ann'),
  call('', 'DELETE', '/boards/b-ann'),
  call('ann', 'PATCH', '/boards/b-ann', { state: 'featured' }),
  call('ann', 'POST', '/boards', { name: 'x', owner: { id: 'ben' } }),
];

export const board: WeakApi = {
  name: 'boards on node:http',
  document,
  groups: {},
  scopes: { dee: ['articles'], eva: ['articles'], fay: ['admin'] },
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
