// What the sketches say is held against exact counting of the same things.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Table } from '../memory/table.ts';
import { Distribution } from './distribution.ts';
import { levelOf, valueOf } from './level.ts';
import { Seen } from './seen.ts';

/** A small generator with a fixed seed: 32 unsigned bits at a time. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

test('seen: nothing that was added within the period is new, and few new things count as known', () => {
  const random = randomOf(1);
  const seen = new Seen(1000, 1 << 20);
  const exact = new Set<string>();
  let wrong = 0;
  let fresh = 0;
  for (let i = 0; i < 50_000; i++) {
    const pair = i % 3 === 2 ? [...exact][exact.size - 1] : undefined;
    const [a, b] = pair === undefined ? [random(), random()] : (pair.split(' ').map(Number) as [number, number]);
    const isNew = seen.add(a, b, i / 1000);
    const key = `${a} ${b}`;
    if (exact.has(key)) assert.equal(isNew, false, key);
    else {
      fresh += 1;
      if (!isNew) wrong += 1;
      exact.clear();
      exact.add(key);
    }
  }
  assert.ok(wrong / fresh < 0.03, `${wrong} of ${fresh}`);
});

test('seen: what was not seen for two periods is new again', () => {
  const seen = new Seen(10, 1 << 16);
  assert.equal(seen.add(1, 2, 0), true);
  assert.equal(seen.add(1, 2, 9), false);
  for (const time of [11, 22, 33]) seen.add(time, time, time);
  assert.equal(seen.add(1, 2, 40), true);
});

test('distribution: quantiles are those of the sorted values, to a level', () => {
  const random = randomOf(2);
  const exact: number[] = [];
  const distribution = new Distribution();
  for (let i = 0; i < 20_000; i++) {
    const value = Math.floor(10 ** ((random() / 2 ** 32) * 5));
    exact.push(value);
    distribution.add(levelOf(value));
  }
  exact.sort((a, b) => a - b);
  for (const share of [0.1, 0.5, 0.9, 0.99, 0.999]) {
    const right = exact[Math.floor(share * exact.length)] ?? 0;
    const level = levelOf(right);
    const said = distribution.quantile(share);
    assert.ok(said >= valueOf(level - 1) && said <= valueOf(level + 1), `${share}: ${said} beside ${right}`);
    const above = exact.filter((value) => levelOf(value) > level).length / exact.length;
    assert.ok(Math.abs(distribution.above(level) - above) < 1e-4, `${share}: above`);
  }
});

test('distribution: forgetting changes weights and no quantile', () => {
  const distribution = new Distribution();
  for (let value = 1; value <= 1000; value++) distribution.add(levelOf(value));
  const before = distribution.quantile(0.9);
  distribution.forget(0.5);
  assert.equal(distribution.quantile(0.9), before);
  assert.ok(Math.abs(distribution.total - 500) < 1e-6);
});

test('table: one slot for each key, as a map has, and nothing of another key in it', () => {
  const random = randomOf(3);
  const table = new Table(20_000);
  const counts = table.column((length) => new Uint32Array(length));
  const exact = new Map<string, number>();
  const keys = Array.from({ length: 5000 }, () => [random(), random()] as const);
  for (let i = 0; i < 100_000; i++) {
    const [high, low] = keys[random() % keys.length] ?? [0, 0];
    const slot = table.slot(high, low, i);
    counts.set(slot, counts.get(slot) + 1);
    exact.set(`${high} ${low}`, (exact.get(`${high} ${low}`) ?? 0) + 1);
  }
  assert.equal(table.size, exact.size);
  for (const [high, low] of keys) {
    const slot = table.find(high, low);
    assert.equal(slot < 0 ? undefined : counts.get(slot), exact.get(`${high} ${low}`));
  }
});

test('table: where it is full, whoever is used stays, and a new key begins with nothing', () => {
  const random = randomOf(4);
  const table = new Table(1000);
  const counts = table.column((length) => new Uint32Array(length));
  const used = Array.from({ length: 50 }, () => [random(), random()] as const);
  for (let time = 1; time < 20_000; time++) {
    for (const [high, low] of time % 20 === 0 ? used : []) {
      const slot = table.slot(high, low, time);
      table.use(slot, time);
      counts.set(slot, counts.get(slot) + 1);
    }
    const slot = table.slot(random(), random(), time);
    assert.equal(counts.get(slot), 0);
    counts.set(slot, 7);
  }
  assert.equal(table.size, 1000);
  for (const [high, low] of used) assert.equal(counts.get(table.find(high, low)), 999);
});
