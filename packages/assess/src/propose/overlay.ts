import type { Contract } from '@castellan/contract';
import { printableYaml } from '../printable.ts';
import type { OverlayAction } from '../findings/finding.ts';
import type { Proposal } from './model.ts';

/** The overlay of proposals; undefined where they change nothing in the document. */
export function overlayOf(
  { title }: Contract,
  proposals: readonly Proposal[],
): Readonly<Record<string, unknown>> | undefined {
  const actions = proposals.flatMap(({ overlay = [], reason }): OverlayAction[] =>
    overlay.map((action) => ({ ...action, description: `${action.description ?? ''}: ${reason}` })),
  );
  if (actions.length === 0) return undefined;
  return { overlay: '1.0.0', info: { title: `Authorization proposed for ${title}`, version: '1.0.0' }, actions };
}

/** The same as YAML. */
export async function overlayText(contract: Contract, proposals: readonly Proposal[]): Promise<string | undefined> {
  const overlay = overlayOf(contract, proposals);
  return overlay === undefined
    ? undefined
    : `# Written by castellan policy propose. Review it, then give it to every tool with --overlay.\n${await printableYaml(overlay, 0)}`;
}
