// What `learn` records: shapes and keyed hashes, never a value; whatever passes leaves as it came.
// promise: learn-without-values
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { after, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { createGuard } from '@castellan/guard';
import { fetchGuard } from '@castellan/guard/fetch';
import { learnRecordSchema, readRecords, type ExchangeRecord, type Recorded } from '@castellan/guard/learn';
import type { GuardedHandler } from '@castellan/guard/node';
import { guarded, identity } from './guarded.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-learn-'));
after(() => rmSync(folder, { recursive: true }));
let runs = 0;
const directory = (): string => join(folder, String(runs++));

const text = { type: 'string' };
const contract = {
  openapi: '3.1.0',
  info: { title: 'Notes', version: '1' },
  servers: [{ url: '/api' }],
  security: [{ token: [] }],
  paths: {
    '/notes/{id}': {
      parameters: [{ name: 'id', in: 'path', required: true, schema: text }],
      get: {
        operationId: 'getNote',
        parameters: [
          { name: 'limit', in: 'query', schema: { type: 'integer' } },
          { name: 'x-part', in: 'header', schema: text },
        ],
        responses: {
          200: { description: '', content: { 'application/json': { schema: { $ref: '#/components/schemas/Note' } } } },
        },
      },
      post: {
        operationId: 'writeNote',
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Note' } } } },
        responses: { 204: { description: '' } },
      },
    },
  },
  components: {
    securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    schemas: {
      Note: {
        type: 'object',
        required: ['title'],
        properties: {
          title: text,
          labels: { type: 'object', additionalProperties: text },
          due: { type: 'string', format: 'date' },
        },
      },
    },
  },
};

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What one handler and these requests leave in the records. */
async function recorded(
  handler: GuardedHandler,
  asked: readonly Asked[],
  maxBytes?: number,
): Promise<{ read: Recorded; raw: string }> {
  const at = directory();
  const learn = maxBytes === undefined ? at : { directory: at, maxBytes };
  const server = await guarded({ contract, authentication: {}, mode: 'observe', learn }, handler);
  for (const { method = 'GET', path = '/api/notes/1', body, headers = {} } of asked) {
    const response = await fetch(server.url + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: body }),
    });
    await response.arrayBuffer();
  }
  await server.close();
  const files = readdirSync(at).filter((name) => name.endsWith('.jsonl'));
  return { read: await readRecords(at), raw: files.map((name) => readFileSync(join(at, name), 'utf8')).join('') };
}

const says =
  (body: unknown, status = 200, type = 'application/json'): GuardedHandler =>
  (_, response) => {
    response.statusCode = status;
    response.setHeader('content-type', type);
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

function placesOf(record: ExchangeRecord | undefined, side: 'request' | 'answer'): Record<string, unknown> {
  return Object.fromEntries((record?.[side]?.places ?? []).map(({ at, ...look }) => [at, look]));
}

const valid = new Ajv2020({ strict: false }).compile(learnRecordSchema());

test('no value of a request or an answer stands in a record, and each line is what the schema says', async () => {
  const canary = fc.integer({ min: 10 ** 12, max: 10 ** 13 }).map((number) => `canary${number}`);
  const keyName = fc.constantFrom('title', 'ownerId', 'password', 'labels', 'status', 'x', 'tags', 'email');
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      canary,
      fc.integer({ min: 10 ** 12, max: 10 ** 13 }),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(fc.oneof(keyName, canary), tie('tree'), { maxKeys: 5 }),
    ),
  }));
  const bodies = fc.sample(fc.tuple(tree, tree, canary, canary), { numRuns: 60, seed: 1 });
  let next: unknown;
  const asked = bodies.map(([request, , inPath, inQuery], index) => ({
    method: 'POST',
    path: `/api/${['notes', 'users', 'other'][index % 3]}/${inPath}?q=${inQuery}`,
    body: index % 2 === 0 ? JSON.stringify(request) : new URLSearchParams({ ownerId: inQuery, a: inPath }).toString(),
    headers: {
      'content-type': index % 2 === 0 ? 'application/json' : 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from(`${inPath}:${inQuery}`).toString('base64')}`,
    },
  }));
  let index = 0;
  const handler: GuardedHandler = (request, response) => {
    next = bodies[index++]?.[1];
    return says(next)(request, response);
  };
  const { read, raw } = await recorded(handler, asked);
  assert.equal(read.exchanges.length, 60);
  assert.doesNotMatch(raw, /canary/);
  const numbers = JSON.stringify(bodies).match(/(?<![\d"])\d{13}(?!\d)/g) ?? [];
  assert.ok(numbers.length > 10);
  for (const number of numbers) assert.equal(raw.includes(number), false);
  for (const line of raw.trim().split('\n'))
    assert.ok(valid(JSON.parse(line)), `${JSON.stringify(valid.errors)} ${line.slice(0, 300)}`);
});

test('the id of the caller is found where it stands in an object, by its keyed hash', async () => {
  const ada = await identity.token({
    sub: 'ada-7',
    preferred_username: 'ada',
    groups: ['editors'],
    scope: 'notes:read',
  });
  const { read, raw } = await recorded(
    says({ title: 't', ownerId: 'ada-7', other: { createdBy: 'ada', status: 'open' } }),
    [{ headers: { authorization: `Bearer ${ada}` } }],
  );
  const [record] = read.exchanges;
  assert.deepEqual(record?.caller.verified, false);
  assert.deepEqual(
    [record?.caller.kind, record?.caller.groups, record?.caller.scopes],
    ['jwt', ['editors'], ['notes:read']],
  );
  const places = placesOf(record, 'answer') as Record<string, { hashes?: string[] }>;
  assert.deepEqual(places['/ownerId']?.hashes, record?.caller.claims['sub']);
  assert.deepEqual(places['/other/createdBy']?.hashes, record?.caller.claims['preferred_username']);
  assert.deepEqual(places['/ownerId']?.hashes, [read.hash?.('ada-7')]);
  assert.deepEqual(places['/other/status']?.hashes, [read.hash?.('open')]);
  assert.equal(places['/title']?.hashes, undefined);
  assert.doesNotMatch(raw, /ada-7/);
});

test('a verified caller is recorded as verified', async () => {
  const at = directory();
  const server = await guarded({ contract, mode: 'observe', learn: at }, says({ title: 't' }));
  await fetch(`${server.url}/api/notes/1`, { headers: { authorization: `Bearer ${await identity.token()}` } });
  await server.close();
  const { exchanges, hash } = await readRecords(at);
  assert.deepEqual([exchanges[0]?.caller.verified, exchanges[0]?.caller.id], [true, hash?.('ada')]);
});

test('shapes: types, forms, maps, lists, nulls, and names that no schema has', async () => {
  const { read } = await recorded(
    says({
      title: null,
      due: '2026-01-02T03:04:05Z',
      labels: { 'a b': 'x', c: 'y' },
      items: [{ n: 1 }, { n: 2.5 }],
      byId: { '6f1c2e1a-0000-4000-8000-000000000000': { n: 1 } },
      password: 'p',
      '{}': 1,
    }),
    [{}],
  );
  assert.deepEqual(placesOf(read.exchanges[0], 'answer'), {
    '': { types: { object: 1 } },
    '/title': { types: { null: 1 } },
    '/due': { types: { string: 1 }, forms: { 'date-time': 1 } },
    '/labels': { types: { object: 1 } },
    '/labels/{}': { types: { string: 2 }, forms: { word: 2 } },
    '/items': { types: { array: 1 }, undocumented: true },
    '/items/*': { types: { object: 2 } },
    '/items/*/n': { types: { integer: 1, number: 1 }, forms: { int32: 1, double: 1 } },
    '/byId': { types: { object: 1 }, undocumented: true },
    '/byId/{}': { types: { object: 1 } },
    '/byId/{}/n': { types: { integer: 1 }, forms: { int32: 1 } },
    '/password': { types: { string: 1 }, undocumented: true },
    '/{}': { types: { integer: 1 }, forms: { int32: 1 }, undocumented: true },
  });
  assert.deepEqual(read.exchanges[0]?.mismatches.map(({ at, keyword }) => `${at} ${keyword}`).sort(), [
    '/byId undocumented-property',
    '/due format',
    '/items undocumented-property',
    '/password undocumented-property',
    '/title type',
    '/{} undocumented-property',
  ]);
});

test('all mismatches are recorded, those that one hides from the other as well', async () => {
  const { read } = await recorded(says('<p>', 500, 'text/html'), [
    {
      method: 'POST',
      path: '/api/notes/1?verbose=1',
      body: JSON.stringify({ due: 'tomorrow', isAdmin: true }),
      headers: { 'content-type': 'application/json' },
    },
  ]);
  const [record] = read.exchanges;
  assert.deepEqual(
    record?.mismatches.map((one) => `${one.in} ${one.at} ${one.keyword}`),
    [
      'parameters /query/verbose undocumented-parameter',
      'request /title required',
      'request /due format',
      'answer  undocumented-status',
      'request /isAdmin undocumented-property',
    ],
  );
  assert.deepEqual(
    record?.parameters.map(({ in: place, name, undocumented = false }) => [place, name, undocumented]),
    [
      ['path', 'id', false],
      ['query', 'verbose', true],
    ],
  );
  assert.ok(record?.refusals.some(({ type }) => type === 'invalid-request'));
});

test('undocumented operations: names stay in the path, values do not', async () => {
  const { read } = await recorded(says({ ok: true }), [
    { path: '/api/reports/17/pages' },
    { path: '/api/users/ada' },
    { path: '/api/notes', method: 'PUT', body: '{"a":1}', headers: { 'content-type': 'application/json' } },
    { path: '/elsewhere' },
  ]);
  assert.deepEqual(
    read.exchanges.map(({ operation, method, path, request }) => [
      operation,
      method,
      path,
      request?.places.map(({ at }) => at),
    ]),
    [
      [undefined, 'GET', '/reports/{digits}/pages', undefined],
      [undefined, 'GET', '/users/{word}', undefined],
      [undefined, 'PUT', '/notes', ['', '/a']],
      [undefined, 'GET', '/elsewhere', undefined],
    ],
  );
});

test('compressed answers, forms and files are looked into; what is too large is not', async () => {
  const zipped: GuardedHandler = (request, response) => {
    const large = request.url?.includes('large') === true;
    response.setHeader('content-type', 'application/json');
    if (large) return response.end(JSON.stringify({ title: 'x'.repeat(1_100_000) }));
    response.setHeader('content-encoding', 'gzip');
    return response.end(gzipSync(JSON.stringify({ title: 't' })));
  };
  const form = new FormData();
  form.set('ownerId', '7');
  form.set('photo', new Blob(['x']), 'x.png');
  const request = new Request('http://x', { method: 'POST', body: form });
  const { read } = await recorded(zipped, [
    {
      method: 'POST',
      body: new Uint8Array(await request.arrayBuffer()),
      headers: { 'content-type': request.headers.get('content-type') ?? '' },
    },
    { path: '/api/notes/large' },
  ]);
  const [first, second] = read.exchanges;
  assert.deepEqual(Object.keys(placesOf(first, 'answer')), ['', '/title']);
  assert.equal(first?.request?.type, 'multipart/form-data');
  assert.deepEqual(placesOf(first, 'request')['/photo'], { types: { file: 1 } });
  assert.equal(second?.answer?.unread, 'too-large');
});

test('many exchanges that are alike are few lines, which count them all', async () => {
  const { read, raw } = await recorded(
    says({ title: 't' }),
    Array.from({ length: 120 }, () => ({})),
  );
  assert.equal(
    read.exchanges.reduce((sum, { times }) => sum + times, 0),
    120,
  );
  assert.ok(raw.trim().split('\n').length < 45);
});

test('the directory holds no more bytes than it may', async () => {
  const asked = Array.from({ length: 300 }, (_, index) => ({
    path: `/api/x${'abcdefgh'[index % 8]}/${'y'.repeat(1 + (index % 30))}`,
  }));
  const { raw } = await recorded(says({ title: 't' }), asked, 20_000);
  assert.ok(raw.length < 24_000, String(raw.length));
});

test('enforce records nothing', async () => {
  const at = directory();
  const server = await guarded({ contract, learn: at }, says({ title: 't' }));
  await fetch(`${server.url}/api/notes/1`);
  await server.close();
  assert.deepEqual(readdirSync(at), ['key']);
});

test('a handler of Fetch: bodies that nobody documented and answers that stream', async () => {
  const at = directory();
  const guard = await createGuard({ contract, mode: 'observe', learn: at });
  const handle = fetchGuard(
    guard,
    async (request) => new Response(await request.text(), { headers: { 'content-type': 'application/json' } }),
  );
  const response = await handle(
    new Request('http://x/api/other', {
      method: 'POST',
      body: '{"b":1}',
      headers: { 'content-type': 'application/json' },
    }),
  );
  assert.equal(await response.text(), '{"b":1}');
  await guard.end();
  const [record] = (await readRecords(at)).exchanges;
  assert.deepEqual(
    [Object.keys(placesOf(record, 'request')), Object.keys(placesOf(record, 'answer'))],
    [
      ['', '/b'],
      ['', '/b'],
    ],
  );
});

test('the hashes are those of HMAC-SHA-256', async () => {
  const at = directory();
  const guard = await createGuard({ contract, mode: 'observe', learn: at });
  await fetchGuard(guard, () => Response.json({ title: 't' }))(new Request('http://x/api/notes/4711'));
  await guard.end();
  const { exchanges, hash } = await readRecords(at);
  const key = Buffer.from(readFileSync(join(at, 'key'), 'utf8').trim(), 'base64url');
  for (const value of ['ada', '', 'ä'.repeat(200), 7, true]) {
    const expected = createHmac('sha256', key).update(String(value)).digest('base64url').slice(0, 16);
    assert.equal(hash?.(value), expected);
  }
  assert.deepEqual(exchanges[0]?.parameters[0]?.hashes, [hash?.(4711)]);
});

test('a directory that cannot be used is told at the start', async () => {
  await assert.rejects(createGuard({ contract, mode: 'observe', learn: '/dev/null/x' }), { code: 'learn-directory' });
});
