import { printableYaml } from '../printable.ts';
import type { Proposal } from './model.ts';

/**
 * Scenarios for `castellan policy test` that show what each proposed policy permits and what it does not, as YAML.
 * @returns undefined where no policy is proposed
 */
export async function scenariosOf(proposals: readonly Proposal[]): Promise<string | undefined> {
  const scenarios = proposals.flatMap(({ scenarios = [] }) => scenarios);
  if (scenarios.length === 0) return undefined;
  return `# Written by castellan policy propose: what the proposed policies permit, and what they do not.\n${await printableYaml({ scenarios }, 0)}`;
}
