// Revocation over real sockets: by token, credential and subject, on every instance, over a restart.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { redisReplayMemory } from '@castellan/guard/authenticate';
import { RevocationFile, RevocationList } from '@castellan/guard/revocation';
import { send } from './client.ts';
import { guarded, identity } from './guarded.ts';
import { startRedis, type RedisServer } from './redis.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-revocation-'));
after(() => rmSync(folder, { recursive: true }));

const status = async (url: string, token: string): Promise<number> => (await send(url, '/v1/me', { token })).status;

/** Milliseconds until the token is refused; asked every 20 ms. */
async function untilRefused(url: string, token: string): Promise<number> {
  const started = performance.now();
  while (performance.now() - started < 5000) {
    if ((await status(url, token)) === 401) return performance.now() - started;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return Number.POSITIVE_INFINITY;
}

test('a token, a credential and a subject are refused at once, though they are remembered', async () => {
  const server = await guarded({});
  try {
    const [first, second, third] = await Promise.all([
      identity.token({ jti: 'one' }),
      identity.token({ jti: 'two' }),
      identity.token({ jti: 'three', sub: 'bob', iat: Math.floor(Date.now() / 1000) - 10 }),
    ]);
    for (const token of [first, second, third]) assert.equal(await status(server.url, token), 200);
    await server.guard.revocations.revoke({ kind: 'token', id: 'one' });
    await server.guard.revocations.revoke({ kind: 'subject', id: 'bob', at: Date.now() - 5000 });
    assert.deepEqual(
      [await status(server.url, first), await status(server.url, second), await status(server.url, third)],
      [401, 200, 401],
    );
    assert.equal(server.events.at(-1)?.unmapped.castellan.refused?.reason, 'credential-revoked');
    // What bob is given afterwards is a new beginning.
    assert.equal(await status(server.url, await identity.token({ sub: 'bob' })), 200);
  } finally {
    await server.close();
  }
});

// promise: revoked-everywhere
test('the file is in force on every instance within 2 s and after a restart', async (context) => {
  const file = join(folder, 'revocations.jsonl');
  const servers = await Promise.all([guarded({ revocation: { file } }), guarded({ revocation: { file } })]);
  const token = await identity.token({ jti: 'shared' });
  try {
    for (const server of servers) assert.equal(await status(server.url, token), 200);
    new RevocationFile(file).append({ kind: 'token', id: 'shared', at: Date.now() });
    const took = await Promise.all(servers.map((server) => untilRefused(server.url, token)));
    context.diagnostic(`file: in force after ${took.map((one) => `${Math.round(one)} ms`).join(' and ')}`);
    for (const one of took) assert.ok(one <= 2000, `${one} ms`);
    assert.equal(statSync(file).mode & 0o777, 0o600);
  } finally {
    for (const server of servers) await server.close();
  }
  const restarted = await guarded({ revocation: { file } });
  try {
    assert.equal(await status(restarted.url, token), 401);
  } finally {
    await restarted.close();
  }
});

test('a list that cannot be read is no empty list', async () => {
  const file = join(folder, 'broken.jsonl');
  writeFileSync(file, '{"kind":"token","id":"a","at":1}\nnonsense\n');
  await assert.rejects(guarded({ revocation: { file } }), /broken\.jsonl:2:1: this line is no revocation/);
});

test('what has run out by itself is dropped, and nothing else', async () => {
  const file = join(folder, 'compact.jsonl');
  const list = new RevocationFile(file);
  list.append({ kind: 'token', id: 'old', at: 1, until: 1_800_000_001_000 });
  list.append({ kind: 'token', id: 'new', at: 1, until: 1_800_000_003_000 });
  list.append({ kind: 'subject', id: 'ada', at: 1 });
  await list.compact(1_800_000_002_000);
  assert.deepEqual(
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: string }).id),
    ['new', 'ada'],
  );
});

describe('Redis', async () => {
  let redis: RedisServer | undefined;
  before(async () => {
    redis = await startRedis();
  });
  after(() => redis?.close());

  // promise: revoked-everywhere
  test('revoked on one instance, in force on all within 2 s, and on one that starts later', async (context) => {
    if (redis === undefined) return context.skip('redis-server is not installed');
    const connections = [redis.connect(), redis.connect(), redis.connect()];
    const [a, b, c] = connections.map(({ command }) => command);
    const servers = await Promise.all([guarded({ revocation: { redis: a } }), guarded({ revocation: { redis: b } })]);
    const token = await identity.token({ jti: 'everywhere' });
    try {
      for (const server of servers) assert.equal(await status(server.url, token), 200);
      await servers[0]?.guard.revocations.revoke({ kind: 'token', id: 'everywhere' });
      assert.equal(await status(servers[0]?.url ?? '', token), 401);
      const took = await untilRefused(servers[1]?.url ?? '', token);
      context.diagnostic(`Redis: in force on the other instance after ${Math.round(took)} ms`);
      assert.ok(took <= 2000, `${took} ms`);
      const late = await guarded({ revocation: { redis: c } });
      assert.equal(await status(late.url, token), 401);
      await late.close();
    } finally {
      for (const server of servers) await server.close();
      for (const connection of connections) connection.close();
    }
  });

  test('without Redis the last list stays in force, and that is said', async () => {
    let broken = false;
    const list = new RevocationList({
      redis: async ([name]) => {
        if (broken) throw new Error('connection lost');
        return name === 'XRANGE' ? [['1-0', ['entry', '{"kind":"subject","id":"ada","at":9e12}']]] : '1-0';
      },
    });
    await list.open();
    broken = true;
    await list.refresh();
    assert.equal(list.size, 1);
    assert.match(list.notices[0]?.message ?? '', /does not answer \(connection lost\)/);
    await list.close();
  });

  test('a proof that one instance took is used up on all; without Redis none is taken', async (context) => {
    if (redis === undefined) return context.skip('redis-server is not installed');
    const connections = [redis.connect(), redis.connect()];
    const [a, b] = connections.map(({ command }) => redisReplayMemory(command));
    assert.equal(await a?.use('proof', 60_000, 0), 'fresh');
    assert.equal(await b?.use('proof', 60_000, 0), 'used');
    for (const connection of connections) connection.close();
    const broken = redisReplayMemory(() => Promise.reject(new Error('connection lost')));
    assert.equal(await broken.use('proof', 60_000, 0), 'full');
  });
});
