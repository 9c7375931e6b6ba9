import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataClasses, decisions, purposes } from '@castellan/meaning';
import { measure, operations, properties } from './measure.ts';

const tables = [
  ['purposes of operations', operations(), purposes, 400],
  ['meanings of names', properties(), [...dataClasses, ...decisions], 700],
] as const;

for (const [what, judged, labels, least] of tables)
  test(`${what}: at least 95 % of what is said is so and 90 % of what is so is said, in the half that no word was chosen on`, () => {
    assert.ok(judged.length >= least);
    assert.equal(new Set(judged.map(({ name }) => name)).size, judged.length, 'a row is there twice');
    const all = measure(
      judged.filter(({ half }) => half === 'measured'),
      labels,
    ).at(-1);
    assert.ok(all !== undefined && all.right > 50);
    assert.ok(all.precision >= 0.95, `precision ${all.precision}`);
    assert.ok(all.recall >= 0.9, `recall ${all.recall}`);
  });

test('the measure counts what is said and not so, and what is so and not said', () => {
  const row = (expected: string, found: string) => ({
    name: '',
    half: 'chosen' as const,
    expected: new Set(expected.split(' ')),
    found: new Set(found.split(' ')),
  });
  const [a, b, all] = measure([row('a', 'a'), row('a b', 'b'), row('b', 'a b')], ['a', 'b']);
  assert.deepEqual([a?.right, a?.wrong, a?.missed], [1, 1, 1]);
  assert.deepEqual([b?.right, b?.wrong, b?.missed], [2, 0, 0]);
  assert.deepEqual([all?.right, all?.wrong, all?.missed, all?.precision], [3, 1, 1, 0.75]);
});
