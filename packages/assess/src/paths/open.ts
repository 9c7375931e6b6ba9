import { mostCalled, type PathNode } from './node.ts';
import { singletons, versionName } from './segment-form.ts';
import { fewCalls } from './words.ts';

/** Calls from which on one of few words at a place is a name. */
const oftenCalled = 50;
const mostNames = 24;

/**
 * Words that are kept as names although they may be values: nobody called them often, and something like them stands beside them.
 * @param words at one place
 * @param values those of them that are values
 * @param node the place
 * @param depth segments before them
 * @param usual calls of a usual operation
 * @param isBelow whether a segment before them is such a word
 */
export function openAmong<T>(
  words: ReadonlyMap<string, PathNode<T>>,
  values: ReadonlySet<string>,
  node: PathNode<T>,
  depth: number,
  usual: number,
  isBelow: boolean,
): ReadonlySet<string> {
  const hasSpoken = [...words].some(([word, { isMade }]) => !isMade && values.has(word)) || node.children.has('{word}');
  // Few words that are each called often are names, where values beside them are told by their form.
  const told = Math.max(
    fewCalls,
    hasSpoken || words.size - values.size > mostNames ? usual / 3 : Math.min(usual / 3, oftenCalled),
  );
  const rest = [...words].filter(
    ([word, child]) =>
      !values.has(word) && !singletons.has(word.toLowerCase()) && !versionName.test(word) && mostCalled(child) < told,
  );
  if (rest.length === 0) return new Set();
  if (isBelow) return new Set(rest.map(([word]) => word));
  const beside = [...node.children].filter(([key]) => values.has(key) || key.startsWith('{'));
  const times = new Map<string, number>();
  const alike = rest.map(([word, child]) => [word, asked(child, depth === 0)] as const);
  for (const slots of [...alike.map(([, some]) => some), union(beside.map(([, child]) => asked(child, depth === 0)))])
    for (const slot of slots) times.set(slot, (times.get(slot) ?? 0) + 1);
  return new Set(alike.flatMap(([word, slots]) => (slots.some((slot) => (times.get(slot) ?? 0) > 1) ? [word] : [])));
}

/** Methods and what stands right below; at the beginning of paths only the latter, since all collections have methods. */
function asked<T>({ ends, children }: PathNode<T>, isFirst: boolean): readonly string[] {
  const below = [...children.keys()].filter((key) => !isFirst || !key.startsWith('{'));
  return isFirst ? below : [...ends.keys(), ...below.map((key) => (key.startsWith('{') ? '{}' : key))];
}

function union(lists: readonly (readonly string[])[]): ReadonlySet<string> {
  return new Set(lists.flat());
}
