// Overlays that `check --fix` and `threats --step` write refuse no honest call: the document's own examples, and what generators
// make of its schemas, are asked of a guard with and without each. CASTELLAN_WHOLE=1 runs every document whole.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { loadContract, type Contract } from '@castellan/contract';
import { nothingKnown } from '@castellan/assess/architecture';
import { checkContract, contractRules, fixOverlay } from '@castellan/assess/posture';
import { allSteps, assess, buildApi, buildSystem } from '@castellan/assess/threats';
import { callsOf, open, refusals, type Call } from './honest.ts';

const root = join(import.meta.dirname, '../..');
const contracts = join(root, '../shared/contracts');
const whole = process.env['CASTELLAN_WHOLE'] === '1';
const ours = ['examples/weak/openapi.yaml', 'examples/shop/openapi.yaml'].map((file) => join(root, file));
const others = !existsSync(contracts)
  ? []
  : readdirSync(join(contracts, 'adyen')).map((name) => join(contracts, 'adyen', name));
const large = existsSync(contracts) ? [join(contracts, 'asana.yaml'), join(contracts, 'box.json')] : [];
const documents = [...ours, ...(whole ? [...others, ...large] : others.slice(0, 2))];
/** Calls of each operation, and of each document. */
const [EACH, MOST] = whole ? [6, 2_000] : [2, 120];
const now = Date.parse('2026-11-25');

interface Written {
  readonly name: string;
  readonly overlay: object;
}

async function overlaysOf(contract: Contract): Promise<readonly Written[]> {
  const found: Written[] = [];
  for (const profile of ['standard', 'bank'] as const) {
    const fix = await fixOverlay(
      checkContract(contract, { rules: contractRules, now, profile }),
      'safe',
      contract.title,
    );
    if (fix !== undefined) found.push({ name: `check --fix --profile ${profile}`, overlay: parse(fix.text) as object });
    const api = buildApi({ contract, architecture: nothingKnown, profile });
    const assessment = assess(buildSystem([api], nothingKnown), { now });
    for (const { id, title, actions } of allSteps(assessment, { file: () => 'a', arguments: '', verbs: new Set() }))
      if (actions.length > 0)
        found.push({
          name: `threats --step ${id} --profile ${profile}`,
          overlay: { overlay: '1.0.0', info: { title, version: '1' }, actions },
        });
  }
  return found;
}

for (const file of documents)
  test(`${basename(file)}: no overlay that is written refuses an honest call`, async () => {
    const { contract, document } = await open(file);
    const calls = (await callsOf(contract, document, EACH)).slice(0, MOST);
    const before = await refusals(contract, calls);
    const honest = calls.filter((_, index) => before[index] === undefined);
    assert.ok(
      honest.length >= Math.min(3, calls.length / 4),
      `${honest.length} of ${calls.length}: ${String(before.find((one) => one !== undefined))}`,
    );
    const wrong: string[] = [];
    for (const { name, overlay } of await overlaysOf(contract)) {
      const overlaid = await loadContract(file, { overlays: [overlay] });
      const told = (call: Call | undefined): string =>
        `${call?.method} ${call?.url} ${call?.body?.slice(0, 200) ?? ''}`;
      for (const [index, refusal] of (await refusals(overlaid, honest)).entries())
        // Generators read no descriptions: `0` for 'The URL that is notified' is nobody's honest value.
        if (refusal !== undefined && !/"keyword":"url","message":"is not an absolute URL"/.test(refusal))
          wrong.push(`${name}: ${told(honest[index])}: ${refusal}`);
    }
    assert.deepEqual(wrong.slice(0, 5), [], `${wrong.length} calls`);
  });
