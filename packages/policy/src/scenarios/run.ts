import type { Place } from '@castellan/contract';
import type { ConditionCoverage } from '../explain/coverage.ts';
import type { Explanation } from '../explain/explain.ts';
import type { SensitiveProperties } from '../explain/sensitive.ts';
import { explainInWords } from '../explain/words.ts';
import type { FastRequest, PolicySet } from '../policy-set.ts';
import type { EntityRef } from '../values/entity.ts';
import { checkNames } from './known-names.ts';
import type { PlainEntity, Scenario, ScenarioFile } from './read.ts';

/** What became of one scenario. */
export interface ScenarioResult {
  readonly file: string;
  readonly name: string;
  readonly passed: boolean;
  readonly expected: 'allow' | 'deny';
  readonly explanation: Explanation;
  /** The `because` that is not found in the explanation. */
  readonly missing?: string;
}

/** Scenarios, and which conditions of the policies they tried. */
export interface ScenarioReport {
  readonly results: readonly ScenarioResult[];
  readonly coverage: readonly ConditionCoverage[];
}

/** Puts every scenario to the policies. */
export function runScenarios(
  policies: PolicySet,
  files: readonly ScenarioFile[],
  sensitive?: SensitiveProperties,
): ScenarioReport {
  const coverage = policies.coverage();
  const results = files.flatMap(({ file, scenarios }) =>
    scenarios.map((scenario): ScenarioResult => {
      const request = requestOf(policies, scenario, { file: `${file} '${scenario.name}'` });
      coverage.record(request);
      const explanation = policies.explain(request, { sensitive });
      const missing = scenario.because.find((because) => !isBecause(because, explanation));
      const passed = explanation.decision === scenario.expect && missing === undefined;
      const base = { file, name: scenario.name, passed, expected: scenario.expect, explanation };
      return missing === undefined ? base : { ...base, missing };
    }),
  );
  return { results, coverage: coverage.conditions() };
}

/** A determining policy by its id, or some text of the explanation of a refusal that no policy determined. */
function isBecause(because: string, explanation: Explanation): boolean {
  if (explanation.reasons.length > 0) return explanation.reasons.includes(because);
  return explainInWords(explanation).some((line) => line.includes(because));
}

/**
 * A question of plain values, as scenarios and the command ask it, for {@link PolicySet.decideFast}.
 * @throws CastellanError `unknown-action`, `unknown-type`
 */
export function requestOf(
  policies: PolicySet,
  question: Pick<Scenario, 'now' | 'principal' | 'action' | 'resource' | 'context' | 'entities'>,
  place?: Place,
): FastRequest {
  checkNames(policies.schema, question, place);
  const known = (ref: EntityRef) => question.entities.find(({ uid }) => uid.equals(ref));
  const entity = ({ uid, attrs, parents, tags }: PlainEntity) =>
    policies.entity(uid.type, uid.id, attrs, { parents, tags });
  const lookUp = (ref: EntityRef) => {
    const found = known(ref);
    return found === undefined ? ref : entity(found);
  };
  const all = question.entities.map(entity);
  const now = question.now === undefined ? {} : { now: new Date(question.now) };
  return {
    principal: lookUp(question.principal),
    action: question.action,
    resource: lookUp(question.resource),
    context: policies.context(question.action, { scopes: [], ...now, ...question.context }),
    entities: (type, id) => all.find((one) => one.id === id && one.type === type),
  };
}
