import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { checkContract } from '../engine.ts';
import { loadExample } from '../example.ts';
import { contractRules } from './index.ts';

const NOW = Date.parse('2026-11-25');

test('every rule stands in a file of its own name, once in the list', () => {
  const files = readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && name !== 'index.ts')
    .map((name) => name.slice(0, -3));
  assert.deepEqual(contractRules.map(({ id }) => id).toSorted(), files.toSorted());
  assert.ok(contractRules.length >= 80);
});

for (const rule of contractRules) {
  test(`${rule.id}: its bad examples are found, its good ones are not`, async () => {
    const profile = rule.severity instanceof Object && rule.severity.standard === 'off' ? 'bank' : 'standard';
    const check = async (example: (typeof rule.bad)[number]) =>
      checkContract(await loadExample(example), { rules: [rule], now: NOW, profile });
    for (const example of rule.bad) {
      const findings = await check(example);
      assert.ok(findings.length > 0, `not found: ${JSON.stringify(example)}`);
      for (const finding of findings) {
        assert.match(finding.place.file, /example\.yaml$|^https:\/\/specs\.example\.net\//);
        assert.ok((finding.place.line ?? 0) > 0);
        assert.doesNotMatch(finding.message, /\.$|undefined|NaN|\[object/);
      }
    }
    for (const example of rule.good)
      assert.deepEqual(
        (await check(example)).map(({ message }) => message),
        [],
        JSON.stringify(example),
      );
    assert.ok(rule.good.length > 0);
    assert.match(rule.why, /\.$|\)\.$/);
    assert.doesNotMatch(rule.mend, /\.$/);
  });
}
