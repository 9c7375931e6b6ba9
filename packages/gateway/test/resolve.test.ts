// The read that a decision stands on: it tells the object as it is, whatever the caller sends beside its credential.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { before, httpUpstream, send } from './stage.ts';

const ada = 'ada-key-5d1e7a90c3b24f68a1d2e3f405162738';
const Note = {
  type: 'object',
  'x-castellan': { resource: 'Note', id: 'id' },
  required: ['id', 'ownerId'],
  properties: {
    id: { type: 'string' },
    ownerId: { type: 'string', 'x-castellan': { resource: 'User' } },
    parent: { $ref: '#/components/schemas/Note' },
    related: { type: 'array', items: { $ref: '#/components/schemas/Note' } },
    byName: { type: 'object', additionalProperties: { $ref: '#/components/schemas/Note' } },
  },
};
const wrapped = {
  type: 'object',
  properties: {
    note: { $ref: '#/components/schemas/Note' },
    previous: { $ref: '#/components/schemas/Note' },
    included: { type: 'array', items: { $ref: '#/components/schemas/Note' } },
  },
};
const text = { schema: { type: 'string' } };

interface Shape {
  readonly read?: object;
  readonly scheme?: object;
}

function documentOf({
  read = { $ref: '#/components/schemas/Note' },
  scheme,
}: Shape): Readonly<Record<string, unknown>> {
  const own = { resource: { type: 'Note', id: 'path.noteId' } };
  const errors = { 403: { description: '' }, 404: { description: '' } };
  return {
    openapi: '3.1.0',
    info: { title: 'Notes', version: '1' },
    security: [{ key: [] }],
    components: {
      securitySchemes: { key: scheme ?? { type: 'apiKey', in: 'header', name: 'X-Api-Key' } },
      schemas: { Note },
    },
    paths: {
      '/notes/{noteId}': {
        parameters: [{ name: 'noteId', in: 'path', required: true, ...text }],
        get: {
          operationId: 'getNote',
          'x-castellan': own,
          parameters: [
            { name: 'X-Tenant', in: 'header', ...text },
            { name: 'tenant', in: 'cookie', ...text },
          ],
          responses: { 200: { description: '', content: { 'application/json': { schema: read } } }, ...errors },
        },
        delete: {
          operationId: 'removeNote',
          'x-castellan': { ...own, resolve: { operation: 'getNote' } },
          parameters: [
            { name: 'X-As-Of', in: 'header', ...text },
            { name: 'asOf', in: 'cookie', ...text },
            { name: 'asOf', in: 'query', ...text },
          ],
          responses: { 204: { description: '' }, ...errors },
        },
      },
    },
  };
}

interface Front {
  readonly remove: (id: string, headers?: Record<string, string>, query?: string) => Promise<number>;
  readonly reads: IncomingMessage[];
  readonly removed: () => number;
}

async function front(t: TestContext, answer: () => object, shape: Shape = {}): Promise<Front> {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const policies = join(folder, 'own.cedar');
  writeFileSync(
    policies,
    'permit (principal, action in [Action::"getNote", Action::"removeNote"], resource is Note) when { resource.ownerId == principal };',
  );
  const reads: IncomingMessage[] = [];
  let removed = 0;
  const url = await httpUpstream(t, (request, response) => {
    if (request.method === 'GET') {
      reads.push(request);
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer()));
    } else {
      removed += 1;
      response.writeHead(204).end();
    }
  });
  const inCookie = shape.scheme !== undefined && 'in' in shape.scheme && shape.scheme.in === 'cookie';
  const { gateway } = await before(t, url, {
    contract: documentOf(shape),
    policies,
    authentication: {
      key: { keys: [{ key: ada, subject: 'ada' }], ...(inCookie && { csrf: { token: 'fallback' as const } }) },
    },
    limits: { perAddress: 'off', perPrincipal: 'off' },
  });
  return {
    reads,
    removed: () => removed,
    remove: async (id, headers = { 'x-api-key': ada }, query = '') =>
      (await send(gateway.url, `/notes/${id}${query}`, { method: 'DELETE', headers })).status,
  };
}

// promise: resolve-reads-alone
test('the read carries the credential and what it documents itself, nothing else of the request', async (t) => {
  const { remove, reads } = await front(t, () => ({ id: '1', ownerId: 'ada' }));
  const headers: Record<string, string> = { 'x-api-key': ada, authorization: 'Bearer kept', 'x-tenant': 'blue' };
  const steering = ['x-as-of', 'x-version', 'accept-language', 'accept-datetime', 'prefer', 'if-none-match', 'range'];
  for (const name of [...steering, 'x-http-method', 'x-forwarded-user', 'user-agent', 'x_tenant', 'idempotency-key'])
    headers[name] = 'steering';
  headers['cookie'] = 'asOf=steering; tenant=blue; other=steering';
  assert.equal(await remove('1', headers, '?asOf=steering'), 204);
  const [read] = reads;
  assert.ok(read !== undefined && read.url === '/notes/1');
  assert.ok(!JSON.stringify(read.rawHeaders).includes('steering'), JSON.stringify(read.headers));
  const { 'x-api-key': key, authorization, cookie, 'x-tenant': tenant } = read.headers;
  assert.deepEqual(
    { key, authorization, cookie, tenant },
    { key: ada, authorization: 'Bearer kept', cookie: 'tenant=blue', tenant: 'blue' },
  );
  assert.match(String(read.headers.accept), /^application\/json/);
});

test('a key goes with the read wherever it stands', async (t) => {
  const places: readonly (readonly [string, Record<string, string>, string])[] = [
    ['header', { k_ey: ada }, ''],
    ['query', {}, `?asOf=steering&k_ey=${ada}`],
    ['cookie', { 'sec-fetch-site': 'same-origin', cookie: `asOf=steering; k_ey=${ada}` }, ''],
  ];
  for (const [place, headers, query] of places) {
    const scheme = { type: 'apiKey', in: place, name: 'k_ey' };
    const { remove, reads } = await front(t, () => ({ id: '1', ownerId: 'ada' }), { scheme });
    assert.equal(await remove('1', headers, query), 204, place);
    const sent = JSON.stringify([reads[0]?.url, reads[0]?.rawHeaders]);
    assert.ok(sent.includes(ada) && !sent.includes('steering'), `${place}: ${sent}`);
  }
});

const mine = { id: 'x', ownerId: 'ada' };
const his = { id: '7', ownerId: 'bob' };

test('a decision is on the object that was read, never on one within it', async (t) => {
  let answer: object = {};
  const { remove, removed } = await front(t, () => answer);
  for (const inner of [
    { parent: mine },
    { related: [mine] },
    { byName: { x: mine } },
    { parent: { ...his, parent: mine } },
  ]) {
    answer = { ...his, ...inner };
    assert.equal(await remove('x'), 502, JSON.stringify(answer));
    // Where it is hers, what stands within does not matter.
    answer = { ...mine, ...inner, byName: { y: his } };
    const before = removed();
    assert.equal(await remove('x'), 204, JSON.stringify(answer));
    assert.equal(removed(), before + 1);
  }
  assert.equal(removed(), 4);
});

test('in an envelope it is the outermost of them; where two could be meant, none is', async (t) => {
  let answer: object = {};
  const { remove } = await front(t, () => answer, { read: wrapped });
  for (const [body, status] of [
    [{ note: mine }, 204],
    [{ note: mine, included: [his] }, 204],
    [{ note: mine, previous: his }, 204],
    [{ note: his, included: [mine] }, 502],
    [{ note: { ...his, parent: mine } }, 502],
    [{ note: { ...mine, ownerId: 'bob' }, previous: mine }, 502],
    [{ note: { ...mine, ownerId: 'bob' }, included: [mine] }, 403],
    [{}, 502],
  ] as const) {
    answer = body;
    assert.equal(await remove('x'), status, JSON.stringify(body));
  }
});
