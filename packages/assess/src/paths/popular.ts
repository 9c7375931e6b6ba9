import { mostCalled, type PathNode } from './node.ts';
import { callsOf, fitOf, isProportional, mostLooked, shapeOf, slotsOf } from './shape.ts';

/** Values beside a word from which on it is compared with them. */
const fewValues = 6;
/** Values at the beginning of paths from which on others like them are. */
const manyTenants = 24;

/** A word with one operation that is called more than this may as well be a name. */
const mostOfRare = 12;

/** What stands at one place. */
export interface Place<T> {
  /** Words of which it is open whether they are values. */
  readonly rest: readonly (readonly [word: string, node: PathNode<T>])[];
  /** Words that are. */
  readonly values: ReadonlyMap<string, PathNode<T>>;
  readonly node: PathNode<T>;
  readonly depth: number;
  /** How often a usual operation is called. */
  readonly usual: number;
}

/**
 * Words that are asked what the values beside them are asked, and are called no more than the next of those by a leap: the
 * customer that everybody looks at. Calls of values fall off evenly, those of a name stand by themselves.
 */
export function popularAmong<T>({ rest, values, node, depth, usual }: Place<T>): readonly string[] {
  const folded = [...node.children].filter(([key]) => key.startsWith('{')).map(([, child]) => child);
  const known = node.children.get('{word}');
  const spoken = [...values.values()].filter(({ isMade }) => !isMade).length + (known?.values ?? 0);
  const counted = values.size + folded.reduce((sum, child) => sum + child.values, 0);
  if (rest.length === 0 || counted < fewValues) return [];
  const calls = callsOf(values.values());
  const average = Math.max(
    0,
    ...folded.flatMap(({ hits, values: many }) => (many === 0 ? [] : [(3 * hits) / many + 3])),
  );
  const most = [...values.values()].sort((a, b) => b.hits - a.hits);
  const shape = shapeOf([...folded, ...most.slice(0, mostLooked - folded.length)]);
  const asked = slotsOf(shape);
  const theirs = asked.size;
  const found: string[] = [];
  for (const [word, child] of rest.toSorted(([, a], [, b]) => a.hits - b.hits)) {
    const called = mostCalled(child);
    const { matched, all, slots } = fitOf(child, shape);
    const shared = slots.size;
    if (shared === 0 || matched * 10 < all * 9 || !isProportional(slots, asked)) continue;
    const isLeap = called > average && calls.filter((one) => one * 3 >= called).length < 2;
    const isRare = called * 3 <= usual;
    const isFar = called > 3 * Math.max(average, calls[0] ?? 0);
    if (isLeap && (isFar || !isRare || shared < 4 || shared * 5 < theirs * 3)) continue;
    const isSameAll = shared >= 3 && shared * 2 >= theirs;
    const isSameSome = shared >= 2 && shared * 10 >= theirs * 8 && isAsLong(word, values);
    const isSpoken = spoken >= 2 * fewValues && isRare && called <= Math.max(average, mostOfRare);
    // Where tenants stand first, one that is seldom seen.
    const isTenant =
      counted >= manyTenants &&
      (called * 6 <= usual || (shared >= 3 && matched === all)) &&
      [...slots.keys()].every((slot) => / \/[^{]/.test(slot));
    if (!isSameAll && !(depth === 0 ? isTenant : isSameSome || isSpoken)) continue;
    found.push(word);
    calls.push(called);
    calls.sort((a, b) => b - a);
  }
  return found;
}

/** Whether a word is as long as most of the values. */
function isAsLong<T>(word: string, values: ReadonlyMap<string, PathNode<T>>): boolean {
  return [...values.keys()].filter(({ length }) => length === word.length).length * 2 >= values.size;
}
