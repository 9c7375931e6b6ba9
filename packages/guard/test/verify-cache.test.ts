// What a verifier of one's own said holds for as long as was written: good answers only, one question at a time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { send } from './client.ts';
import { guarded } from './guarded.ts';

const api = (verify: (credential: string) => unknown, cache: number | string | undefined, clock: () => number) =>
  guarded({
    authentication: { token: { verify: verify as never, ...(cache === undefined ? {} : { cache: cache as number }) } },
    clock,
    limits: { perAddress: 'off', perPrincipal: 'off' },
  });
const path = '/v1/orders?limit=5';

test('a good answer holds for the seconds that were written', async () => {
  for (const [cache, expected] of [
    [undefined, 3],
    [0, 3],
    [10, 2],
    ['10s', 2],
    ['1 hour', 1],
  ] as const) {
    let now = 1_800_000_000_000;
    let asked = 0;
    const server = await api(
      (token) => (token === 'good' ? ((asked += 1), { subject: 'ada' }) : undefined),
      cache,
      () => now,
    );
    try {
      for (const later of [0, 9_999, 2]) {
        now += later;
        assert.equal((await send(server.url, path, { token: 'good' })).status, 200);
      }
      assert.equal(asked, expected, String(cache));
    } finally {
      await server.close();
    }
  }
});

test('never past its end, never a refusal, never a failure; many at once are one question', async () => {
  const now = { at: 1_800_000_000_000 };
  const asked: string[] = [];
  let release = (): void => {};
  const server = await api(
    async (token) => {
      asked.push(token);
      if (token === 'ends') return { subject: 'ada', expiresAt: now.at / 1000 + 2 };
      if (token === 'slow') await new Promise<void>((resolve) => (release = resolve));
      if (token === 'throws') throw new Error('no');
      return token === 'slow' ? { subject: 'bob' } : undefined;
    },
    60,
    () => now.at,
  );
  const status = async (token: string) => (await send(server.url, path, { token })).status;
  const count = (token: string) => asked.filter((one) => one === token).length;
  try {
    assert.deepEqual([await status('ends'), await status('ends'), count('ends')], [200, 200, 1]);
    now.at += 3000;
    assert.deepEqual([await status('ends'), count('ends')], [200, 2]);
    assert.deepEqual([await status('bad'), await status('bad'), count('bad')], [401, 401, 2]);
    assert.deepEqual([await status('throws'), await status('throws'), count('throws')], [401, 401, 2]);
    const several = [1, 2, 3, 4].map(() => status('slow'));
    while (count('slow') === 0) await new Promise((resolve) => setImmediate(resolve));
    release();
    assert.deepEqual(await Promise.all(several), [200, 200, 200, 200]);
    assert.equal(count('slow'), 1);
  } finally {
    await server.close();
  }
});

test('a revoked subject is refused at once', async () => {
  const server = await api((token) => (token === 'good' ? { subject: 'ada' } : undefined), 3600, Date.now);
  try {
    assert.equal((await send(server.url, path, { token: 'good' })).status, 200);
    await server.guard.revocations.revoke({ kind: 'subject', id: 'ada' });
    assert.equal((await send(server.url, path, { token: 'good' })).status, 401);
  } finally {
    await server.close();
  }
});
