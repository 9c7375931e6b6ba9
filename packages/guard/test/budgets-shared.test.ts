// Different objects over several instances that share one Redis: they are counted once, whichever instance hands them out.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answer, limitsApi, type LimitsApi } from './limits-api.ts';
import { startRedis, type RedisServer } from './redis.ts';

let redis: RedisServer | undefined;
const ends: (() => unknown)[] = [];
before(async () => {
  redis = await startRedis();
});
after(async () => {
  for (const end of ends.toReversed()) await end();
  await redis?.close();
});

const paths = {
  '/things/{id}': {
    parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }],
    get: {
      responses: answer({
        type: 'object',
        'x-castellan': { resource: 'Thing' },
        properties: { id: { type: 'integer' } },
      }),
    },
  },
};

async function instances(count: number, budget: object, prefix: string): Promise<LimitsApi[]> {
  const all: LimitsApi[] = [];
  for (let at = 0; at < count; at++) {
    const { command, close } = (redis as RedisServer).connect();
    const api = await limitsApi(paths, (_, { parameters }) => Response.json({ id: Number(parameters.path['id']) }), {
      castellan: { budget },
      options: { state: { redis: command, prefix, timeout: 5000 } },
      start: Date.now(),
    });
    all.push(api);
    ends.push(close, api.end);
  }
  return all;
}

// promise: shared-limits-exact
test('four instances hand out no more than one', async (t) => {
  if (redis === undefined) return t.skip('redis-server is not installed');
  const all = await instances(4, { objects: { Thing: '200/day' } }, 'one:');
  let handed = 0;
  for (let id = 0; id < 400; id++)
    if ((await all[id % 4]?.call(`GET /things/${id}`, { as: 'ada' })) === 200) handed += 1;
  // The standard error of a HyperLogLog is 0.81 %.
  assert.ok(handed >= 194 && handed <= 206, `${handed} objects`);
  // What was had may be had again, from any of them.
  for (let id = 0; id < 100; id++) assert.equal(await all[(id + 1) % 4]?.call(`GET /things/${id}`, { as: 'ada' }), 200);
  assert.equal(await all[0]?.call('GET /things/1000', { as: 'bob' }), 200);
  const limits = await all[2]?.guard.limitsOf({ subject: 'ada', issuer: 'key' });
  assert.ok((limits?.find(({ what }) => what === 'objects')?.remaining ?? 99) <= 6);
});

// promise: state-away
test('while Redis is away each instance counts its part, and nobody waits', async (t) => {
  if (redis === undefined) return t.skip('redis-server is not installed');
  const all = await instances(2, { objects: { Thing: '20/day' } }, 'away:');
  await all[0]?.call('GET /things/1', { as: 'ada' });
  // Both are known to be there.
  await new Promise((resolve) => void setTimeout(resolve, 700));
  redis.signal('SIGSTOP');
  try {
    let handed = 0;
    for (let id = 0; id < 100; id++)
      if ((await all[id % 2]?.call(`GET /things/${id}`, { as: 'eve' })) === 200) handed += 1;
    assert.ok(handed > 0 && handed <= 40, `${handed} objects`);
  } finally {
    redis.signal('SIGCONT');
  }
});
