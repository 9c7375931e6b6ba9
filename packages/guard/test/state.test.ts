// One state for several instances, against a real Redis: counters, steps, used proofs and revocations.
import assert from 'node:assert/strict';
import { after, afterEach, describe, test } from 'node:test';
import type { GuardOptions } from '@castellan/guard';
import { Attempts } from '../src/authenticate/attempts.ts';
import { RevocationList } from '../src/revocation/index.ts';
import { RedisState } from '../src/state/redis/redis-state.ts';
import type { Counter } from '../src/state/counter.ts';
import { send } from './client.ts';
import { guarded, token } from './guarded.ts';
import { startRedis, type RedisServer } from './redis.ts';

const redis = await startRedis();
after(() => redis?.close());

let number = 0;
/** A place in the store that no other test uses. */
const prefix = (): string => `test${++number}:`;

interface Instance {
  readonly state: RedisState;
  readonly close: () => Promise<void>;
}

const opened: Instance[] = [];
afterEach(() => Promise.all(opened.splice(0).map(({ close }) => close())));

/** Several instances that share one place in the store, each with its own connection. */
async function instances(server: RedisServer, count: number, strict: boolean): Promise<readonly Instance[]> {
  const place = prefix();
  const made = Array.from({ length: count }, (): Instance => {
    const { command, close } = server.connect();
    const state = new RedisState(command, { prefix: place, strict, timeout: 200, disconnect: close }, Date.now);
    return { state, close: () => state.close() };
  });
  opened.push(...made);
  for (const { state } of made) await state.open();
  // Who came first counts who came later at its next look.
  for (const { state } of made) await state.open();
  return made;
}

/** How many of `calls` were let through, asked of the instances in turn, all at once. */
async function letThrough(counters: readonly Counter[], calls: number, key: string, cost = 1): Promise<number> {
  const answers = await Promise.all(
    Array.from({ length: calls }, (_, call) => counters[call % counters.length]?.take(key, cost)),
  );
  return answers.filter((answer) => answer === undefined).length;
}

async function until(holds: () => boolean): Promise<void> {
  const started = performance.now();
  while (!holds()) {
    assert.ok(performance.now() - started < 10_000, 'it does not become true');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

// promise: shared-limits-exact
describe(
  'a counter that four instances share',
  { skip: redis === undefined && 'redis-server is not installed' },
  () => {
    const server = redis as RedisServer;
    for (const burst of [1, 3, 10, 100, 1000]) {
      test(`strict: exactly ${burst} of ${burst * 4} go through, whatever the order`, async () => {
        const four = await instances(server, 4, true);
        const counters = four.map(({ state }) => state.counter('calls', { count: burst, seconds: 36_000 }));
        assert.equal(await letThrough(counters, burst * 2, 'ada'), burst);
        assert.equal(await letThrough(counters, burst * 2, 'ada'), 0);
        assert.equal(await letThrough(counters, burst * 2, 'bob'), burst, 'another caller has its own');
        await Promise.all(four.map(({ close }) => close()));
      });
      test(`shares: never more than ${burst}, and what is out of reach is at most a share for each of the others`, async () => {
        const four = await instances(server, 4, false);
        const counters = four.map(({ state }) => state.counter('calls', { count: burst, seconds: 36_000 }));
        const share = counters[0]?.share ?? 0;
        let through = 0;
        for (let round = 0; round < 8; round++) through += await letThrough(counters, burst, 'ada');
        assert.ok(through <= burst && through >= burst - 3 * share, `${through} of ${burst}, share ${share}`);
        await Promise.all(four.map(({ close }) => close()));
      });
    }
    test('what an instance did not use is given back when it ends', async () => {
      const [one, two] = (await instances(server, 2, false)) as [Instance, Instance];
      const rate = { count: 400, seconds: 36_000 };
      const held = one.state.counter('calls', rate);
      assert.equal(await held.take('ada'), undefined);
      assert.ok(held.share > 1);
      await one.close();
      assert.equal(await letThrough([two.state.counter('calls', rate)], 1000, 'ada'), 399);
      await two.close();
    });
    test('a call that costs more is weighed whole, and one that fits after it goes through', async () => {
      const [one, two] = (await instances(server, 2, false)) as [Instance, Instance];
      const rate = { count: 10, seconds: 36_000 };
      const counters = [one, two].map(({ state }) => state.counter('calls', rate));
      assert.equal(await counters[0]?.take('ada', 6), undefined);
      const refused = await counters[1]?.take('ada', 5);
      assert.equal(refused?.allowed, false);
      assert.ok((refused?.retryAfterSeconds ?? 0) > 3000);
      await Promise.all([one, two].map(({ close }) => close()));
    });
    test('a stream is ahead of the store by a quarter of the burst at most, and what fits is never refused', async () => {
      const [one, two] = (await instances(server, 2, false)) as [Instance, Instance];
      const rate = { count: 1000, seconds: 36_000 };
      const counters = [one, two].map(({ state }) => state.counter('bytes', rate));
      let spent = 0;
      for (let item = 0; item < 3000; item++) {
        const counter = counters[item % 2] as Counter;
        if (counter.spend('ada', 1) === undefined) spent += 1;
        // Both connections were answered up to here.
        if (item % 10 === 0) await Promise.all([one, two].map(({ state }) => state.steps.has('nothing')));
      }
      assert.ok(spent >= 1000 - (counters[0]?.share ?? 0) && spent <= 1000 + 2 * 251, `${spent}`);
      let atOnce = 0;
      for (let item = 0; item < 3000; item++) if (counters[0]?.spend('bob', 1) === undefined) atOnce += 1;
      assert.ok(atOnce > 0 && atOnce <= 251, `${atOnce}`);
    });
    test('in the store stand no names of callers', async () => {
      const [one] = (await instances(server, 1, true)) as [Instance];
      await one.state.counter('principal', { count: 5, seconds: 60 }).take('issuer ada@example.com');
      one.state.steps.add('shop pay ada@example.com');
      const { command, close } = server.connect();
      assert.doesNotMatch(JSON.stringify(await command(['KEYS', '*'])), /ada@|example|issuer|shop/);
      close();
      await one.close();
    });
  },
);

describe(
  'wrong guesses and running calls that four instances share',
  { skip: redis === undefined && 'redis-server is not installed' },
  () => {
    const server = redis as RedisServer;
    const address = (i: number): string => `192.0.2.${i}`;
    test('guesses spread over instances are as many as at one', async () => {
      const four = (await instances(server, 4, false)).map(({ state }) => new Attempts(state));
      let tried = 0;
      for (let guess = 0; guess < 100; guess++) {
        const attempts = four[guess % 4] as Attempts;
        await attempts.refresh('ada', address(1));
        if (typeof attempts.begin('ada', address(1), Date.now()) === 'object') tried += 1;
      }
      // Five are forgiven and the sixth makes wait: `Attempts` alone lets as many through.
      assert.equal(tried, 6);
      for (const attempts of four) {
        await attempts.refresh('bob', address(2));
        assert.equal(attempts.wait('bob', address(2), Date.now()), 0, 'others do not wait');
      }
    });
    test('who was right at one is known and forgiven at the others', async () => {
      const [one, two] = (await instances(server, 2, false)).map(({ state }) => new Attempts(state)) as [
        Attempts,
        Attempts,
      ];
      for (let guess = 0; guess < 5; guess++) two.begin('ada', address(3), Date.now());
      await one.refresh('ada', address(3));
      const right = one.begin('ada', address(3), Date.now());
      assert.ok(typeof right === 'object');
      right.ended(true);
      await one.refresh('ada', address(3));
      await two.refresh('ada', address(3));
      assert.equal(two.isKnown('ada', address(3), Date.now()), true);
      for (let guess = 0; guess < 6; guess++) assert.equal(typeof two.begin('ada', address(3), Date.now()), 'object');
    });
    test('wrong keys count for all as soon as the store has answered', async () => {
      const two = await instances(server, 2, false);
      const attempts = two.map(({ state }) => new Attempts(state));
      let free = 0;
      for (let guess = 0; guess < 60; guess++) {
        if (attempts[guess % 2]?.wrongKey(address(4), Date.now()) === undefined) free += 1;
        await Promise.all(two.map(({ state }) => state.steps.has('nothing')));
      }
      assert.ok(free >= 20 && free <= 21, `${free}`);
    });
    for (const limit of [1, 2, 5])
      test(`${limit} calls at once are ${limit} on all together, and each that ends makes room for one`, async () => {
        const four = await instances(server, 4, false);
        const all = await Promise.all(
          Array.from({ length: 40 }, (_, call) => four[call % 4]?.state.leases.take('export ada', limit)),
        );
        const taken = all.filter((release) => release !== undefined);
        assert.equal(taken.length, limit);
        assert.notEqual(await four[0]?.state.leases.take('export bob', limit), undefined);
        for (const release of taken) {
          release();
          release();
          await four[0]?.state.steps.has('nothing');
          await Promise.all(four.map(({ state }) => state.steps.has('nothing')));
          const again = await four[3]?.state.leases.take('export ada', limit);
          assert.notEqual(again, undefined);
          assert.equal(await four[1]?.state.leases.take('export ada', limit), undefined, 'no more than one');
        }
      });
    test('an instance that was killed holds its place until the lease ends, and one that ends gives it back', async () => {
      const [one, two, three] = (await instances(server, 3, false)) as [Instance, Instance, Instance];
      assert.notEqual(await one.state.leases.take('export ada', 2), undefined);
      assert.notEqual(await three.state.leases.take('export ada', 2), undefined);
      assert.equal(await two.state.leases.take('export ada', 2), undefined);
      await three.close();
      assert.notEqual(await two.state.leases.take('export ada', 2), undefined);
      const { command, close } = server.connect();
      const [name = ''] = (await command(['KEYS', `test${number}:l:*`])) as string[];
      const left = Number(await command(['PTTL', name]));
      assert.ok(left > 0 && left <= 15_000, `${left} ms`);
      // As if fifteen seconds had passed in the store.
      for (const member of (await command(['ZRANGE', name, '0', '-1'])) as string[])
        await command(['ZADD', name, '1', member]);
      close();
      assert.notEqual(await two.state.leases.take('export ada', 1 + 2), undefined);
    });
  },
);

// promise: state-away
describe('a store that goes away', { skip: redis === undefined && 'redis-server is not installed' }, () => {
  const server = redis as RedisServer;
  test('silent: everything goes on under each instance’s part of the limit, and comes together again', async () => {
    const two = (await instances(server, 2, false)) as [Instance, Instance];
    const rate = { count: 20, seconds: 36_000 };
    const counters = two.map(({ state }) => state.counter('calls', rate));
    const warnings: string[] = [];
    const listen = (warning: Error & { code?: string }): void => void warnings.push(warning.code ?? '');
    process.on('warning', listen);
    server.signal('SIGSTOP');
    try {
      const through = await letThrough(counters, 200, 'ada');
      assert.equal(through, 20, 'ten at each of two');
      assert.equal(two[0].state.notices[0]?.code, 'state-away');
      assert.match(two[0].state.notices[0]?.message ?? '', /each of 2 instances/);
      const started = performance.now();
      for (let call = 0; call < 1000; call++) assert.ok(!(counters[0]?.take(`caller${call}`) instanceof Promise));
      assert.ok(performance.now() - started < 5000, 'nobody waits for a store that is away');
      assert.equal(await two[0].state.steps.has('a step'), 'unknown');
    } finally {
      server.signal('SIGCONT');
    }
    await until(() => two.every(({ state }) => state.notices.length === 0));
    assert.equal(await letThrough(counters, 200, 'bob'), 20, 'shared again');
    process.off('warning', listen);
    assert.ok(warnings.includes('state-away') && warnings.includes('state-back'), warnings.join());
  });
  test('flushed in between: a caller has at most one more allowance, and scripts are sent again', async () => {
    const [one] = (await instances(server, 1, true)) as [Instance];
    const counter = one.state.counter('calls', { count: 5, seconds: 36_000 });
    assert.equal(await letThrough([counter], 20, 'ada'), 5);
    const { command, close } = server.connect();
    await command(['FLUSHALL']);
    await command(['SCRIPT', 'FLUSH']);
    close();
    assert.ok((await letThrough([counter], 20, 'bob')) === 5);
    await one.close();
  });
});

describe('guards that share a state', { skip: redis === undefined && 'redis-server is not installed' }, () => {
  const server = redis as RedisServer;
  const connections: (() => void)[] = [];
  after(() => connections.forEach((close) => close()));
  const shared = (place: string): Partial<GuardOptions> => {
    const { command, close } = server.connect();
    connections.push(close);
    return { state: { redis: command, prefix: place } };
  };
  test('let a caller through as often as one of them would', async () => {
    const place = prefix();
    const limits = { perPrincipal: '7/hour', perAddress: '1000/minute' };
    const servers = await Promise.all([1, 2, 3].map(() => guarded({ ...shared(place), limits })));
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, call) => send(servers[call % 3]?.url ?? '', '/v1/me', { token })),
    );
    assert.equal(answers.filter(({ status }) => status === 200).length, 7);
    const refused = answers.filter(({ status }) => status === 429);
    assert.equal(refused.length, 23);
    for (const { headers } of refused) assert.ok(Number(headers['retry-after']) > 0);
    for (const one of servers) await one.close();
  });
  test('by url, with the client that is installed; a place that does not answer is told, or refused where required', async () => {
    const url = `redis://127.0.0.1:${server.port}`;
    const one = await guarded({ state: { url, prefix: prefix() } });
    assert.equal((await send(one.url, '/v1/me', { token })).status, 200);
    assert.deepEqual(
      one.guard.notices.filter(({ code }) => code === 'state-away'),
      [],
    );
    await one.close();
    const nobody = 'redis://user:secret@127.0.0.1:1';
    const alone = await guarded({ state: { url: nobody, timeout: 50 } });
    assert.equal((await send(alone.url, '/v1/me', { token })).status, 200);
    const told = alone.guard.notices.find(({ code }) => code === 'state-away')?.message ?? '';
    assert.match(told, /127\.0\.0\.1:1 does not count, .*: nobody listens there; start it/);
    assert.doesNotMatch(told, /secret/);
    await alone.close();
    await assert.rejects(guarded({ state: { url: nobody, timeout: 50, required: true } }), {
      code: 'state-unreachable',
    });
  });
  test('every one restarted in turn: no limit, revocation, used proof, step or guess is forgotten', async () => {
    const place = prefix();
    const begin = async (): Promise<Instance> => {
      const { command, close } = server.connect();
      const state = new RedisState(command, { prefix: place, timeout: 2000, disconnect: close }, Date.now);
      await state.open();
      return { state, close: () => state.close() };
    };
    const rate = { count: 3, seconds: 36_000 };
    const all = [await begin(), await begin(), await begin()];
    const [first] = all as [Instance];
    for (let call = 0; call < 3; call++) assert.equal(await first.state.counter('calls', rate).take('ada'), undefined);
    assert.equal(await first.state.replay().use('proof', Date.now() + 60_000, Date.now()), 'fresh');
    first.state.steps.add('step');
    first.state.tally('failures', 60_000).add('bob', 1, Date.now());
    const list = new RevocationList(first.state.revocation);
    await list.revoke({ kind: 'token', id: 'jti', at: Date.now() });
    await list.close();
    for (let i = 0; i < all.length; i++) {
      await all[i]?.close();
      all[i] = await begin();
    }
    for (const { state, close } of all) {
      assert.notEqual(await state.counter('calls', rate).take('ada'), undefined);
      assert.equal(await state.replay().use('proof', Date.now() + 60_000, Date.now()), 'used');
      assert.equal(await state.steps.has('step'), true);
      const tally = state.tally('failures', 60_000);
      await tally.refresh(['bob']);
      assert.equal(tally.count('bob', Date.now()), 1);
      const there = await new RevocationList(state.revocation).open();
      assert.equal(there.size, 1);
      await there.close();
      await close();
    }
  });
  test('a revocation at one is in force at the other', async () => {
    const place = prefix();
    const [one, two] = [await guarded(shared(place)), await guarded(shared(place))];
    assert.equal((await send(two.url, '/v1/me', { token })).status, 200);
    await one.guard.revocations.revoke({ kind: 'subject', id: 'ada', at: Date.now() + 1000 });
    await two.guard.revocations.refresh();
    assert.equal((await send(two.url, '/v1/me', { token })).status, 401);
    for (const server of [one, two]) await server.close();
  });
});
