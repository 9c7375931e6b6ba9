import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { compilePolicies } from '../policy-set.ts';
import { knowAnswers, recordAnswers, type KnownAnswers } from './known-answers.ts';

const schema =
  'entity User in [Group]; entity Group; entity Photo { owner: User, size: Long }; action view, edit appliesTo { principal: User, resource: Photo };';
const effects = ['permit', 'forbid'];
const scopes = [
  'principal, action, resource',
  'principal == User::"ada", action, resource',
  'principal, action == Action::"view", resource',
  'principal in Group::"g", action in [Action::"view", Action::"edit"], resource == Photo::"1"',
];
const conditions = [
  '',
  'when { resource.owner == principal }',
  'unless { resource.size > 10 }',
  'when { resource.size == 9007199254740993 }',
  'when { resource.colour == "red" }',
  'when {',
];
const policies = effects.flatMap((effect) =>
  scopes.flatMap((scope) => conditions.map((condition) => `${effect}(${scope}) ${condition};`)),
);

/** What comes of a policy, also where it is wrong. */
function outcome(policy: string): unknown {
  try {
    const { ids, loaded } = compilePolicies({ policies: policy, schema });
    return inspect({ ids, loaded: loaded.policies }, { depth: null });
  } catch (error) {
    return String(error);
  }
}

test('what was asked before has the same answer, and the engine is not loaded for it', async () => {
  const before: unknown[] = [];
  const answers = await recordAnswers(async () => void before.push(...policies.map(outcome)));
  knowAnswers(answers);
  assert.deepEqual(policies.map(outcome), before);
  assert.deepEqual(elsewhere(answers, policies), { outcomes: before, engine: false });
});

test('of anything else the engine is asked', async () => {
  const answers = await recordAnswers(async () => outcome(policies[1] ?? ''));
  const other = (policies[1] ?? '').replace('owner', 'ownr');
  const { outcomes, engine } = elsewhere(answers, [other]);
  assert.match(String(outcomes[0]), /ownr/);
  assert.equal(engine, true);
});

/** In a process that has not loaded the engine. */
function elsewhere(
  answers: KnownAnswers,
  asked: readonly string[],
): { readonly outcomes: readonly unknown[]; readonly engine: boolean } {
  const index = JSON.stringify(join(import.meta.dirname, '../index.ts'));
  const program = `
    import { readFileSync } from 'node:fs';
    import { inspect } from 'node:util';
    import { compilePolicies, isEngineLoaded, knowAnswers } from ${index};
    const { answers, asked, schema } = JSON.parse(readFileSync(0, 'utf8'));
    knowAnswers(answers);
    const outcome = ${outcome.toString()};
    const outcomes = asked.map(outcome);
    console.log(JSON.stringify({ outcomes, engine: isEngineLoaded() }));`;
  const printed = execFileSync(
    process.execPath,
    ['--conditions=@castellan/source', '--input-type=module-typescript', '-e', program],
    {
      input: JSON.stringify({ answers, asked, schema }),
      encoding: 'utf8',
    },
  );
  return JSON.parse(printed) as ReturnType<typeof elsewhere>;
}
