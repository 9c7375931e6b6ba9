import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ends } from '../state/memory/ends.ts';
import { Gcra } from './gcra.ts';

test('a caller gets the whole burst at once, then one call per interval', () => {
  const limiter = new Gcra({ rate: { count: 3, seconds: 60 } });
  for (let i = 0; i < 3; i++) assert.equal(limiter.take('a', 0), undefined);
  const refused = limiter.take('a', 0);
  assert.deepEqual(refused, { allowed: false, remaining: 0, retryAfterSeconds: 20, resetSeconds: 60 });
  assert.equal(limiter.take('a', 20_000), undefined);
  assert.notEqual(limiter.take('a', 20_001), undefined);
});

test('a refused call takes nothing, so that waiting as told always helps', () => {
  const limiter = new Gcra({ rate: { count: 1, seconds: 10 } });
  limiter.take('a', 0);
  for (let i = 0; i < 100; i++) assert.notEqual(limiter.take('a', 9_000), undefined);
  assert.equal(limiter.take('a', 10_000), undefined);
});

test('callers do not share an allowance', () => {
  const limiter = new Gcra({ rate: { count: 1, seconds: 60 } });
  assert.equal(limiter.take('a', 0), undefined);
  assert.equal(limiter.take('b', 0), undefined);
});

test('a costly call takes as many units as it costs', () => {
  const limiter = new Gcra({ rate: { count: 10, seconds: 10 } });
  assert.equal(limiter.take('a', 0, 6), undefined);
  assert.equal(limiter.take('a', 0, 5)?.remaining, 4);
  assert.equal(limiter.take('a', 0, 4), undefined);
});

test('a clock that is moved back locks nobody out', () => {
  const limiter = new Gcra({ rate: { count: 1, seconds: 10 } });
  limiter.take('a', 100_000_000);
  assert.equal(limiter.wait('a', 100_000_000), 10);
  assert.equal(limiter.wait('a', 0), 0);
  assert.equal(limiter.take('a', 0), undefined);
  assert.equal(limiter.take('a', 0)?.retryAfterSeconds, 10);
});

test('counters of one name are one, also where the number of instances that share the rate changes', () => {
  for (const [first, then] of [
    [1, 2],
    [2, 1],
    [4, 3],
    [3, 64],
  ] as const) {
    const ends = new Ends();
    let through = 0;
    for (const instances of [first, then, first, then]) {
      const [rate, burst] = [{ count: 20 / instances, seconds: 36_000 }, Math.max(1, Math.floor(20 / instances))];
      const part = new Gcra({ rate, burst, longest: 1800 * 1000 * 1000, ends, name: 'calls' });
      for (let i = 0; i < 40; i++) if (part.take('ada', 1e12) === undefined) through += 1;
    }
    assert.ok(through <= 20, `${first} and ${then}: ${through}`);
  }
});
