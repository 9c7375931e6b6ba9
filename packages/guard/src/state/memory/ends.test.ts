// Limits against an exact model: nobody who is known is forgotten, and nobody gets more because there are many.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Attempts } from '../../authenticate/attempts.ts';
import { Gcra } from '../../limits/gcra.ts';
import { LocalState } from '../local-state.ts';
import { Ends } from './ends.ts';
import { KeyHash } from './key-hash.ts';
import { LocalTally } from './local-tally.ts';

/** The algorithm as it is written down, with a map that forgets nothing. */
class Exact {
  readonly #arrivals = new Map<string, number>();
  readonly #interval: number;
  readonly #tolerance: number;

  constructor(count: number, seconds: number) {
    this.#interval = (seconds * 1000) / count;
    this.#tolerance = this.#interval * count;
  }

  take(key: string, now: number, cost: number): boolean {
    const next = Math.max(now, this.#arrivals.get(key) ?? now) + this.#interval * cost;
    if (next - now > this.#tolerance + 1e-6) return false;
    this.#arrivals.set(key, next);
    return true;
  }
}

const start = 1e12;
const calls = fc.array(fc.record({ key: fc.nat(5000), later: fc.nat(400), cost: fc.integer({ min: 1, max: 3 }) }), {
  minLength: 2000,
  maxLength: 6000,
});
const rates = fc.constantFrom([1, 1], [3, 10], [5, 3600], [100, 60], [2, 86_400]) as fc.Arbitrary<[number, number]>;

describe('counters in tables', () => {
  test('decide as the exact model does, call by call, while there is room', () => {
    fc.assert(
      fc.property(rates, calls, ([count, seconds], made) => {
        const [counter, exact] = [new Gcra({ rate: { count, seconds } }), new Exact(count, seconds)];
        let now = start;
        for (const { key, later, cost } of made) {
          now += later;
          const name = `caller ${key}`;
          assert.equal(counter.take(name, now, cost) === undefined, exact.take(name, now, cost));
        }
      }),
      { numRuns: 10, seed: 16 },
    );
  });

  // promise: full-counters
  test('full: those who were there first are decided exactly, and nobody gets more than the model gives', () => {
    fc.assert(
      fc.property(rates, calls, ([count, seconds], made) => {
        const counter = new Gcra({ rate: { count, seconds }, ends: new Ends({ slots: 512 }), name: 'small' });
        const [exact, bound] = [new Exact(count, seconds), new Exact(count, seconds)];
        let now = start;
        for (let i = 0; i < 100; i++)
          assert.equal(counter.take(`known ${i}`, now) === undefined, exact.take(`known ${i}`, now, 1));
        for (const { key, later, cost } of made) {
          now += Math.floor(later / 100);
          const through = counter.take(`new ${key}`, now, cost) === undefined;
          // What was let through fits the model that saw only that.
          if (through) assert.ok(bound.take(`new ${key}`, now, cost), `new ${key} got more`);
          const known = `known ${key % 100}`;
          assert.equal(counter.take(known, now, cost) === undefined, exact.take(known, now, cost), known);
        }
      }),
      { numRuns: 10, seed: 16 },
    );
  });

  test('a million callers have each their own, and two million more make none of them forgotten', () => {
    const counter = new Gcra({ rate: { count: 10, seconds: 86_400 } });
    const name = (i: number): string => `2001:db8:${(i >> 8).toString(16)}:${(i & 255).toString(16)}::`;
    const all = 1_000_000;
    const through = (cost: number): number => {
      let count = 0;
      for (let i = 0; i < all; i++) if (counter.take(name(i), start, cost) === undefined) count += 1;
      return count;
    };
    assert.equal(through(10), all);
    for (let i = 0; i < 2_000_000; i++) counter.take(`random ${i}`, start);
    assert.equal(through(1), 0, 'forgotten');
    // When it is over for all of them there is room again.
    assert.equal(counter.take('late', start + 86_400_001, 10), undefined);
  });

  test('what is over is as good as new, and its place is used again', () => {
    const ends = new Ends();
    const counter = new Gcra({ rate: { count: 1, seconds: 1 }, ends });
    for (let second = 0; second < 50; second++)
      for (let i = 0; i < 1000; i++) assert.equal(counter.take(`${second} ${i}`, start + second * 1001), undefined);
    assert.ok(ends.table.bytes < 200_000, `${ends.table.bytes} bytes`);
  });

  test('counters of different lengths that overflow do not mix', () => {
    const ends = new Ends({ slots: 512 });
    const day = new Gcra({ rate: { count: 1, seconds: 86_400 }, ends, name: 'day' });
    const second = new Gcra({ rate: { count: 1, seconds: 1 }, ends, name: 'second' });
    for (let i = 0; i < 100_000; i++) day.take(`caller ${i}`, start);
    let through = 0;
    for (let i = 0; i < 1000; i++) if (second.take(`caller ${i}`, start) === undefined) through += 1;
    assert.ok(through > 900, `${through}`);
    for (let i = 0; i < 1000; i++) assert.notEqual(day.take(`caller ${i}`, start), undefined);
  });
});

describe('floods of new keys', () => {
  const floods: Readonly<Record<string, (i: number) => [account: string, address: string]>> = {
    'IPv6 networks': (i) => ['root', `2001:${(i >> 16).toString(16)}:${(i & 0xffff).toString(16)}::1`],
    'random accounts': (i) => [`user ${i}`, '198.51.100.1'],
    both: (i) => [`user ${i}`, `2001:${(i >> 16).toString(16)}:${(i & 0xffff).toString(16)}::1`],
  };
  for (const [what, made] of Object.entries(floods))
    test(`${what}: who waits goes on waiting, and who is known stays known`, () => {
      const attempts = new Attempts(new LocalState(() => start));
      const own = attempts.begin('ada', '192.0.2.7', start);
      assert.ok(typeof own === 'object');
      own.ended(true);
      for (let i = 0; i < 8; i++) attempts.begin('bob', '192.0.2.9', start);
      for (let i = 0; i < 40; i++) attempts.wrongKey('192.0.2.9', start);
      const before = [attempts.wait('bob', '192.0.2.9', start), attempts.keyWait('192.0.2.9', start)];
      assert.ok(before.every((wait) => wait > 0));
      for (let i = 0; i < 60_000; i++) {
        const [account, address] = made(i);
        attempts.begin(account, address, start);
        attempts.wrongKey(address, start);
      }
      assert.deepEqual([attempts.wait('bob', '192.0.2.9', start), attempts.keyWait('192.0.2.9', start)], before);
      assert.equal(attempts.isKnown('ada', '192.0.2.7', start), true);
      assert.equal(attempts.wait('ada', '192.0.2.7', start), 0);
    });
  test('a place that came when all was full gets no more guesses than another', () => {
    const small = new Ends({ slots: 512, counted: true });
    const attempts = new Attempts({ tally: (name, lasts) => new LocalTally(name, lasts, small) });
    for (let i = 0; i < 5000; i++) attempts.begin(`user ${i}`, `2001:db8:${i.toString(16)}::1`, start);
    let tried = 0;
    for (let i = 0; i < 100; i++) if (typeof attempts.begin('ada', '203.0.113.5', start) === 'object') tried += 1;
    assert.ok(tried <= 6, `${tried}`);
  });
});

describe('the hash of keys', () => {
  test('has no two alike among many, and no bit that stands still', () => {
    const hash = new KeyHash([1, 2]);
    const seen = new Set<bigint>();
    const ones = Array.from({ length: 64 }, () => 0);
    const count = 200_000;
    for (let i = 0; i < count; i++) {
      hash.of(`caller ${i}`);
      const value = (BigInt(hash.high >>> 0) << 32n) | BigInt(hash.low >>> 0);
      seen.add(value);
      for (let bit = 0; bit < 32; bit++) {
        ones[bit] = (ones[bit] ?? 0) + ((hash.low >>> bit) & 1);
        ones[bit + 32] = (ones[bit + 32] ?? 0) + ((hash.high >>> bit) & 1);
      }
    }
    assert.equal(seen.size, count);
    for (const [bit, sum] of ones.entries()) assert.ok(Math.abs(sum / count - 0.5) < 0.01, `bit ${bit}`);
  });
  test('tells texts apart that differ in anything, and secrets', () => {
    const of = (text: string, key: readonly [number, number] = [7, 9]): string => {
      const hash = new KeyHash(key);
      hash.of(text);
      return `${hash.high} ${hash.low}`;
    };
    const texts = ['', '\0', '\0\0', 'a', 'a\0', 'ab', 'ba', 'abc', 'ab\u0100', 'a'.repeat(128), 'a'.repeat(256)];
    assert.equal(new Set(texts.map((text) => of(text))).size, texts.length);
    assert.notEqual(of('a'), of('a', [7, 10]));
    assert.equal(of('a'), of('a'));
  });
});
