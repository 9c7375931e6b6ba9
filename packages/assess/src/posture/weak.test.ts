// promise: weak-example-found
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadContract } from '@castellan/contract';
import { parse } from 'yaml';
import { owaspRisks } from '../findings/risk.ts';
import { scoreOf } from '../findings/score.ts';
import { checkContract } from './engine.ts';
import { fixOverlay, type FixKind } from './fix.ts';
import { contractRules } from './rules/index.ts';

const weak = join(import.meta.dirname, '../../../../examples/weak');
const options = { rules: contractRules, now: Date.parse('2026-11-25'), profile: 'standard' } as const;

interface Bullet {
  readonly bullet: string;
  readonly cannot?: string;
  readonly planted?: readonly { readonly rule: string; readonly operation?: string; readonly at?: string }[];
}

test('every weakness that is planted in examples/weak is found where it is', async () => {
  const findings = checkContract(await loadContract(join(weak, 'openapi.yaml')), options);
  const planted = parse(readFileSync(join(weak, 'planted.yaml'), 'utf8')) as Readonly<
    Record<string, readonly Bullet[]>
  >;
  assert.deepEqual(Object.keys(planted), Object.keys(owaspRisks));
  for (const [risk, bullets] of Object.entries(planted)) {
    for (const { bullet, planted: places = [], cannot } of bullets) {
      assert.ok(places.length > 0 || cannot !== undefined, `${risk}: nothing planted for '${bullet}'`);
      for (const { rule, operation, at } of places) {
        const found = findings.some(
          (finding) =>
            finding.rule === rule &&
            (operation === undefined || finding.operations.includes(operation)) &&
            (at === undefined || finding.location?.pointer === at),
        );
        assert.ok(found, `${risk}: ${rule} is not found ${operation ?? at ?? ''}`);
      }
    }
  }
});

test('its mended twin has none left, and neither has examples/documents', async () => {
  for (const file of [join(weak, 'mended.yaml'), join(weak, '../documents/openapi.yaml')])
    assert.deepEqual(
      checkContract(await loadContract(file), options).map(({ rule, message }) => `${rule}: ${message}`),
      [],
    );
});

for (const kind of ['safe', 'all'] as const satisfies readonly FixKind[]) {
  test(`--fix${kind === 'all' ? '=all' : ''}: the overlay loads, every action hits, and the score rises`, async () => {
    const file = join(weak, 'openapi.yaml');
    const contract = await loadContract(file);
    const before = checkContract(contract, options);
    const overlay = await fixOverlay(before, kind, contract.title);
    assert.ok(overlay);
    assert.equal(overlay.changing > 0, kind === 'all');
    const mended = await loadContract(file, { overlays: [parse(overlay.text) as object] });
    assert.deepEqual(
      mended.warnings.filter(({ code }) => code === 'overlay-target-unmatched'),
      [],
    );
    const after = checkContract(mended, options);
    const count = contract.operations.length;
    assert.ok(scoreOf(after, count).value > scoreOf(before, count).value);
    // What a mend names is gone.
    const gone = new Set(
      before
        .filter(({ mend }) => mend.actions !== undefined && mend.safe === true)
        .map(({ fingerprint }) => fingerprint),
    );
    assert.deepEqual(
      after.filter(({ fingerprint }) => gone.has(fingerprint)).map(({ rule, message }) => `${rule}: ${message}`),
      [],
    );
  });
}
