import type { PathNode } from './node.ts';
import { languages, singletons } from './segment-form.ts';

/** What the whole of the traffic says. */
export interface Reference {
  /** How often a usual operation is called: so much one name would be seen. */
  readonly usual: number;
  /** Identifiers that were found to be names of the API. */
  readonly names: Set<string>;
}

/** Different rare words from which on they are values of one parameter: no API has so many names that nobody calls. */
const manyRare = 12;
/** The same where names stand beside them and nothing below: so many operations of one collection nobody designs. */
const manyLeaves = 24;
/** Calls of a usual operation below which nothing can be told from counts. */
export const fewCalls = 8;
/** And seldom more than this often: beyond it a name that few call is as likely. */
const mostOfRare = 12;
/** A word is rare where its most called path is called so much less than a usual operation. */
const rarer = 6;

/**
 * Which of the words at one place are values. Names of an API are few and each is called often; values are many and each is
 * rare, or each has the same below it. Where it cannot be told they are names: two operations must not become one.
 * @param words children of one node that no form tells to be values, by segment
 * @param depth segments before them
 */
export function valuesAmong<T>(
  words: ReadonlyMap<string, PathNode<T>>,
  node: PathNode<T>,
  depth: number,
  { usual, names }: Reference,
): ReadonlySet<string> {
  const found = new Set<string>(localesAmong(words));
  for (const [word, child] of words) {
    if (!child.made) continue;
    // What is called under many values, as often as any name, is one.
    if (node.contexts >= manyRare && usual >= fewCalls && child.contexts >= Math.max(fewCalls, usual / 2))
      names.add(word);
    if (!names.has(word)) found.add(word);
  }
  if (depth === 0) return found;
  // Among many identifiers the one that happens to look like a word is one as well.
  if (found.size >= manyRare)
    for (const [word, child] of words)
      if (
        /^.+[A-Z\d]/.test(word) &&
        word.length >= 8 &&
        !names.has(word) &&
        mostCalled(child, 0) * rarer <= Math.max(usual, 12)
      )
        found.add(word);
  const rest = [...words].filter(
    ([word, { made }]) => !found.has(word) && !made && !singletons.has(word.toLowerCase()),
  );
  if (node.overflow) return new Set([...found, ...rest.filter(([, { hits }]) => hits < usual).map(([word]) => word)]);
  if (usual < fewCalls || rest.length < manyRare) return found;
  const most = Math.max(2, Math.min(usual / rarer, mostOfRare));
  const rare = rest.filter(([, child]) => supportOf(child, node.contexts) <= most);
  const hits = rare.reduce((sum, [, child]) => sum + child.hits, 0);
  if (
    rare.length < manyRare ||
    hits < usual / 2 ||
    !isAlike(
      rare.map(([, child]) => child),
      rare.length === rest.length,
    )
  )
    return found;
  for (const [word] of rare) found.add(word);
  // What is called often and has below it what the rare ones have is one of them: the customer that everybody looks at.
  const shape = shapeOf(rare.map(([, child]) => child));
  for (const [word, child] of rest) if (!found.has(word) && fits(child, shape)) found.add(word);
  return found;
}

/** Two or more bare language codes beside each other, or beside locales with a region. */
function localesAmong(words: ReadonlyMap<string, unknown>): readonly string[] {
  const codes = [...words.keys()].filter((word) => languages.has(word));
  return codes.length >= 3 && codes.length * 2 >= words.size ? codes : [];
}

/**
 * How often the most called path of a word was called. Below values that were folded it counts how many of them the word was
 * seen under: a name stands under many, a value under its own.
 */
function supportOf<T>(child: PathNode<T>, parents: number): number {
  const calls = mostCalled(child, 0);
  return parents >= manyRare ? Math.min(calls, child.contexts) : calls;
}

function mostCalled<T>(node: PathNode<T>, depth: number): number {
  let most = 0;
  for (const { hits } of node.ends.values()) most = Math.max(most, hits);
  if (depth < 6) for (const child of node.children.values()) most = Math.max(most, mostCalled(child, depth + 1));
  return most;
}

/** Depth and word, or method, of everything below: `1 issues`, `0 GET`. */
function* partsOf<T>(node: PathNode<T>, depth = 0): Generator<string> {
  for (const method of node.ends.keys()) yield `${depth} ${method}`;
  if (depth < 4)
    for (const [key, child] of node.children) {
      if (!key.startsWith('{')) yield `${depth + 1} ${key}`;
      yield* partsOf(child, depth + 1);
    }
}

/** In how many of the nodes each part stands. */
function shapeOf<T>(nodes: readonly PathNode<T>[]): ReadonlyMap<string, number> {
  const shape = new Map<string, number>();
  for (const node of nodes) for (const part of new Set(partsOf(node))) shape.set(part, (shape.get(part) ?? 0) + 1);
  return shape;
}

/**
 * Whether they are asked the same things, as values of one parameter are; names have each their own below them. Those with
 * nothing below are alike where they are all that stands here, or more than names can be.
 * @param isAll nothing else stands beside them
 */
function isAlike<T>(nodes: readonly PathNode<T>[], isAll: boolean): boolean {
  const shape = shapeOf(nodes);
  const many = Math.max(3, nodes.length / 10);
  const wordsOf = (node: PathNode<T>): string[] => [...partsOf(node)].filter((part) => !/ [A-Z]+$/.test(part));
  const deep = nodes.map(wordsOf).filter((words) => words.length > 0);
  const alike = deep.filter((words) => words.some((word) => (shape.get(word) ?? 0) >= many));
  if (alike.length * 10 < deep.length * 8) return false;
  return isAll || alike.length * 4 >= nodes.length || nodes.length - deep.length >= manyLeaves;
}

/** Whether it has words below it, and nearly all of what it has is what the others have. */
function fits<T>(child: PathNode<T>, shape: ReadonlyMap<string, number>): boolean {
  const parts = [...new Set(partsOf(child))];
  const words = parts.filter((part) => !/ [A-Z]+$/.test(part));
  const shared = words.filter((part) => (shape.get(part) ?? 0) >= 3);
  return shared.length >= 2 && shared.length * 10 >= words.length * 5;
}
