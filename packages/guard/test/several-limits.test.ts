// Several limits of one operation: by whom they count, what a call costs, and what is refused when a document is loaded.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CastellanError, loadContract } from '@castellan/contract';
import { answer, answers, documentOf, json, limitsApi, passed, type Call, type LimitsApi } from './limits-api.ts';

const open: LimitsApi[] = [];
after(async () => {
  for (const api of open) await api.end();
});

const person = {
  type: 'object',
  properties: { username: { type: 'string' }, ids: { type: 'array' }, of: { type: 'object' } },
};

async function withLimit(
  rateLimit: unknown,
  more: { handler?: Parameters<typeof limitsApi>[1] } = {},
): Promise<LimitsApi> {
  const api = await limitsApi(
    {
      '/things/{id}': {
        parameters: [
          { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
          { name: 'limit', in: 'query', schema: { type: 'integer' } },
          { name: 'name', in: 'query', schema: { type: 'string' } },
        ],
        post: {
          operationId: 'act',
          'x-castellan': { rateLimit },
          requestBody: { ...json(person) },
          responses: answer(),
        },
      },
    },
    more.handler ?? answers(200),
    { options: { limits: { perAddress: 'off', perPrincipal: 'off' } } },
  );
  open.push(api);
  return api;
}

/** Whose calls are one caller's, and one that is another's. */
const callers: Readonly<Record<string, { readonly same: readonly Call[]; readonly other: Call }>> = {
  principal: { same: [{ as: 'ada' }, { as: 'ada', address: '203.0.113.9' }, { as: 'ada-2' }], other: { as: 'bob' } },
  key: { same: [{ as: 'ada' }, { as: 'ada', address: '203.0.113.9' }], other: { as: 'ada-2' } },
  tenant: { same: [{ as: 'ada' }, { as: 'bob' }], other: { as: 'eve' } },
  operation: { same: [{ as: 'ada' }, { as: 'bob' }, {}], other: {} },
  address: { same: [{ as: 'ada' }, { as: 'bob' }, { address: '192.0.2.1' }], other: { address: '192.0.2.2' } },
  'address/48': {
    same: [{ address: '2001:db8:1:2::1' }, { address: '2001:db8:1:ffff::1' }, { address: '2001:db8:1::' }],
    other: { address: '2001:db8:2::1' },
  },
  'address/56': {
    same: [{ address: '2001:db8:1:200::1' }, { address: '2001:db8:1:2ff::1' }],
    other: { address: '2001:db8:1:300::1' },
  },
  'body.username': {
    same: ['alice', ' Alice ', 'ALICE', 'ａｌｉｃｅ'].map((username, at) => ({
      address: `192.0.2.${at}`,
      body: { username },
    })),
    other: { body: { username: 'bob' } },
  },
  'body.nothing.here | body.username': { same: [{ body: { username: 'a' } }], other: { body: { username: 'b' } } },
  'header.x-device': { same: [{ headers: { 'X-Device': 'd1' } }], other: { headers: { 'x-device': 'd2' } } },
  'cookie.sid': { same: [{ headers: { cookie: 'a=b; sid=1' } }], other: { headers: { cookie: 'sid=2' } } },
};

for (const [by, { same, other }] of Object.entries(callers))
  test(`calls are counted together by ${by}`, async () => {
    const api = await withLimit({ rate: '2/hour', by: by.includes('nothing') ? 'body.of.x | body.username' : by });
    const asked: number[] = [];
    for (let i = 0; i < 4; i++) asked.push(await api.call('POST /things/1', same[i % same.length]));
    assert.deepEqual(asked, [200, 200, 429, 429]);
    assert.equal(await api.call('POST /things/1', other), by === 'operation' ? 429 : 200);
  });

test('several limits are all in force, and of a combination only what has everything in common counts together', async () => {
  const api = await withLimit([
    { rate: '5/hour', by: 'address' },
    { rate: '2/hour', by: ['address', 'body.username'] },
  ]);
  const asked: number[] = [];
  for (const username of ['a', 'a', 'a', 'b', 'b', 'b', 'c', 'd'])
    asked.push(await api.call('POST /things/1', { body: { username } }));
  // Of the eight each address has five; what one limit let through and the other refused was counted by the first.
  assert.deepEqual(asked, [200, 200, 429, 200, 200, 429, 429, 429]);
  assert.equal(await api.call('POST /things/1', { address: '198.51.100.1', body: { username: 'a' } }), 200);
});

test('a value that is left out is no way around: such calls count by address', async () => {
  const api = await withLimit({ rate: '2/hour', by: 'body.username' });
  assert.equal(passed(await api.calls(4, 'POST /things/1', { body: {} })), 2);
  assert.equal(passed(await api.calls(2, 'POST /things/1', { body: { username: '' } })), 0);
  assert.equal(await api.call('POST /things/1', { body: { username: 'a' } }), 200);
});

/** What a cost is computed of, a call, and how many of them fit into 100 units. */
const costs: readonly (readonly [cost: unknown, path: string, call: Call, fits: number])[] = [
  [5, '1', {}, 20],
  ['query.limit', '1?limit=50', {}, 2],
  ['query.limit / 10', '1?limit=50', {}, 20],
  ['query.limit / 10', '1?limit=51', {}, 16],
  ['query.limit', '1?limit=100000', {}, 1],
  ['query.limit', '1', {}, 100],
  ['body.ids', '1', { body: { ids: Array.from({ length: 25 }, (_, at) => at) } }, 4],
  ['query.name', '1?name=a,b,c,d', {}, 25],
  ['request.bytes / 10B', '1', { body: { username: 'x'.repeat(76) } }, 10],
];
for (const [cost, path, call, fits] of costs)
  test(`a call costs ${String(cost)} (${path})`, async () => {
    const api = await withLimit({ rate: '100/day', by: 'operation', cost });
    assert.equal(passed(await api.calls(fits + 3, `POST /things/${path}`, call)), fits);
  });

test('records and bytes of the answer are charged when it is known', async () => {
  for (const [cost, fits] of [
    ['answer.records', 2],
    ['answer.records / 5', 10],
    ['answer.bytes / 10B', 4],
  ] as const) {
    const api = await withLimit(
      { rate: '100/day', by: 'address', cost },
      { handler: answers(200, Array(50).fill('abcd')) },
    );
    const got = passed(await api.calls(fits + 3, 'POST /things/1'));
    assert.ok(got >= fits - 1 && got <= fits + 1, `${cost}: ${got}`);
  }
});

test('failures only: what is answered well gives back what it took; what limits refuse was no guess', async () => {
  let status = 401;
  const api = await withLimit([{ rate: '3/hour', by: 'body.username', counts: 'failures' }], {
    handler: () => Response.json({}, { status }),
  });
  const guess = { body: { username: 'ada' } };
  assert.equal(passed(await api.calls(2, 'POST /things/1', guess)), 2);
  status = 200;
  assert.equal(passed(await api.calls(50, 'POST /things/1', guess)), 50);
  status = 403;
  assert.deepEqual(await api.calls(3, 'POST /things/1', guess), [403, 429, 429]);
  api.later(20 * 60_000);
  status = 500;
  assert.equal(passed(await api.calls(1, 'POST /things/1', guess)), 1);
});

test('as many guesses at once are no way around', async () => {
  const api = await withLimit({ rate: '5/hour', by: 'body.username', counts: 'failures' }, { handler: answers(401) });
  const all = await Promise.all(
    Array.from({ length: 40 }, () => api.call('POST /things/1', { body: { username: 'ada' } })),
  );
  assert.equal(passed(all), 5);
});

const folder = mkdtempSync(join(tmpdir(), 'castellan-limits-'));
after(() => rmSync(folder, { recursive: true }));

/** What a limit cannot be, and what the one line says. */
const refused: readonly (readonly [words: object, code: string, message: RegExp])[] = [
  ...['60', '-1/minute', '0/minute', '60 per minute', '1e3/hour', '60/fortnight', 60, null].map(
    (rate) => [{ rateLimit: { rate } }, 'invalid-extension', /is not a rate.*60\/minute/] as const,
  ),
  ...[-1, 0, 1.5, '10'].map(
    (burst) => [{ rateLimit: { rate: '5/m', burst } }, 'invalid-extension', /burst.*at least 1/] as const,
  ),
  ...['adress', 'user', 'body', 'body.', 'form.x', 'address/8', 'address/129', [], [[]], 5].map(
    (by) =>
      [
        { rateLimit: { rate: '5/m', by } },
        'invalid-extension',
        /principal, address|did you mean address|write principal/,
      ] as const,
  ),
  ...[0, -5, 'limit', 'answer.rows', 'query.limit / 0', 'query.limit / -1', 'request.bytes / 10QB', [1]].map(
    (cost) => [{ rateLimit: { rate: '5/m', cost } }, 'invalid-extension', /query\.limit|at least 1/] as const,
  ),
  [{ rateLimit: [] }, 'invalid-extension', /the list is empty/],
  [{ rateLimit: [{ rate: '5/m' }, {}] }, 'invalid-extension', /rate is missing/],
  [{ rateLimit: { rate: '5/m', counts: 'failure' } }, 'invalid-extension', /did you mean failures\?/],
  [{ rateLimit: { rate: '5/m', per: 'x' } }, 'unknown-extension-key', /rate/],
  [{ rateLimit: { rate: '5/m', cost: 6 } }, 'rate-never-fits', /lower cost to at most 5/],
  [{ rateLimit: [{ rate: '5/m' }, { rate: '1/m', burst: 5, cost: 6 }] }, 'rate-never-fits', /raise burst/],
  [{ rateLimit: [{ rate: '5/m' }, { rate: '5/m' }] }, 'contradictory-limits', /never acts/],
  [{ rateLimit: [{ rate: '5/m' }, { rate: '600/hour' }] }, 'contradictory-limits', /never acts/],
  [{ rateLimit: { rate: '5/m', by: 'query.limt' } }, 'unknown-parameter', /did you mean limit\?/],
  [{ rateLimit: { rate: '5/m', by: 'path.ids' } }, 'unknown-parameter', /did you mean id\?/],
  [{ rateLimit: { rate: '5/m', by: 'body.usernam' } }, 'unknown-parameter', /did you mean username\?/],
  [{ rateLimit: { rate: '5/m', cost: 'query.size' } }, 'unknown-parameter', /write one of limit/],
  [
    { page: { limit: 'limit', max: 100 }, budget: { records: '50/hour' } },
    'contradictory-limits',
    /a full page never fits/,
  ],
];
const paths = (words: object): object => ({
  '/things/{id}': {
    parameters: [
      { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
      { name: 'limit', in: 'query', schema: { type: 'integer' } },
    ],
    post: { operationId: 'act', 'x-castellan': words, requestBody: json(person), responses: answer() },
  },
});

test('a limit that cannot be read, or contradicts another, is refused with its place and what is accepted', async () => {
  for (const [index, [words, code, message]] of refused.entries()) {
    const file = join(folder, `${index}.json`);
    writeFileSync(file, JSON.stringify(documentOf(paths(words)), null, 2));
    await assert.rejects(loadContract(file), (error) => {
      assert.ok(error instanceof CastellanError);
      assert.equal(error.code, code, `${JSON.stringify(words)}: ${error.message}`);
      assert.match(error.message, message, JSON.stringify(words));
      assert.match(error.message, /\.json:\d+/, `no place: ${error.message}`);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
  }
});

test('limits that differ stay as they are', async () => {
  for (const rateLimit of [
    [{ rate: '10/minute' }, { rate: '100/hour' }],
    [{ rate: '10/minute' }, { rate: '10/minute', by: 'address' }],
    [{ rate: '10/minute' }, { rate: '10/minute', cost: 'query.limit' }],
    [
      { rate: '10/minute', burst: 2 },
      { rate: '5/minute', burst: 100 },
    ],
    { rate: '5/m', by: ['principal', 'header.x-device', 'cookie.sid', 'query.limit'] },
  ])
    assert.ok(await loadContract(documentOf(paths({ rateLimit }))));
});
