import type { Assessment, AssessedThreat } from './assess.ts';
import type { ControlId } from './controls.ts';

/** A step of a way, with the state of what stops it. */
interface TreeStep {
  readonly act: string;
  readonly control: ControlId | undefined;
  /** `unjudged` where the threat asks nothing about the control here. */
  readonly state: string | undefined;
}

/** An attack tree: the goal is reached by any way, a way by all of its steps. */
export interface AttackTree {
  readonly threat: AssessedThreat;
  readonly goal: string;
  readonly ways: readonly { readonly title: string; readonly steps: readonly TreeStep[]; readonly stopped: boolean }[];
}

/** Attack trees of the worst threats, each kind of threat once. */
export function attackTreesOf(assessment: Assessment, most = 10): AttackTree[] {
  const trees: AttackTree[] = [];
  const seen = new Set<string>();
  for (const threat of assessment.threats) {
    if (trees.length === most) break;
    if (
      seen.has(threat.threat.id) ||
      threat.status === 'not-asked' ||
      threat.status === 'mitigated' ||
      threat.status === 'accepted'
    )
      continue;
    seen.add(threat.threat.id);
    trees.push({
      threat,
      goal: `${threat.threat.title}: ${threat.subjectName}`,
      ways: threat.threat.ways.map(({ title, steps }) => {
        const judged = steps.map(({ act, stoppedBy }): TreeStep => ({
          act,
          control: stoppedBy,
          state: stoppedBy === undefined ? undefined : stateOf(assessment, threat, stoppedBy),
        }));
        return {
          title,
          steps: judged,
          stopped: judged.some(({ state }) => state === 'enforced' || state === 'proven'),
        };
      }),
    });
  }
  return trees;
}

/** The state of a control at the subject of a threat: as this threat, or any other at the same subject, found it. */
function stateOf(assessment: Assessment, threat: AssessedThreat, control: ControlId): string {
  const own = threat.needs.find((need) => need.control === control);
  if (own !== undefined) return own.state;
  for (const other of assessment.threats) {
    if (other.subjectId !== threat.subjectId) continue;
    const need = other.needs.find((one) => one.control === control);
    if (need !== undefined) return need.state;
  }
  return 'unjudged';
}
