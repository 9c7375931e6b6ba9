// Days of traffic, generated: honest callers never meet the limit that is proposed, and attackers do not raise it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ObservedCall } from './observed.ts';
import { peakOf, rounded } from './peaks.ts';
import { limitsOverlay, proposeLimits } from './propose.ts';

/** Numbers that are the same each time (mulberry32). */
function random(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const day = 86_400_000;
const start = Date.parse('2026-11-25T00:00:00Z');

/** A day of honest callers: bursts of calls, some callers much busier than others. */
function honestDay(seed: number, callers: number): ObservedCall[] {
  const next = random(seed);
  const calls: ObservedCall[] = [];
  for (let at = 0; at < callers; at++) {
    const busy = Math.exp(next() * 2.5);
    for (let burst = 0; burst < 4 + next() * 8; burst++) {
      let time = start + next() * day;
      for (let call = 0; call < 1 + busy * next() * 3; call++) {
        calls.push({
          call: 'GET /orders',
          operation: 'listOrders',
          known: true,
          caller: `i user${at}`,
          time,
          refused: next() < 0.02,
        });
        time += 500 + next() * 4000;
      }
    }
  }
  return calls;
}

type Attack = (next: () => number) => ObservedCall[];
const attackCall = (caller: string, time: number, refused = false): ObservedCall => ({
  call: 'GET /orders',
  operation: 'listOrders',
  known: true,
  caller,
  time,
  refused,
});
const attacks: Readonly<Record<string, Attack>> = {
  'one scraper all day': () => Array.from({ length: 40_000 }, (_, at) => attackCall('i eve', start + at * 2000)),
  'one scraper in one minute': () => Array.from({ length: 5000 }, (_, at) => attackCall('i eve', start + at * 12)),
  'a tenth of all accounts, stolen': () =>
    Array.from({ length: 20 }, (_, who) =>
      Array.from({ length: 1000 }, (_, at) => attackCall(`i stolen${who}`, start + at * 50)),
    ).flat(),
  'somebody who is refused each time': () =>
    Array.from({ length: 3000 }, (_, at) => attackCall('i eve', start + at * 3000, true)),
};

function perMinute(calls: readonly ObservedCall[]): number {
  const [limit] = proposeLimits(calls).limits;
  return Number(limit?.rates[0]?.split('/')[0]);
}

/** Peaks of a minute by caller. */
function peaks(calls: readonly ObservedCall[]): number[] {
  const times = new Map<string, number[]>();
  for (const { caller, time } of calls) times.set(caller, [...(times.get(caller) ?? []), time]);
  return [...times.values()].map((one) =>
    peakOf(
      one.toSorted((a, b) => a - b),
      60_000,
    ),
  );
}

for (const seed of [1, 2, 3, 4, 5])
  test(`honest callers never meet it, day ${seed}`, () => {
    const calls = honestDay(seed, 200);
    const limit = perMinute(calls);
    const all = peaks(calls);
    assert.ok(all.filter((peak) => peak > limit).length <= 0.001 * all.length);
    assert.ok(limit <= Math.max(...all) * 2.5 + 5, `${limit} for a peak of ${Math.max(...all)}`);
  });

for (const [name, attack] of Object.entries(attacks))
  test(`raised by no attack: ${name}`, () => {
    for (const seed of [1, 2, 3]) {
      const calls = honestDay(seed, 200);
      const mixed = [...calls, ...attack(random(seed))];
      assert.equal(perMinute(mixed), perMinute(calls), `day ${seed}`);
      const [limit] = proposeLimits(mixed).limits;
      assert.match(limit?.reason ?? '', /left out, whose calls look like an attack/);
      assert.ok(limit?.leftOut.some(({ caller }) => /eve|stolen/.test(caller)));
    }
  });

test('few callers are no ground, and callers whom nobody knows count by address', () => {
  const calls = honestDay(1, 4);
  assert.deepEqual(proposeLimits(calls).limits, []);
  assert.match(proposeLimits(calls).without[0]?.why ?? '', /4 callers are too few/);
  const strangers = honestDay(1, 50).map((call) => ({
    ...call,
    known: false,
    caller: call.caller.replace('i ', 'address '),
  }));
  assert.equal(proposeLimits(strangers).limits[0]?.by, 'address');
});

test('the overlay says each limit and why, in a way that a document takes', () => {
  const calls = honestDay(1, 50).map((call) => ({ ...call, call: "POST /o'brien/{id}" }));
  const { actions } = limitsOverlay(proposeLimits(calls)) as {
    actions: { target: string; description: string; update: { 'x-castellan': { rateLimit: unknown } } }[];
  };
  assert.equal(actions[0]?.target, "$.paths['/o\\'brien/{id}'].post");
  assert.match(actions[0]?.description ?? '', /of 50 callers 99\.9 % called at most \d+ times/);
  assert.match(JSON.stringify(actions[0]?.update), /"rate":"\d+\/minute","by":"principal"/);
});

test('numbers are rounded up to what people write', () => {
  for (const [count, written] of [
    [1, 1],
    [5, 5],
    [7, 8],
    [11, 15],
    [16, 20],
    [101, 150],
    [1000, 1000],
    [1001, 1500],
  ] as const)
    assert.equal(rounded(count), written);
});
