import { valuesByForm } from './beside.ts';
import { mostCalled, type PathNode } from './node.ts';
import { popularAmong } from './popular.ts';
import { singletons, versionName } from './segment-form.ts';

/** Whether no operation is called so: an encoded slash, a space. */
const isNever = (word: string): boolean => /[%\s]/.test(word);

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
/** Names at one place that look like identifiers. */
const mostMade = 5;
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
  reference: Reference,
): ReadonlySet<string> {
  const found = rareAmong(words, node, depth, reference);
  const rest = undecidedAmong(words, found);
  const values = new Map([...words].filter(([word]) => found.has(word)));
  for (const word of popularAmong({ rest, values, node, depth, usual: reference.usual })) found.add(word);
  return found;
}

/** Words that may be values or names. */
function undecidedAmong<T>(
  words: ReadonlyMap<string, PathNode<T>>,
  found: ReadonlySet<string>,
): readonly (readonly [string, PathNode<T>])[] {
  return [...words].filter(
    ([word, { isMade }]) =>
      !found.has(word) && !isMade && !singletons.has(word.toLowerCase()) && !versionName.test(word),
  );
}

/** Values that their form tells, or that are many and rare, or have the same below them. */
function rareAmong<T>(
  words: ReadonlyMap<string, PathNode<T>>,
  node: PathNode<T>,
  depth: number,
  { usual, names }: Reference,
): Set<string> {
  const found = new Set<string>();
  // What is called under many values, as often as any name and far more than its like, is one.
  const seen = [...words.values()].flatMap(({ isMade, contexts }) => (isMade ? [contexts] : [])).sort((a, b) => a - b);
  const median = seen.length > mostMade ? (seen[Math.floor(seen.length / 2)] ?? 0) : 0;
  const often = [...words].flatMap(([word, child]) =>
    child.isMade &&
    !isNever(word) &&
    node.contexts >= manyRare &&
    usual >= fewCalls &&
    child.contexts >= Math.max(fewCalls, usual / 2, 3 * median)
      ? [word]
      : [],
  );
  if (often.length <= mostMade) for (const word of often) names.add(word);
  for (const [word, { isMade }] of words) if (isMade && !names.has(word)) found.add(word);
  for (const word of valuesByForm(words, node, found, depth)) if (!names.has(word)) found.add(word);
  const rest = undecidedAmong(words, found);
  for (const word of sameBelow(rest, depth)) found.add(word);
  if (depth === 0) return found;
  const known = node.children.get('{word}');
  if (known !== undefined) {
    // Others here were found to be values before.
    const most = (3 * known.hits) / Math.max(1, known.values) + 3;
    for (const [word, child] of rest)
      if (child.hits <= most && child.hits * rarer <= Math.max(usual, manyRare) && isWithin(child, known))
        found.add(word);
  }
  for (const word of crowd(rest, usual)) found.add(word);
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

/**
 * Words below which the same names stand, directly: `/files/amber/content`, `/files/brave/content`. Collections have a value
 * below them before they have the same.
 */
function sameBelow<T>(rest: readonly (readonly [string, PathNode<T>])[], depth: number): readonly string[] {
  const many = depth === 0 ? manyLeaves : manySame;
  // Below tenants a version is a name as well as any: `/acme/v1/users`.
  const namesBelow = (node: PathNode<T>): readonly string[] => namesIn(node, depth === 0);
  const further = new Map<string, Set<string>>();
  for (const [, { children }] of rest)
    for (const [key, child] of children) {
      if (children.size > 3 * mostNames) break;
      const known = further.get(key) ?? new Set();
      further.set(key, known);
      if (known.size <= mostNames) for (const name of namesBelow(child)) known.add(name);
    }
  const below = new Map<string, readonly string[]>();
  const times = new Map<string, number>();
  for (const [word, node] of rest) {
    if (node.children.size > 3 * mostNames) continue;
    const names = namesBelow(node).flatMap((key) => {
      const child = node.children.get(key);
      // So many are values again.
      const isCollection = child === undefined || (further.get(key)?.size ?? 0) > mostNames;
      return [key, ...(isCollection ? [] : namesBelow(child).map((name) => `${key}/${name}`))];
    });
    if (names.length === 0) continue;
    below.set(word, names);
    for (const name of names) times.set(name, (times.get(name) ?? 0) + 1);
  }
  const common = [...times].filter(([, count]) => count >= 3 && count * 3 >= below.size).length;
  const children = new Map(rest);
  const same = [...below].filter(
    ([, names]) => names.filter((name) => (times.get(name) ?? 0) >= 3).length * 10 >= names.length * 8,
  );
  if (same.length < many || same.length * 10 < below.size * 8 || further.size > 2 * same.length + mostNames) return [];
  const calls = same.map(([word]) => mostCalled(children.get(word))).sort((a, b) => a - b);
  const median = calls[Math.floor(calls.length / 2)] ?? 0;
  // A name is called more than a value, and has few of the operations that values have.
  return same
    .filter(([word, names]) => {
      const most = mostCalled(children.get(word));
      return most <= 3 * median + 3 || (names.length * 2 >= common && (common >= 3 || most <= 10 * median + 3));
    })
    .map(([word]) => word);
}
const manySame = 6;
/** So many names stand below one value. */
const mostNames = 40;

function namesIn<T>({ children }: PathNode<T>, withVersions: boolean): readonly string[] {
  return [...children].flatMap(([key, { isMade }]) =>
    isMade || key.startsWith('{') || (!withVersions && versionName.test(key)) ? [] : [key],
  );
}

/** So many words with nothing below them are no operations, unless they are written as functions are: `chat.postMessage`. */
const manyCrowded = 100;
/** So many, where hardly any is called more than a few times. */
const manySeldom = 60;
const seldom = 4;

function crowd<T>(rest: readonly (readonly [string, PathNode<T>])[], usual: number): readonly string[] {
  const leaves = rest.filter(([, { children }]) => children.size === 0);
  if (leaves.length < manySeldom || leaves.length * 10 < rest.length * 8) return [];
  if (leaves.filter(([word]) => /[a-z][A-Z]|[a-z]\.[a-z]/.test(word)).length * 2 >= leaves.length) return [];
  const ends = new Map<string, number>();
  for (const [, child] of leaves) for (const method of child.ends.keys()) ends.set(method, (ends.get(method) ?? 0) + 1);
  const calls = leaves.map(([, { hits }]) => hits).sort((a, b) => a - b);
  const high = calls[Math.floor(calls.length * 0.9)] ?? 0;
  if (leaves.length < manyCrowded && (high > seldom || high * rarer > usual)) return [];
  // What is called so much more than the others may be an operation.
  const most = Math.min(usual, 3 * high + 1);
  return leaves
    .filter(
      ([, child]) =>
        child.hits < most && [...child.ends.keys()].every((method) => (ends.get(method) ?? 0) * 10 >= leaves.length),
    )
    .map(([word]) => word);
}

/**
 * How often the most called path of a word was called. Below values that were folded it counts how many of them the word was
 * seen under: a name stands under many, a value under its own.
 */
function supportOf<T>(child: PathNode<T>, parents: number): number {
  const calls = mostCalled(child);
  return parents >= manyRare ? Math.min(calls, child.contexts) : calls;
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

/** Whether all that was seen of it and below it was seen of values before. */
function isWithin<T>(node: PathNode<T>, known: PathNode<T>): boolean {
  return (
    [...node.ends.keys()].every((method) => known.ends.has(method)) &&
    [...node.children].every(([key, child]) => {
      const same = known.children.get(key) ?? known.children.get('{word}');
      if (same !== undefined) return isWithin(child, same);
      // Values that were too few to be put together.
      return known.children.size >= manyRare && firstOf(known.children, manyRare).some((one) => isWithin(child, one));
    })
  );
}

function firstOf<T>(children: ReadonlyMap<string, PathNode<T>>, many: number): readonly PathNode<T>[] {
  const first: PathNode<T>[] = [];
  for (const child of children.values()) if (first.push(child) >= many) break;
  return first;
}

/** Whether it has words below it, and nearly all of what it has is what the others have. */
function fits<T>(child: PathNode<T>, shape: ReadonlyMap<string, number>): boolean {
  const parts = [...new Set(partsOf(child))];
  const words = parts.filter((part) => !/ [A-Z]+$/.test(part));
  const shared = words.filter((part) => (shape.get(part) ?? 0) >= 3);
  return shared.length >= 2 && shared.length * 10 >= words.length * 5;
}
