import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { loadExample } from '../../src/posture/example.ts';
import { architectureRules, checkContract, contractRules, fixOverlay } from '../../src/posture/index.ts';
import { differences } from './differences.ts';
import { mutantsOf } from './mutants.ts';
import { tables } from './tables/index.ts';
import type { Rule } from './verdict.ts';

const rules: readonly Rule[] = [...contractRules, ...architectureRules];

test('every rule has its row in exactly one table, with something that it finds and a neighbour that it does not', () => {
  assert.deepEqual(tables.flatMap((table) => Object.keys(table)).toSorted(), rules.map(({ id }) => id).toSorted());
  for (const { id, bad, good } of rules) {
    assert.ok(bad.length > 0, `${id} has no bad example`);
    assert.ok(good.length > 0, `${id} has no good example`);
  }
});

/** Each third mutant of a rule, all where there is time. */
const step = process.env['CASTELLAN_WHOLE'] === '1' ? 1 : 3;

for (const [place, rule] of rules.entries()) {
  const expected = tables.find((table) => Object.hasOwn(table, rule.id))?.[rule.id] ?? [];

  test(`${rule.id}: message, place, operations, severity, confidence, mend and patch of each bad example; nothing in the good ones`, async () => {
    assert.deepEqual(await differences(rule, expected), []);
  });

  test(`${rule.id}: a rule that is wrong in one thing does not pass`, async () => {
    const survived: string[] = [];
    for (const [index, { what, mutant }] of [...mutantsOf(rule, expected.flat())].entries())
      if ((index + place) % step === 0 && (await differences(mutant, expected)).length === 0) survived.push(what);
    assert.deepEqual(survived, []);
  });
}

for (const rule of contractRules)
  for (const [index, example] of rule.bad.entries()) {
    const verdicts = tables.find((table) => Object.hasOwn(table, rule.id))?.[rule.id]?.[index] ?? [];
    if (!verdicts.some(({ patch }) => patch !== undefined)) continue;
    test(`${rule.id}: the patch of bad example ${index + 1} hits, and mends what it names`, async () => {
      const options = { rules: [rule], now: Date.parse('2026-11-25'), profile: 'bank' } as const;
      const overlay = await fixOverlay(checkContract(await loadExample(example), options), 'all', 'Example');
      assert.ok(overlay);
      const mended = await loadExample(example, [parse(overlay.text) as object]);
      assert.deepEqual(
        mended.warnings.filter(({ code }) => code.startsWith('overlay')).map(({ message }) => message),
        [],
      );
      assert.deepEqual(
        checkContract(mended, options).map(({ message }) => message),
        [],
      );
    });
  }
