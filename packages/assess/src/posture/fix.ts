import type { Finding, OverlayAction } from '../findings/finding.ts';
import { printableYaml } from '../printable.ts';

/** Which mends an overlay holds. `safe`: those that cannot change what a good client sees. */
export type FixKind = 'safe' | 'all';

/** The first line of every overlay that is written: how a later run knows that it may write over it. */
export const fixHeading = '# Written by castellan check --fix. Review it, then give it to every tool with --overlay.';

/**
 * An OpenAPI Overlay 1.0 with the mends of findings, the safe ones first. Each action says which rule it mends; those
 * that may refuse what a client sends today, or change what it gets, are marked `CHANGES BEHAVIOUR`.
 *
 * @returns undefined where no finding has a mend of that kind
 */
export async function fixOverlay(
  findings: readonly Finding[],
  kind: FixKind,
  title: string,
): Promise<{ readonly text: string; readonly safe: number; readonly changing: number } | undefined> {
  const safe = actionsOf(findings.filter(({ mend }) => mend.safe === true));
  const changing =
    kind === 'all'
      ? actionsOf(
          findings.filter(({ mend }) => mend.safe !== true),
          'CHANGES BEHAVIOUR: ',
        )
      : [];
  const actions = inOrder([...safe, ...changing]);
  if (actions.length === 0) return undefined;
  const overlay = { overlay: '1.0.0', info: { title: `Fixes for ${title}`, version: '1.0.0' }, actions };
  return {
    text: `${fixHeading}\n${await printableYaml(overlay, 0)}`,
    safe: safe.length,
    changing: changing.length,
  };
}

function actionsOf(findings: readonly Finding[], mark = ''): OverlayAction[] {
  return findings.flatMap((finding) =>
    (finding.mend.actions ?? []).map(({ target, update, remove }) => ({
      target,
      description: `${mark}${finding.rule}: ${finding.mend.text}`,
      ...(update === undefined ? {} : { update }),
      ...(remove === undefined ? {} : { remove }),
    })),
  );
}

/** Updates before removals, and removals from the end of a list, so that no action moves what another one names. */
function inOrder(actions: readonly OverlayAction[]): OverlayAction[] {
  const removals = actions
    .filter(({ remove }) => remove === true)
    .toSorted((a, b) => indexOf(b) - indexOf(a) || (a.target < b.target ? 1 : -1));
  return [...actions.filter(({ remove }) => remove !== true), ...removals];
}

function indexOf({ target }: OverlayAction): number {
  return Number(/\[(\d+)\]$/.exec(target)?.[1] ?? -1);
}
