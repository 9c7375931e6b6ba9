// A help desk: answers stand in envelopes, writes name their object in the body, people are known by what they are called.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Call, WeakApi } from './weak-api.ts';

type Row = Record<string, unknown>;

const text = { type: 'string' };
const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
const body = (schema: object): object => ({ required: true, content: { 'application/json': { schema } } });
const enveloped = (schema: object): object => ({
  type: 'object',
  properties: { success: { type: 'boolean' }, data: schema },
});
const good = (schema: object): object => ({
  200: { description: 'ok', content: { 'application/json': { schema } } },
  '4XX': { description: 'no', content: { 'application/json': { schema: { type: 'object' } } } },
});
const of = (properties: object, required: readonly string[] = []): object => ({ type: 'object', properties, required });

const document = {
  openapi: '3.0.3',
  info: { title: 'Desk', version: '1' },
  security: [{ jwt: [] }],
  paths: {
    '/api/tickets': {
      get: { operationId: 'ticketsOf', responses: good(enveloped({ type: 'array', items: ref('Ticket') })) },
      post: {
        operationId: 'openTicket',
        requestBody: body(of({ subject: text })),
        responses: good(enveloped(ref('Ticket'))),
      },
    },
    '/api/tickets/{ticketId}': {
      get: {
        operationId: 'ticket',
        parameters: [{ name: 'ticketId', in: 'path', required: true, schema: text }],
        responses: good(enveloped(ref('Ticket'))),
      },
    },
    '/api/tickets/close': {
      post: {
        operationId: 'closeTicket',
        requestBody: body(of({ ticketId: text }, ['ticketId'])),
        responses: good(enveloped(of({ closed: { type: 'boolean' } }))),
      },
    },
    '/api/tickets/assign': {
      post: {
        operationId: 'assignTicket',
        requestBody: body(of({ ticketId: text, assignee: text }, ['ticketId'])),
        responses: good(enveloped(of({ closed: { type: 'boolean' } }))),
      },
    },
    '/api/profiles/{username}': {
      parameters: [{ name: 'username', in: 'path', required: true, schema: text }],
      get: { operationId: 'profile', responses: good(ref('Profile')) },
      put: {
        operationId: 'saveProfile',
        requestBody: body(of({ phone: text, isAdmin: { type: 'boolean' } })),
        responses: good(ref('Profile')),
      },
    },
    '/api/reports/export': { get: { operationId: 'exportReports', responses: good(enveloped(of({ url: text }))) } },
    '/api/admin/users': {
      get: { operationId: 'adminUsers', responses: good(enveloped({ type: 'array', items: ref('Profile') })) },
    },
  },
  components: {
    securitySchemes: { jwt: { type: 'http', scheme: 'bearer' } },
    schemas: {
      Ticket: of({ id: text, subject: text, reporter: text, status: text, internalNotes: text }, ['id']),
      Profile: of({ username: text, phone: text, ssn: text, passwordHash: text, isAdmin: { type: 'boolean' } }, [
        'username',
      ]),
    },
  },
};

function application(): (request: IncomingMessage, response: ServerResponse) => void {
  const people = ['ann', 'ben', 'cem'];
  const tickets = new Map<string, Row>(
    people.map((who) => [
      `t-${who}`,
      { id: `t-${who}`, subject: 'x', reporter: who, status: 'open', internalNotes: 'rude' },
    ]),
  );
  const profiles = new Map<string, Row>(
    [...people, 'sue', 'tom'].map((who) => [
      who,
      { username: who, phone: '1', ssn: '2', passwordHash: 'x', isAdmin: false },
    ]),
  );
  let next = 1;
  const handle = (method: string, path: string, sent: Row, who: string): unknown => {
    const [, , collection = '', id = ''] = path.split('/');
    const wrap = (data: unknown): unknown => (data === undefined ? undefined : { success: true, data });
    if (path === '/api/tickets/close') return wrap({ closed: tickets.has(String(sent['ticketId'])) });
    if (path === '/api/tickets/assign') return wrap({ closed: false });
    if (collection === 'tickets' && method === 'POST') {
      const made = { id: `t-${next++}`, reporter: who, status: 'open', ...sent };
      tickets.set(made.id, made);
      return wrap(made);
    }
    if (collection === 'tickets')
      return id === '' ? wrap([...tickets.values()].filter(({ reporter }) => reporter === who)) : wrap(tickets.get(id));
    if (collection === 'profiles') {
      const found = profiles.get(id);
      return found === undefined ? undefined : Object.assign(found, sent);
    }
    if (collection === 'admin') return wrap([...profiles.values()]);
    return wrap({ url: 'x' });
  };
  return (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      const { pathname } = new URL(request.url ?? '/', 'http://x');
      const [, payload = ''] = (request.headers.authorization ?? '').split('.');
      const { sub = '' } = JSON.parse(Buffer.from(payload, 'base64url').toString() || '{}') as { sub?: string };
      const answer = handle(
        request.method ?? '',
        pathname,
        JSON.parse(Buffer.concat(chunks).toString() || '{}') as Row,
        sub,
      );
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
  ...['ann', 'ben', 'cem'].flatMap((who) => [
    call(who, 'GET', '/api/tickets'),
    call(who, 'POST', '/api/tickets', { subject: 'help' }),
    call(who, 'GET', `/api/tickets/t-${who}`),
    call(who, 'POST', '/api/tickets/close', { ticketId: `t-${who}` }),
    call(who, 'GET', `/api/profiles/${who}`),
    call(who, 'PUT', `/api/profiles/${who}`, { phone: '3' }),
  ]),
  ...['sue', 'tom'].flatMap((who) => [
    call(who, 'GET', '/api/tickets/t-ann'),
    call(who, 'POST', '/api/tickets/assign', { ticketId: 't-ann', assignee: who }),
    call(who, 'GET', '/api/profiles/ann'),
    call(who, 'GET', '/api/reports/export'),
    call(who, 'GET', '/api/admin/users'),
  ]),
];

const lacks =
  (word: string) =>
  (answer: string): boolean =>
    !answer.includes(word);

const holes: readonly Call[] = [
  call('ann', 'GET', '/api/tickets/t-ben'),
  call('ann', 'POST', '/api/tickets/close', { ticketId: 't-ben' }),
  call('ann', 'POST', '/api/tickets/assign', { ticketId: 't-ann', assignee: 'sue' }),
  call('ann', 'GET', '/api/profiles/ben'),
  call('ann', 'PUT', '/api/profiles/ben', { phone: '9' }),
  call('ann', 'GET', '/api/admin/users'),
  call('ann', 'GET', '/api/reports/export'),
  call('ann', 'PUT', '/api/profiles/ann', { isAdmin: true }),
  call('ann', 'POST', '/api/tickets', { subject: 'x', reporter: 'ben' }),
  call('ann', 'GET', '/api/profiles/ann', undefined, lacks('passwordHash')),
  call('ann', 'GET', '/api/tickets/t-ann', undefined, lacks('internalNotes')),
];

export const desk: WeakApi = {
  name: 'a help desk',
  document,
  groups: { sue: ['support'], tom: ['support'] },
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
