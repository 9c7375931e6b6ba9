// A tracker of several tenants: the tenant stands in the path and in the projects, tasks and comments only know what they are in, lists
// are pages, people are numbers in the data while tokens name them otherwise.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Call, WeakApi } from './weak-api.ts';

type Row = Record<string, unknown>;

const text = { type: 'string' };
const number = { type: 'integer' };
const of = (properties: object, required: readonly string[] = []): object => ({ type: 'object', properties, required });
const json = (schema: object): object => ({ content: { 'application/json': { schema } } });
const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
const good = (schema: object, status = 200): object => ({
  [status]: { description: 'ok', ...json(schema) },
  '4XX': { description: 'no', ...json(of({ error: text })) },
});
const page = (name: string): object =>
  of({ items: { type: 'array', items: ref(name) }, next: { type: ['string', 'null'] } });
const at = (name: string, schema: object): object => ({ name, in: 'path', required: true, schema });
const org = at('org', text);

const document = {
  openapi: '3.1.0',
  info: { title: 'Tracker', version: '3' },
  security: [{ sso: [] }],
  paths: {
    '/orgs/{org}': {
      parameters: [org],
      get: { operationId: 'getOrg', responses: good(ref('Org')) },
      patch: {
        operationId: 'changeOrg',
        requestBody: json(of({ name: text, plan: text })),
        responses: good(ref('Org')),
      },
    },
    '/orgs/{org}/members': {
      parameters: [org],
      get: { operationId: 'listMembers', responses: good(page('Member')) },
      post: {
        operationId: 'invite',
        requestBody: json(of({ email: text, role: text })),
        responses: good(ref('Member'), 201),
      },
    },
    '/orgs/{org}/projects': {
      parameters: [org],
      get: { operationId: 'listProjects', responses: good(page('Project')) },
      post: {
        operationId: 'createProject',
        requestBody: json(of({ name: text })),
        responses: good(ref('Project'), 201),
      },
    },
    '/orgs/{org}/invoices': {
      parameters: [org],
      get: { operationId: 'listInvoices', responses: good(page('Invoice')) },
    },
    '/projects/{project_id}': {
      parameters: [at('project_id', number)],
      get: { operationId: 'getProject', responses: good(ref('Project')) },
      patch: {
        operationId: 'changeProject',
        requestBody: json(of({ name: text, archived: { type: 'boolean' } })),
        responses: good(ref('Project')),
      },
    },
    '/projects/{project_id}/tasks': {
      parameters: [at('project_id', number)],
      get: { operationId: 'listTasks', responses: good(page('Task')) },
      post: { operationId: 'createTask', requestBody: json(of({ title: text })), responses: good(ref('Task'), 201) },
    },
    '/tasks/{task_id}': {
      parameters: [at('task_id', number)],
      get: { operationId: 'getTask', responses: good(ref('Task')) },
      put: {
        operationId: 'changeTask',
        requestBody: json(of({ title: text, done: { type: 'boolean' } })),
        responses: good(ref('Task')),
      },
      delete: { operationId: 'deleteTask', responses: { 204: { description: 'gone' } } },
    },
    '/comments/{comment_id}': {
      parameters: [at('comment_id', number)],
      get: { operationId: 'getComment', responses: good(ref('Comment')) },
      patch: { operationId: 'editComment', requestBody: json(of({ body: text })), responses: good(ref('Comment')) },
    },
    '/preferences/{user_id}': {
      parameters: [at('user_id', number)],
      get: { operationId: 'getPreferences', responses: good(of({ user_id: number, theme: text, api_token: text })) },
      put: {
        operationId: 'setPreferences',
        requestBody: json(of({ theme: text })),
        responses: good(of({ user_id: number, theme: text, api_token: text })),
      },
    },
  },
  components: {
    securitySchemes: {
      sso: { type: 'openIdConnect', openIdConnectUrl: 'https://login.example/.well-known/openid-configuration' },
    },
    schemas: {
      Org: of({ slug: text, name: text, plan: text, billing_email: text }, ['slug']),
      Member: of({ id: number, email: text, role: text, org: text }, ['id']),
      Project: of({ id: number, name: text, org_slug: text, lead_id: number, archived: { type: 'boolean' } }, ['id']),
      Task: of({ id: number, project_id: number, title: text, done: { type: 'boolean' } }, ['id']),
      Comment: of({ id: number, task_id: number, author: of({ id: number, name: text }), body: text }, ['id']),
      Invoice: of({ id: number, org_slug: text, cents: number }, ['id']),
    },
  },
};

/** Two people and an administrator of each tenant. */
const people: Readonly<Record<string, { readonly n: number; readonly org: string; readonly role: string }>> = {
  ann: { n: 501, org: 'acme', role: 'member' },
  art: { n: 502, org: 'acme', role: 'member' },
  abe: { n: 503, org: 'acme', role: 'owner' },
  bea: { n: 601, org: 'bolt', role: 'member' },
  bob: { n: 602, org: 'bolt', role: 'member' },
  bo: { n: 603, org: 'bolt', role: 'owner' },
};
const orgs = ['acme', 'bolt'];
const projectOf = (name: string): number => (people[name]?.org === 'acme' ? 10 : 20);
const taskOf = (name: string): number => (people[name]?.org === 'acme' ? 110 : 120);
const commentOf = (name: string): number => 1000 + (people[name]?.n ?? 0);

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: Row;
  readonly uid: number;
}

function application(): (asked: Asked) => { readonly status: number; readonly body?: unknown } {
  const table = (rows: readonly Row[], key = 'id'): Map<string, Row> =>
    new Map(rows.map((row) => [String(row[key]), row]));
  const tables = {
    orgs: table(
      orgs.map((slug) => ({ slug, name: slug, plan: 'free', billing_email: `pay@${slug}.example` })),
      'slug',
    ),
    projects: table(
      orgs.map((slug, n) => ({ id: 10 + 10 * n, name: 'p', org_slug: slug, lead_id: 503 + 100 * n, archived: false })),
    ),
    tasks: table(
      orgs.flatMap((_, n) =>
        [0, 1].map((m) => ({ id: 110 + 10 * n + m, project_id: 10 + 10 * n, title: 't', done: false })),
      ),
    ),
    comments: table(
      Object.entries(people).map(([name, { n }]) => ({
        id: 1000 + n,
        task_id: taskOf(name),
        author: { id: n, name },
        body: 'hi',
      })),
    ),
    members: table(
      Object.entries(people).map(([name, { n, org: at, role }]) => ({
        id: n,
        email: `${name}@x.example`,
        role,
        org: at,
      })),
    ),
    invoices: table(orgs.map((slug, n) => ({ id: 900 + n, org_slug: slug, cents: 500 }))),
    preferences: table(
      Object.values(people).map(({ n }) => ({ user_id: n, theme: 'dark', api_token: `pt_${n}` })),
      'user_id',
    ),
  };
  let next = 5000;
  const paged = (rows: Iterable<Row>): object => ({ items: [...rows], next: null });
  const filtered = (name: keyof typeof tables, key: string, value: string): object =>
    paged([...tables[name].values()].filter((row) => String(row[key]) === value));
  const make = (name: keyof typeof tables, row: Row): { status: number; body: Row } => {
    const made = { id: next++, ...row };
    tables[name].set(String(made.id), made);
    return { status: 201, body: made };
  };
  return ({ method, path, body, uid }) => {
    const [, first = '', id = '', part] = path.split('/');
    if (first === 'orgs' && part === 'members')
      return method === 'GET'
        ? { status: 200, body: filtered('members', 'org', id) }
        : make('members', { org: id, ...body });
    if (first === 'orgs' && part === 'projects')
      return method === 'GET'
        ? { status: 200, body: filtered('projects', 'org_slug', id) }
        : make('projects', { org_slug: id, lead_id: uid, archived: false, ...body });
    if (first === 'orgs' && part === 'invoices') return { status: 200, body: filtered('invoices', 'org_slug', id) };
    if (first === 'projects' && part === 'tasks')
      return method === 'GET'
        ? { status: 200, body: filtered('tasks', 'project_id', id) }
        : make('tasks', { project_id: Number(id), done: false, ...body });
    const row = tables[first as keyof typeof tables]?.get(id);
    if (row === undefined) return { status: 404, body: { error: 'none' } };
    if (method === 'DELETE') {
      tables[first as keyof typeof tables].delete(id);
      return { status: 204 };
    }
    return { status: 200, body: method === 'GET' ? row : Object.assign(row, body) };
  };
}

async function read(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const [, payload = ''] = (request.headers.authorization ?? '').split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString() || '{}') as { user_id?: number };
  return {
    method: request.method ?? '',
    path: new URL(request.url ?? '/', 'http://x').pathname,
    body: JSON.parse(Buffer.concat(chunks).toString() || '{}') as Row,
    uid: claims.user_id ?? 0,
  };
}

const get = (as: string, path: string): Call => ({ as, method: 'GET', path });
const honest: readonly Call[] = [
  ...Object.entries(people).flatMap(([as, { n, org: mine }]): Call[] => [
    get(as, `/orgs/${mine}`),
    get(as, `/orgs/${mine}/projects`),
    get(as, `/projects/${projectOf(as)}`),
    get(as, `/projects/${projectOf(as)}/tasks`),
    { as, method: 'POST', path: `/projects/${projectOf(as)}/tasks`, body: { title: 'new' } },
    get(as, `/tasks/${taskOf(as)}`),
    { as, method: 'PUT', path: `/tasks/${taskOf(as)}`, body: { title: 'x', done: true } },
    get(as, `/comments/${commentOf(as)}`),
    { as, method: 'PATCH', path: `/comments/${commentOf(as)}`, body: { body: 'better' } },
    get(as, `/preferences/${n}`),
    { as, method: 'PUT', path: `/preferences/${n}`, body: { theme: 'light' } },
  ]),
  get('ann', `/comments/${commentOf('art')}`),
  get('bob', `/comments/${commentOf('bea')}`),
  { as: 'art', method: 'DELETE', path: '/tasks/111' },
  { as: 'bob', method: 'DELETE', path: '/tasks/121' },
  ...['abe', 'bo'].flatMap((as): Call[] => {
    const mine = people[as]?.org ?? '';
    return [
      { as, method: 'PATCH', path: `/orgs/${mine}`, body: { name: 'New' } },
      get(as, `/orgs/${mine}/members`),
      { as, method: 'POST', path: `/orgs/${mine}/members`, body: { email: 'n@x.example' } },
      { as, method: 'POST', path: `/orgs/${mine}/projects`, body: { name: 'q' } },
      { as, method: 'PATCH', path: `/projects/${projectOf(as)}`, body: { name: 'q' } },
      get(as, `/orgs/${mine}/invoices`),
    ];
  }),
];

const lacks =
  (word: string) =>
  (answer: string): boolean =>
    !answer.includes(word);

const holes: readonly Call[] = [
  { at: 'object', ...get('ann', '/orgs/bolt') },
  { at: 'object', ...get('ann', '/orgs/bolt/projects') },
  { at: 'object', ...get('ann', '/projects/20') },
  { at: 'object', ...get('ann', '/projects/20/tasks') },
  { at: 'object', as: 'ann', method: 'POST', path: '/projects/20/tasks', body: { title: 'x' } },
  { at: 'object', ...get('ann', '/tasks/120') },
  { at: 'object', as: 'ann', method: 'PUT', path: '/tasks/120', body: { title: 'x' } },
  { at: 'object', as: 'ann', method: 'DELETE', path: '/tasks/120' },
  { at: 'object', ...get('ann', `/comments/${commentOf('bea')}`) },
  { at: 'object', as: 'ann', method: 'PATCH', path: `/comments/${commentOf('art')}`, body: { body: 'x' } },
  { at: 'object', as: 'ann', method: 'PATCH', path: `/comments/${commentOf('bea')}`, body: { body: 'x' } },
  { at: 'object', ...get('ann', '/preferences/502') },
  { at: 'object', as: 'ann', method: 'PUT', path: '/preferences/502', body: { theme: 'x' } },
  { at: 'object', as: 'abe', method: 'PATCH', path: '/orgs/bolt', body: { name: 'x' } },
  { at: 'object', ...get('abe', '/orgs/bolt/members') },
  { at: 'object', ...get('abe', '/orgs/bolt/invoices') },
  { at: 'object', as: 'abe', method: 'PATCH', path: '/projects/20', body: { name: 'x' } },
  { at: 'function', as: 'ann', method: 'PATCH', path: '/orgs/acme', body: { name: 'x' } },
  { at: 'function', ...get('ann', '/orgs/acme/members') },
  { at: 'function', as: 'ann', method: 'POST', path: '/orgs/acme/members', body: { email: 'e@x.example' } },
  { at: 'function', as: 'ann', method: 'POST', path: '/orgs/acme/projects', body: { name: 'x' } },
  { at: 'function', as: 'ann', method: 'PATCH', path: '/projects/10', body: { name: 'x' } },
  { at: 'function', ...get('ann', '/orgs/acme/invoices') },
  { at: 'property', as: 'abe', method: 'PATCH', path: '/orgs/acme', body: { plan: 'enterprise' } },
  { at: 'property', as: 'ann', method: 'PUT', path: '/tasks/110', body: { title: 'x', project_id: 20 } },
  {
    at: 'property',
    as: 'ann',
    method: 'PATCH',
    path: `/comments/${commentOf('ann')}`,
    body: { body: 'x', author: { id: 502 } },
  },
  { at: 'property', ...get('ann', '/orgs/acme'), stopped: lacks('pay@acme') },
];

export const projects: WeakApi = {
  name: 'a tracker of tenants',
  document,
  groups: {},
  subject: (as) => `auth0|${as}`,
  claims: (as) => ({ user_id: people[as]?.n, org: people[as]?.org, roles: [people[as]?.role] }),
  honest,
  holes,
  async start() {
    const answer = application();
    const server = createServer((request, response) => {
      void read(request).then((asked) => {
        const { status, body } = answer(asked);
        response.writeHead(status, body === undefined ? {} : { 'content-type': 'application/json' });
        response.end(body === undefined ? undefined : JSON.stringify(body));
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
