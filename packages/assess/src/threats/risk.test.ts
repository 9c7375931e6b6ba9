import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadContract, type Profile } from '@castellan/contract';
import fc from 'fast-check';
import { readArchitecture } from '../architecture/index.ts';
import { assess, type Assessment } from './assess.ts';
import { controlStates, type ControlState } from './evidence/state.ts';
import { buildApi } from './system/api.ts';
import { buildSystem } from './system/build.ts';

const root = join(import.meta.dirname, '../../../..');
const profiles: readonly Profile[] = ['toy', 'internal', 'standard', 'bank'];

async function shop(profile: Profile): Promise<Assessment> {
  const architecture = await readArchitecture(['examples/shop'], root);
  const contract = await loadContract('examples/shop/openapi.yaml', { cwd: root });
  return assess(buildSystem([buildApi({ contract, architecture, profile })], architecture), {
    now: Date.parse('2026-11-25'),
  });
}

test('more evidence never makes a risk greater, and every risk is between 1 and 25', async () => {
  const assessment = await shop('bank');
  const state = fc.constantFrom<ControlState>(...controlStates);
  fc.assert(
    fc.property(
      fc.nat(assessment.threats.length - 1),
      fc.array(fc.tuple(state, state), { minLength: 8, maxLength: 8 }),
      (index, pairs) => {
        const threat = assessment.threats[index];
        assert.ok(threat);
        const pick = (worse: boolean) => {
          let at = 0;
          return assessment.riskWith(threat, () => {
            const [a = 'missing', b = 'missing'] = pairs[at++ % pairs.length] ?? [];
            const later = controlStates.indexOf(a) > controlStates.indexOf(b);
            return later === worse ? b : a;
          }).score;
        };
        const [weak, strong] = [pick(true), pick(false)];
        assert.ok(weak >= strong, `${threat.id}: ${weak} < ${strong}`);
        assert.ok(strong >= 1 && weak <= 25);
      },
    ),
    { seed: 6, numRuns: 500 },
  );
});

test('a stricter profile never makes a threat smaller', async () => {
  const scores = await Promise.all(
    profiles.map(
      async (profile) => new Map((await shop(profile)).threats.map((threat) => [threat.id, threat.risk.impact.value])),
    ),
  );
  for (const [index, stricter] of scores.entries())
    for (const [id, value] of scores[index - 1] ?? []) assert.ok((stricter.get(id) ?? 0) >= value, id);
});

test('what a number was made of stands beside it', async () => {
  const threat = (await shop('standard')).threats.find(({ id }) => id === 'object-of-another@Shop/getOrder');
  assert.deepEqual(threat?.risk.likelihood.reasons, ['public 4', 'a credential needed −1', 'easy +0.5']);
  assert.deepEqual(threat?.risk.impact.reasons, ['financial data 4']);
  assert.equal(threat?.risk.score, 14);
  assert.equal(threat?.risk.level, 'high');
});
