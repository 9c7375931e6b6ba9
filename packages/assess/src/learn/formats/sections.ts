import type { Decided, Learnt, LearntOperation } from '../learn.ts';
import { seenText } from '../seen.ts';

/** One line of a report, and what stands below it. */
interface Line {
  readonly text: string;
  readonly below: readonly string[];
}

export interface Section {
  readonly title: string;
  /** Said where it is empty. */
  readonly none: string;
  readonly lines: readonly Line[];
}

/** Uncalled operations that are named. */
const shown = 20;

/** The report as sections, the same in every format. */
export function sectionsOf(learnt: Learnt): {
  readonly title: string;
  readonly summary: readonly string[];
  readonly sections: readonly Section[];
} {
  const { changes, operations, uncalled } = learnt;
  const of = (outcome: Decided['outcome']): Decided[] => changes.filter((change) => change.outcome === outcome);
  const sum = (member: 'passes' | 'changed' | 'refused'): number =>
    operations.reduce((all, one) => all + one[member], 0);
  const all = sum('passes') + sum('changed') + sum('refused');
  return {
    title: learnt.title,
    summary: [
      `${learnt.exchanges} exchanges of ${learnt.callers} callers with ${operations.length} operations`,
      `with the overlay, enforce would let ${sum('passes')} of the ${all} exchanges pass that the server accepted, change the answer of ${sum('changed')}, and refuse ${sum('refused')}`,
      ...(learnt.lost === 0 ? [] : [`${learnt.lost} exchanges were not recorded: there were too many at once`]),
      ...(learnt.foreign === 0
        ? []
        : [`${learnt.foreign} exchanges are of operations that this document does not have: was it another version?`]),
    ],
    sections: [
      {
        title: 'What enforce would still refuse or change, by operation',
        none: 'nothing that the server accepted',
        lines: operations.filter(({ causes }) => causes.length > 0).map(operationLine),
      },
      { title: 'Questions: left out until somebody decides', none: 'none', lines: grouped(of('open')) },
      {
        title: 'No part of the API: pass when they are named in outside',
        none: 'none seen',
        lines: learnt.outside.map(({ entry, seen }) => ({
          text: `--outside '${entry}'; ${seenText(seen)}, without a credential`,
          below: [],
        })),
      },
      { title: 'Attacks: never proposed', none: 'none seen', lines: grouped(of('refused')) },
      { title: 'To be changed by hand: no overlay can say it', none: 'nothing', lines: grouped(of('by-hand')) },
      { title: 'In the overlay', none: 'nothing: the document says what was seen', lines: grouped(of('made')) },
      {
        title: 'Documented and never called: nothing is known of them',
        none: 'none',
        lines: [
          ...uncalled.slice(0, shown),
          ...(uncalled.length > shown ? [`and ${uncalled.length - shown} more`] : []),
        ].map((text) => ({ text, below: [] })),
      },
    ],
  };
}

function operationLine({ operation, accepted, passes, changed, refused, causes }: LearntOperation): Line {
  return {
    text: `${operation}: of ${accepted.times} that the server accepted ${passes} pass, ${changed} are changed, ${refused} refused`,
    below: causes.map((cause) => `${cause.changes ? 'changed' : 'refused'}: ${cause.cause}; ${seenText(cause)}`),
  };
}

/** By operation. */
function grouped(changes: readonly Decided[]): Line[] {
  const by = new Map<string, string[]>();
  for (const { operation, what, why, seen } of changes) {
    const lines = by.get(operation) ?? [];
    lines.push(`${what}; ${seenText(seen)}${why === undefined ? '' : ` (${why})`}`);
    by.set(operation, lines);
  }
  return [...by].map(([text, below]) => ({ text, below }));
}
