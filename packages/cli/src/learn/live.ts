import type { Learnt } from '@castellan/assess/learn';
import { seenText } from '@castellan/assess/learn';

/** How a run is getting on: one line, and what is new since the line before. */
export class Progress {
  readonly #told = new Set<string>();

  /** @returns undefined where nothing has changed */
  of({ operations, uncalled, changes, outside, exchanges, callers }: Learnt): string | undefined {
    const sum = (member: 'passes' | 'changed' | 'refused'): number =>
      operations.reduce((all, one) => all + one[member], 0);
    const documented = operations.filter((one) => one.documented).length;
    const line = `${exchanges} exchanges of ${callers} callers; ${documented} of ${documented + uncalled.length} operations called; with the overlay ${sum('passes')} would pass, ${sum('changed')} be changed, ${sum('refused')} refused`;
    if (!this.#isNew(line)) return undefined;
    const marks = { made: '+', open: '?', refused: '!', 'by-hand': '~' } as const;
    const fresh = [
      ...changes.map(({ outcome, operation, what, why }) => {
        const text = `${marks[outcome]} ${operation}: ${what}`;
        return [text, why === undefined ? '' : ` (${why})`] as const;
      }),
      ...outside.map(({ entry, seen }) => [`/ ${entry} is no part of the API`, `; ${seenText(seen)}`] as const),
    ].filter(([text]) => this.#isNew(text));
    return [line, ...fresh.map(([text, more]) => `  ${text}${more}`), ''].join('\n');
  }

  #isNew(text: string): boolean {
    const isNew = !this.#told.has(text);
    this.#told.add(text);
    return isNew;
  }
}
