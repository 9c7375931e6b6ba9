// Bans: who is named is refused before anything else is done for it, whoever else calls is not, and nobody is told why.
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { Banned, GuardOptions } from '@castellan/guard';
import { answer, answers, limitsApi, type Call, type LimitsApi } from './limits-api.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-bans-'));
const open: LimitsApi[] = [];
after(async () => {
  for (const api of open) await api.end();
  rmSync(folder, { recursive: true });
});

const paths = {
  '/things': {
    get: { responses: answer() },
    post: { requestBody: { content: { 'application/json': { schema: {} } } }, responses: answer() },
  },
};

async function apiOf(options: Partial<GuardOptions> = {}): Promise<LimitsApi> {
  const api = await limitsApi(paths, answers(200), { options });
  open.push(api);
  return api;
}

const subjectOf = (api: LimitsApi): string => api.events.at(-1)?.actor.session?.uid ?? '';

/** Whom a ban names; callers that it is about; neighbours that it is not about. */
const rows: readonly (readonly [whom: Banned, refused: readonly Call[], others: readonly Call[]])[] = [
  [
    { address: '192.0.2.7' },
    [{ address: '192.0.2.7' }, { address: '::ffff:192.0.2.7', as: 'ada' }],
    [{ address: '192.0.2.8' }],
  ],
  [
    { address: '2001:db8:1:2::5' },
    [{ address: '2001:db8:1:2::5' }, { address: '2001:db8:1:2:ffff::1' }],
    [{ address: '2001:db8:1:3::5' }],
  ],
  [
    { network: '192.0.2.0/24' },
    [{ address: '192.0.2.0' }, { address: '192.0.2.255' }],
    [{ address: '192.0.3.0' }, { address: '::1' }],
  ],
  [{ network: '10.9.8.7/9' }, [{ address: '10.127.0.1' }], [{ address: '10.128.0.1' }]],
  [{ network: '0.0.0.0/0' }, [{ address: '1.2.3.4' }], [{ address: '2001:db8::1' }]],
  [{ network: '192.0.2.7/32' }, [{ address: '192.0.2.7' }], [{ address: '192.0.2.6' }]],
  [
    { network: '2001:db8::/33' },
    [{ address: '2001:db8:7fff::1' }],
    [{ address: '2001:db8:8000::1' }, { address: '32.1.13.184' }],
  ],
  [{ principal: 'ada' }, [{ as: 'ada' }, { as: 'ada-2', address: '203.0.113.9' }], [{ as: 'bob' }, {}]],
  [{ principal: 'ada', issuer: 'key' }, [{ as: 'ada' }], [{ as: 'bob' }]],
  [{ principal: 'ada', issuer: 'other' }, [], [{ as: 'ada' }]],
];

for (const [whom, refused, others] of rows)
  test(`a ban of ${JSON.stringify(whom)}`, async () => {
    const api = await apiOf();
    await api.guard.ban({ ...whom, reason: 'scraping', for: 3600 });
    for (const call of refused)
      for (const operation of ['GET /things', 'POST /things'])
        assert.equal(
          await api.call(operation, { ...call, ...(operation.startsWith('POST') ? { body: {} } : {}) }),
          403,
        );
    for (const call of others) assert.equal(await api.call('GET /things', call), 200);
    await api.guard.lift(whom);
    for (const call of refused) assert.equal(await api.call('GET /things', call), 200);
    assert.deepEqual(api.guard.bans.list(), []);
    await api.guard.ban({ ...whom, reason: 'again', for: 60 });
    for (const call of refused) assert.equal(await api.call('GET /things', call), 403);
    api.later(60_001);
    for (const call of refused) assert.equal(await api.call('GET /things', call), 200);
  });

test('a credential is banned by the id that events name, and no other of its holder', async () => {
  const api = await apiOf();
  await api.call('GET /things', { as: 'ada' });
  await api.guard.ban({ credential: subjectOf(api), reason: 'leaked' });
  assert.equal(await api.call('GET /things', { as: 'ada' }), 403);
  assert.equal(await api.call('GET /things', { as: 'ada-2' }), 200);
});

test('the caller is told nothing of why and until when; the event is', async () => {
  const api = await apiOf();
  await api.guard.ban({ address: '192.0.2.1', reason: 'incident 77', until: Date.parse('2030-01-01T00:00:00Z') });
  const response = await api.ask('GET /things');
  const text = await response.text();
  assert.equal(response.status, 403);
  assert.doesNotMatch(text + JSON.stringify([...response.headers]), /incident|2030-|banned|until|retry-after/i);
  const { refused } = api.events.at(-1)?.unmapped.castellan ?? {};
  assert.deepEqual(
    [refused?.stage, refused?.type, refused?.reason, refused?.log],
    ['throttle', 'forbidden', 'banned-address', 'incident 77; until 2030-01-01T00:00:00.000Z'],
  );
});

test('a ban comes before credentials, limits and bodies are looked at', async () => {
  const api = await apiOf({ limits: { perAddress: '2/minute' } });
  await api.guard.ban({ network: '192.0.2.0/24', reason: 'flood' });
  for (let at = 0; at < 20; at++) assert.equal(await api.call('POST /things', { as: 'nobody', body: '{' }), 403);
  await api.guard.lift({ network: '192.0.2.0/24' });
  // What was refused took nothing of the limit.
  assert.deepEqual(await api.calls(3, 'GET /things'), [200, 200, 429]);
});

test('what is nobody cannot be banned', async () => {
  const api = await apiOf();
  for (const whom of [
    {},
    { address: '' },
    { address: 'example.com' },
    { address: '192.0.2.0/24' },
    { network: '192.0.2.0' },
    { network: '192.0.2.0/33' },
    { network: '2001:db8::/129' },
    { network: '192.0.2.0/24/8' },
    { network: '192.0.2.0/-1' },
    { principal: '' },
    { credential: 'x'.repeat(2000) },
    { address: '192.0.2.1', principal: 'ada' },
    { address: '192.0.2.1', issuer: 'key' },
  ])
    await assert.rejects(api.guard.ban({ ...whom, reason: 'x' }), { code: 'bad-ban' }, JSON.stringify(whom));
  assert.deepEqual(api.guard.bans.list(), []);
});

describe('a file', () => {
  test('is there again after a restart, in force for all that share it, and lifted for all', async () => {
    const file = join(folder, 'shared.jsonl');
    const [one, two] = [await apiOf({ bans: { file } }), await apiOf({ bans: { file } })];
    await one.guard.ban({ address: '192.0.2.1', reason: 'a' });
    await two.guard.bans.refresh();
    assert.equal(await two.call('GET /things'), 403);
    const three = await apiOf({ bans: { file } });
    assert.equal(await three.call('GET /things'), 403);
    await three.guard.lift({ address: '192.0.2.1' });
    await one.guard.bans.refresh();
    assert.equal(await one.call('GET /things'), 200);
  });

  test('of state keeps them as well', async () => {
    const state = { file: join(folder, 'state') };
    const before = await limitsApi(paths, answers(200), { options: { state } });
    await before.guard.ban({ principal: 'ada', reason: 'a' });
    await before.end();
    const again = await apiOf({ state });
    assert.equal(await again.call('GET /things', { as: 'ada' }), 403);
  });

  test('that is damaged is refused at the start, and told while it runs; what it said stays in force', async () => {
    const file = join(folder, 'damaged.jsonl');
    const api = await apiOf({ bans: { file } });
    await api.guard.ban({ address: '192.0.2.1', reason: 'a' });
    appendFileSync(file, '{"kind":"address"}\n');
    await api.guard.bans.refresh();
    assert.equal(await api.call('GET /things'), 403);
    assert.ok(api.guard.notices.some(({ code, message }) => code === 'bans-stale' && /no ban/.test(message)));
    await assert.rejects(apiOf({ bans: { file } }), /damaged\.jsonl:2:1: this line is no ban; restore the file/);
    writeFileSync(file, readFileSync(file, 'utf8').split('\n')[0] + '\n');
    await apiOf({ bans: { file } });
  });
});
