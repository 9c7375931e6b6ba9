import type { Proposal } from './model.ts';

/** The policies of proposals as one file. */
export function cedarOf(proposals: readonly Proposal[]): string {
  const texts = proposals.flatMap(({ cedar }) => cedar ?? []);
  return `// Written by castellan policy propose. Review it; what is not permitted here is refused.\n\n${texts.join('\n')}`;
}
