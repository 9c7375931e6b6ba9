import type { PolicySet } from '../policy-set.ts';
import type { ScenarioFile } from './read.ts';
import { requestOf } from './run.ts';

/** What a set of policies said to a scenario. */
export interface ScenarioDecision {
  readonly decision: 'allow' | 'deny';
  /** The policies that determined it. */
  readonly policies: readonly string[];
}

/** A scenario that two sets of policies do not decide alike. */
export interface ScenarioDifference {
  readonly file: string;
  readonly name: string;
  readonly expected: 'allow' | 'deny';
  readonly before: ScenarioDecision;
  readonly after: ScenarioDecision;
}

/** Puts every scenario to both sets: those whose decision, or who determined it, is another. */
export function compareScenarios(
  before: PolicySet,
  after: PolicySet,
  files: readonly ScenarioFile[],
): ScenarioDifference[] {
  return files.flatMap(({ file, scenarios }) =>
    scenarios.flatMap((scenario): ScenarioDifference[] => {
      const ask = (set: PolicySet): ScenarioDecision => {
        const { decision, reasons } = set.decideFast(requestOf(set, scenario));
        return { decision, policies: reasons };
      };
      const [was, is] = [ask(before), ask(after)];
      const isSame = was.decision === is.decision && was.policies.join('\n') === is.policies.join('\n');
      return isSame ? [] : [{ file, name: scenario.name, expected: scenario.expect, before: was, after: is }];
    }),
  );
}
