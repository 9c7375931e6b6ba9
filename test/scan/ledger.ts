// A small API with notes of people and tasks of projects, with or without each of its flaws.
import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What somebody forgot. */
export const flaws = [
  'no-authentication',
  'alg-none',
  'signature-ignored',
  'objects-of-others',
  'nested-objects-of-others',
  'changes-of-others',
  'deletes-of-others',
  'administration-open',
  'parameters-unchecked',
  'bodies-unchecked',
  'more-than-documented',
  'status-undocumented',
  'stack-trace',
  'database-error',
  'page-unbounded',
  'environment-file',
  'no-rate-limit',
] as const;
export type Flaw = (typeof flaws)[number];

const secret = 'not the one of production';
const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const signed = (body: string): string => createHmac('sha256', secret).update(body).digest('base64url');

export function tokenFor(sub: string): string {
  const body = `${encode({ alg: 'HS256' })}.${encode({ sub, exp: 4_000_000_000 })}`;
  return `${body}.${signed(body)}`;
}

const string = { type: 'string', maxLength: 200 };
const id = { type: 'string', pattern: '^[a-z]+-[0-9]{1,6}$' };
const json = (schema: object) => ({ 'application/json': { schema } });
const errors = Object.fromEntries(
  ['400', '401', '403', '404', '429'].map((status) => [
    status,
    { description: status, content: json({ $ref: '#/components/schemas/Problem' }) },
  ]),
);
const named = (name: string) => ({ name, in: 'path', required: true, schema: id });
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const operation = (operationId: string, answer: object | undefined, more: object = {}) => ({
  operationId,
  responses: {
    ...(answer === undefined
      ? { 204: { description: 'gone' } }
      : { 200: { description: 'ok', content: json(answer) } }),
    ...errors,
  },
  ...more,
});
const closed = (properties: object, resource?: string) => ({
  type: 'object',
  required: Object.keys(properties),
  additionalProperties: false,
  properties,
  ...(resource === undefined ? {} : { 'x-castellan': { resource } }),
});

export const document = {
  openapi: '3.1.0',
  info: { title: 'Ledger', version: '1.0.0' },
  servers: [{ url: '/v1' }],
  security: [{ token: [] }],
  paths: {
    '/notes': {
      get: operation(
        'listNotes',
        { type: 'array', items: ref('Note') },
        {
          parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 10 } }],
        },
      ),
    },
    '/notes/{noteId}': {
      parameters: [named('noteId')],
      get: operation('getNote', ref('Note')),
      put: operation('putNote', ref('Note'), {
        requestBody: { required: true, content: json(closed({ title: string, pinned: { type: 'boolean' } })) },
      }),
      delete: operation('deleteNote', undefined),
    },
    '/projects': { get: operation('listProjects', { type: 'array', items: ref('Project') }) },
    '/projects/{projectId}/tasks': {
      get: operation('listTasks', { type: 'array', items: ref('Task') }, { parameters: [named('projectId')] }),
    },
    '/projects/{projectId}/tasks/{taskId}': {
      get: operation('getTask', ref('Task'), { parameters: [named('projectId'), named('taskId')] }),
    },
    '/people': { get: operation('listPeople', { type: 'array', items: closed({ name: string }) }) },
  },
  components: {
    schemas: {
      Note: closed({ id, title: string, pinned: { type: 'boolean' } }, 'Note'),
      Project: closed({ id, name: string }, 'Project'),
      Task: closed({ id, what: string }, 'Task'),
      Problem: closed({ problem: string }),
    },
    securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
  },
};

interface Reply {
  readonly status: number;
  readonly body?: unknown;
}

/** Starts it. @param flawed what is forgotten in it */
export async function startLedger(flawed: ReadonlySet<Flaw> = new Set()) {
  const people = ['ada', 'bob', 'root'];
  const notes = people.flatMap((owner) =>
    Array.from({ length: 15 }, (_, n) => ({ id: `${owner}-${n}`, owner, title: `${owner}'s ${n}`, pinned: false })),
  );
  const projects = people.map((owner) => ({ id: `project-${people.indexOf(owner)}`, name: 'garden', owner }));
  const tasks = projects.map(({ id: project, owner }, n) => ({ id: `task-${n}`, what: 'dig', project, owner }));
  let calls = 0;
  const reply = async (request: IncomingMessage): Promise<Reply> => {
    const url = new URL(request.url ?? '', 'http://x');
    const raw = await text(request);
    if (url.pathname === '/v1/.env' && flawed.has('environment-file'))
      return { status: 200, body: 'DATABASE_URL=postgres' };
    calls += 1;
    if (calls > 900 && !flawed.has('no-rate-limit')) return { status: 429, body: { problem: 'later' } };
    const caller = callerOf(request.headers.authorization, flawed);
    if (caller === undefined) return { status: 401, body: { problem: 'who are you' } };
    const [, , collection, one, inner, second] = url.pathname.split('/');
    const own = (row: { readonly owner: string }, flaw: Flaw): boolean => row.owner === caller || flawed.has(flaw);
    const wrongId = (value: string | undefined): boolean =>
      value !== undefined && !/^[a-z]+-[0-9]{1,6}$/.test(value) && !flawed.has('parameters-unchecked');
    if (wrongId(one) || wrongId(second)) {
      if (flawed.has('stack-trace')) return { status: 400, body: { problem: new Error('no id').stack } };
      return { status: 400, body: { problem: 'no id' } };
    }
    if (collection === 'notes' && one === undefined) {
      const limit = url.searchParams.get('limit') ?? '10';
      const wrong = !/^[1-9]\d?$/.test(limit) || Number(limit) > 10;
      if (
        wrong &&
        !flawed.has('parameters-unchecked') &&
        !(flawed.has('page-unbounded') && /^\d+$/.test(limit) && limit !== '0')
      ) {
        const problem = flawed.has('database-error') ? 'ERROR: syntax error at or near "castellan"' : 'no limit';
        return { status: 400, body: { problem } };
      }
      const count =
        flawed.has('parameters-unchecked') && !flawed.has('page-unbounded')
          ? Math.min(10, Number(limit) || 10)
          : Number(limit);
      return {
        status: 200,
        body: notes
          .filter((row) => row.owner === caller)
          .slice(0, count)
          .map((row) => shown(row, flawed)),
      };
    }
    if (collection === 'notes') {
      const note = notes.find((row) => row.id === one);
      const flaw =
        request.method === 'GET'
          ? 'objects-of-others'
          : request.method === 'PUT'
            ? 'changes-of-others'
            : 'deletes-of-others';
      if (note === undefined || !own(note, flaw)) return { status: 404, body: { problem: 'none' } };
      if (request.method === 'DELETE') return { status: 204 };
      if (request.method === 'PUT') {
        const body = JSON.parse(raw) as { title: string; pinned: boolean };
        const good =
          typeof body.title === 'string' && typeof body.pinned === 'boolean' && Object.keys(body).length === 2;
        if (!good && !flawed.has('bodies-unchecked')) return { status: 400, body: { problem: 'no note' } };
        if (good) Object.assign(note, body);
      }
      return { status: flawed.has('status-undocumented') ? 203 : 200, body: shown(note, flawed) };
    }
    if (collection === 'projects') {
      if (one === undefined)
        return {
          status: 200,
          body: projects.filter((row) => row.owner === caller).map(({ id: of, name }) => ({ id: of, name })),
        };
      const project = projects.find((row) => row.id === one);
      if (project === undefined || inner !== 'tasks' || !own(project, 'nested-objects-of-others'))
        return { status: 404, body: { problem: 'none' } };
      const some = tasks.filter((row) => row.project === one).map(({ id: of, what }) => ({ id: of, what }));
      const found = second === undefined ? some : some.find((row) => row.id === second);
      return found === undefined ? { status: 404, body: { problem: 'none' } } : { status: 200, body: found };
    }
    if (collection === 'people')
      return caller === 'root' || flawed.has('administration-open')
        ? { status: 200, body: people.map((name) => ({ name })) }
        : { status: 403, body: { problem: 'not you' } };
    return { status: 404, body: { problem: 'nothing here' } };
  };
  const server = createServer((request, response) => {
    void reply(request).then(({ status, body }) => {
      response.writeHead(status, typeof body === 'string' ? {} : { 'content-type': 'application/json' });
      response.end(
        body === undefined || status === 204 ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

function shown(row: { id: string; title: string; pinned: boolean; owner: string }, flawed: ReadonlySet<Flaw>) {
  const { id: of, title, pinned, owner } = row;
  return { id: of, title, pinned, ...(flawed.has('more-than-documented') ? { owner, passwordHash: 'x' } : {}) };
}

function callerOf(field: string | undefined, flawed: ReadonlySet<Flaw>): string | undefined {
  const token = /^Bearer (.+)$/.exec(field ?? '')?.[1];
  if (token === undefined) return flawed.has('no-authentication') ? 'ada' : undefined;
  const [head = '', body = '', signature] = token.split('.');
  try {
    const { alg } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { alg: string };
    const { sub } = JSON.parse(Buffer.from(body, 'base64url').toString()) as { sub: string };
    if (alg === 'none' && flawed.has('alg-none')) return sub;
    if (flawed.has('signature-ignored') && alg === 'HS256') return sub;
    return alg === 'HS256' && signature === signed(`${head}.${body}`) ? sub : undefined;
  } catch {
    return undefined;
  }
}
