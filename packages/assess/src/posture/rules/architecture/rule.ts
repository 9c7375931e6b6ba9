import type { Architecture } from '../../../architecture/index.ts';
import type { ArchitectureRule } from '../../rule.ts';

/** Says that a value is a rule over the architecture. */
export function architectureRule(
  rule: Omit<ArchitectureRule<Architecture>, 'examines'>,
): ArchitectureRule<Architecture> {
  return { examines: 'architecture', ...rule };
}
