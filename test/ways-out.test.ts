// What leaves, on every way out × what was decided × every server: the table in docs/authorization.md is what is seen here.
// promise: decided-on-the-answer
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createGuard, type GuardOptions } from '@castellan/guard';
import { startGateway } from '@castellan/gateway';
import type { Application, Call, Reply } from '../packages/guard/test/contract.ts';
import { listen, servers, type Started } from '../packages/guard/test/adapters/servers.ts';

const hers = { id: '2', ownerId: 'ada', text: 'MARK' };
const theirs = { id: '2', ownerId: 'bob', text: 'MARK' };
const other = { id: '9', ownerId: 'ada', text: 'another' };
const json = 'application/json';

async function* pieces(...all: readonly string[]): AsyncGenerator<string> {
  yield* all;
}

type Way = (object: object) => Reply;
const ways: Readonly<Record<string, Way>> = {
  '200, the object': (body) => ({ status: 200, body }),
  '200, the object in a wrapper': (note) => ({ status: 200, body: { note, text: 'MARK' } }),
  '200, in a list': (note) => ({ status: 200, body: { list: [note], text: 'MARK' } }),
  '200, another object beside a text': () => ({ status: 200, body: { note: other, text: 'MARK' } }),
  '200, no object': () => ({ status: 200, body: { text: 'MARK' } }),
  '200, another media type': () => ({ status: 200, type: 'application/octet-stream', body: 'MARK' }),
  '200, a stream': () => ({ status: 200, type: 'application/octet-stream', stream: pieces('MA', 'RK') }),
  '200, JSON Lines': (note) => ({
    status: 200,
    type: 'application/jsonl',
    stream: pieces(`${JSON.stringify(note)}\n`),
  }),
  '200, empty': () => ({ status: 200, headers: { 'x-link': 'MARK' } }),
  '201 and Location': () => ({ status: 201, headers: { location: '/MARK' } }),
  '202, no object': () => ({ status: 202, body: { text: 'MARK' } }),
  '204, fields': () => ({ status: 204, headers: { 'x-link': 'MARK' } }),
  '205, fields': () => ({ status: 205, headers: { 'x-link': 'MARK' } }),
  '206, a part': () => ({ status: 206, type: 'application/octet-stream', body: 'MARK' }),
  '302, Location': () => ({ status: 302, headers: { location: '/MARK' } }),
  '303, Location': () => ({ status: 303, headers: { location: '/MARK' } }),
  '304, ETag': () => ({ status: 304, headers: { etag: '"MARK"' } }),
  '409, the object': (body) => ({ status: 409, body }),
  '500, a stack': () => ({ status: 500, body: { text: 'MARK\n    at x.js:1' } }),
};

const Document = { $ref: '#/components/schemas/Document' };
const wrapper = {
  type: 'object',
  properties: { note: Document, list: { type: 'array', items: Document }, text: { type: 'string' } },
};
const content = {
  [json]: { schema: { anyOf: [Document, wrapper] } },
  'application/octet-stream': {},
  'application/jsonl': { itemSchema: Document },
};
const statuses = [200, 201, 202, 204, 205, 206, 302, 303, 304, 409, 500];
const responses = Object.fromEntries(statuses.map((status) => [status, { description: 'A way out', content }]));
const parameters = [
  { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
  { name: 'way', in: 'query', schema: { type: 'integer' } },
  { name: 'state', in: 'query', schema: { type: 'string' } },
];
const contract = {
  openapi: '3.2.0',
  info: { title: 'Documents', version: '1' },
  'x-castellan': { profile: 'internal' },
  security: [{ token: [] }],
  paths: {
    '/documents/{id}': { get: { operationId: 'getDocument', parameters, responses } },
    '/documents/{id}/edits': {
      post: {
        operationId: 'editDocument',
        'x-castellan': { resource: { type: 'Document', id: 'path.id' } },
        parameters,
        responses,
      },
    },
  },
  components: {
    securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    schemas: {
      Document: {
        type: 'object',
        'x-castellan': { resource: 'Document' },
        required: ['id', 'ownerId'],
        properties: { id: { type: 'string' }, ownerId: { type: 'string' }, text: { type: 'string' } },
      },
    },
  },
};
const policies = 'permit (principal, action, resource is Document) when { resource.ownerId == "ada" };';

/** What was decided before the handler answers, by the column's name; the gateway has no handler that could ask. */
const reads: Readonly<Record<string, { object: object; ask?: (call: Call) => unknown }>> = {
  'nobody asked': { object: hers },
  'asked: yes': { object: hers, ask: ({ permits }) => permits('Document', hers) },
  'asked about another': { object: hers, ask: ({ permits }) => permits('Document', other) },
  'asked: no': { object: theirs, ask: ({ permits }) => permits('Document', theirs) },
};
const states = { ...reads, write: { object: hers } };

const application: Application = Object.fromEntries(
  (['get', 'post'] as const).map((method) => [
    method,
    {
      method,
      path: method === 'get' ? '/documents/:id' : '/documents/:id/edits',
      async handle(call: Call): Promise<Reply> {
        const { object, ask } = reads[String(call.query['state'])] ?? { object: hers };
        await ask?.(call);
        const reply = Object.values(ways)[Number(call.query['way'])]?.(object) ?? { status: 404 };
        return reply;
      },
    },
  ]),
);

type Open = (options: GuardOptions) => Promise<Started>;
const all: Readonly<Record<string, Open>> = {
  ...Object.fromEntries(
    Object.entries(servers).map(([name, open]): [string, Open] => [
      name,
      async (options) => open(await createGuard(options), application),
    ]),
  ),
  async gateway(options) {
    const upstream = await listen((request, response) => {
      const url = new URL(request.url ?? '', 'http://x');
      const state = states[url.searchParams.get('state') as keyof typeof states] ?? states.write;
      const reply = Object.values(ways)[Number(url.searchParams.get('way'))]?.(state.object) ?? { status: 404 };
      response.statusCode = reply.status;
      for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
      if (reply.body !== undefined || reply.stream !== undefined)
        response.setHeader('content-type', reply.type ?? json);
      void (async () => {
        for await (const piece of reply.stream ?? []) response.write(piece);
        response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
      })();
    });
    const gateway = await startGateway({ ...options, upstream: upstream.url, port: 0, watch: false });
    return {
      url: gateway.url,
      async close() {
        await gateway.close();
        await upstream.close();
      },
    };
  },
};

async function leaves(url: string, write: boolean, way: number, state: string, method?: string): Promise<string> {
  const path = write ? '/documents/2/edits' : '/documents/2';
  const response = await fetch(`${url}${path}?way=${way}&state=${encodeURIComponent(state)}`, {
    method: method ?? (write ? 'POST' : 'GET'),
    headers: { authorization: 'Bearer ada' },
    redirect: 'manual',
  });
  const text = await response.text().catch(() => '');
  return JSON.stringify([...response.headers]).includes('MARK') || text.includes('MARK') ? 'leaves' : 'withheld';
}

test('what leaves is the table in docs/authorization.md, with every server', { timeout: 240_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-'));
  writeFileSync(join(folder, 'p.cedar'), policies);
  const options: GuardOptions = {
    contract,
    policies: join(folder, 'p.cedar'),
    limits: { perAddress: 'off', perPrincipal: 'off' },
    authentication: { token: { verify: (subject) => (subject === 'ada' ? { subject } : undefined) } },
  };
  const cells = new Map<string, Map<string, string[]>>();
  const saw = (way: string, state: string, outcome: string, name: string): void => {
    const row = cells.get(way) ?? new Map<string, string[]>();
    cells.set(way, row);
    const cell = row.get(`${state}: ${outcome}`) ?? [];
    row.set(`${state}: ${outcome}`, [...cell, name]);
  };
  for (const [name, open] of Object.entries(all)) {
    const reading = await open(options);
    const writing = await open({ ...options, resources: { Document: (ids) => ids.map((id) => ({ ...hers, id })) } });
    for (const [way, index] of Object.keys(ways).map((key, at) => [key, at] as const)) {
      for (const state of Object.keys(reads))
        if (name !== 'gateway' || state === 'nobody asked')
          saw(way, state, await leaves(reading.url, false, index, state), name);
      saw(way, 'write', await leaves(writing.url, true, index, 'write'), name);
    }
    for (const state of Object.keys(reads))
      if (name !== 'gateway' || state === 'nobody asked')
        saw(
          'HEAD',
          state,
          await leaves(reading.url, false, Object.keys(ways).indexOf('200, empty'), state, 'HEAD'),
          name,
        );
    await reading.close();
    await writing.close();
  }
  rmSync(folder, { recursive: true });
  const columns = Object.keys(states);
  const cellOf = (row: Map<string, string[]>, state: string): string => {
    const found = ['leaves', 'withheld'].flatMap((outcome) => {
      const names = row.get(`${state}: ${outcome}`);
      return names === undefined ? [] : [[outcome, names] as const];
    });
    if (found.length <= 1) return found[0]?.[0] ?? '';
    return found.map(([outcome, names]) => `${outcome} (${names.join(', ')})`).join('; ');
  };
  const table = [
    `| the handler answers | ${columns.join(' | ')} |`,
    `| --- |${' --- |'.repeat(columns.length)}`,
    ...[...cells].map(([way, row]) => `| ${way} | ${columns.map((state) => cellOf(row, state)).join(' | ')} |`),
  ].join('\n');
  const page = readFileSync(new URL('../docs/authorization.md', import.meta.url), 'utf8');
  const written = /<!-- ways out -->\n\n([\s\S]*?)\n\n<!-- end -->/.exec(page)?.[1];
  assert.equal(written, table, `docs/authorization.md does not say what was seen:\n${table}`);
});
