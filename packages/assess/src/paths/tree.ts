import { variableOf } from './variable.ts';
import { mergeNodes, newNode, type PathNode } from './node.ts';
import { formOfSegment, segmentIsVariable } from './segment-form.ts';
import { fewCalls, valuesAmong, type Reference } from './words.ts';

/** A template that was inferred, and what was seen of one method of it. */
export interface InferredTemplate<T> {
  readonly method: string;
  /** `/users/{userId}/orders` */
  readonly template: string;
  readonly hits: number;
  readonly data: T;
}

/** Words that are kept at one place; more of them are values of some parameter. */
const maxWords = 2_000;
/** Places that are kept apart; beyond them words are values. */
const maxNodes = 200_000;
/** Segments of a path that are looked at. */
const maxSegments = 24;

/**
 * Gathers the paths of requests and infers their templates, without knowing any document: numbers, UUIDs, hashes, dates,
 * locales and identifiers by their form, words by statistics over what stands beside them.
 *
 * ```ts
 * const tree = new PathTree<number>((a, b) => a + b);
 * for (const id of ids) tree.add('GET', `/users/${id}/orders`, 1);
 * tree.templates(); // GET /users/{userId}/orders
 * ```
 */
export class PathTree<T> {
  readonly #root = newNode<T>();
  readonly #join: (into: T, from: T) => T;
  #nodes = 0;

  /** @param join puts together what was seen of two requests */
  constructor(join: (into: T, from: T) => T) {
    this.#join = join;
  }

  /** @param path without query; segments percent-encoded or not */
  add(method: string, path: string, data: T, hits = 1): void {
    let fresh = false;
    const end = this.#end(method, path, hits, () => {
      fresh = true;
      return data;
    });
    if (!fresh) end.data = this.#join(end.data, data);
  }

  /**
   * Counts one request, and gives what is kept of those that look the same, to be changed in place.
   * @param make called for the first of them
   */
  touch(method: string, path: string, make: () => T): T {
    return this.#end(method, path, 1, make).data;
  }

  #end(method: string, path: string, hits: number, make: () => T): { hits: number; data: T } {
    let node = this.#root;
    node.hits += hits;
    for (const segment of segmentsOf(path)) {
      node = this.#child(node, segment);
      node.hits += hits;
    }
    let end = node.ends.get(method);
    if (end === undefined) node.ends.set(method, (end = { hits: 0, data: make() }));
    end.hits += hits;
    return end;
  }

  #child(node: PathNode<T>, segment: string): PathNode<T> {
    const form = segmentIsVariable(segment) ? segment.slice(1, -1) : formOfSegment(segment);
    // Of an identifier only the rest of the traffic tells whether it is a name: `securityClassification-6VMVochwUWo`.
    const isKept = form === 'word' || (form === 'identifier' && !segmentIsVariable(segment));
    let key = isKept ? segment : `{${form}}`;
    let child = node.children.get(key);
    if (child === undefined && isKept && (node.children.size >= maxWords || this.#nodes >= maxNodes)) {
      node.overflow = true;
      key = `{${form}}`;
      child = node.children.get(key);
    }
    if (child === undefined) {
      this.#nodes += 1;
      child = newNode<T>();
      child.made = form === 'identifier';
      if (key.startsWith('{')) {
        child.forms = new Set([key.slice(1, -1)]);
        child.only = unshared(segment);
      }
      node.children.set(unshared(key), child);
    }
    if (child.only !== undefined && child.only !== segment) child.only = undefined;
    return child;
  }

  /** The templates of all that was added, by path. */
  templates(): readonly InferredTemplate<T>[] {
    const found: InferredTemplate<T>[] = [];
    const reference = { usual: usualCalls(this.#root), names: new Set<string>() };
    // Once to find identifiers that are names, which may be rarer elsewhere.
    this.#fold(this.#root, [], [], reference, []);
    this.#fold(this.#root, [], [], reference, found);
    return found.sort((a, b) => order(a.template, b.template) || order(a.method, b.method));
  }

  #fold(
    node: PathNode<T>,
    path: readonly string[],
    names: readonly string[],
    reference: Reference,
    found: InferredTemplate<T>[],
  ): void {
    for (const [method, { hits, data }] of node.ends)
      found.push({ method, template: `/${path.join('/')}`, hits, data });
    const words = new Map([...node.children].filter(([key]) => !key.startsWith('{')));
    const values = valuesAmong(words, node, path.length, reference);
    const folded: PathNode<T>[] = [];
    for (const [key, child] of node.children) {
      const fixed = fixedValue(key, child, path.length, reference);
      if (fixed !== undefined) this.#fold(child, [...path, fixed], names, reference, found);
      else if (key.startsWith('{')) folded.push(child);
      else if (values.has(key)) folded.push(child);
      else this.#fold(child, [...path, key], names, reference, found);
    }
    if (folded.length === 0) return;
    const name = variableOf(path, names);
    this.#fold(mergeNodes(folded, this.#join), [...path, `{${name}}`], [...names, name], reference, found);
  }
}

/** A copy: a piece of a text keeps the whole of it in memory, and a log is read in large ones. */
function unshared(text: string): string {
  return Buffer.from(text).toString();
}

/** `a/b`, percent-decoded; what cannot be decoded stays. */
function segmentsOf(path: string): string[] {
  const start = path.startsWith('/') ? 1 : 0;
  if (path.length === start) return [];
  const segments = path.slice(start).split('/', maxSegments);
  return path.includes('%') ? segments.map(decoded) : segments;
}

function decoded(segment: string): string {
  try {
    // A slash inside of a segment must not become one between two.
    return decodeURIComponent(segment).replaceAll('/', '%2F');
  } catch {
    return segment;
  }
}

/**
 * One number or date that everybody sends: a version at the beginning (`/2/tweets`, `/2010-04-01/Accounts`), or a name that is
 * the same below many values (`/users/{userId}/folders/0`).
 */
function fixedValue<T>(key: string, child: PathNode<T>, depth: number, { usual }: Reference): string | undefined {
  if (key !== '{number}' && key !== '{date}') return undefined;
  const isVersion = depth <= 1 && child.children.size >= 2 && child.hits >= 2 * usual;
  const isName = usual >= fewCalls && child.contexts >= Math.max(fewCalls, usual / 2);
  return isVersion || isName ? child.only : undefined;
}

/**
 * How often a usual operation is called: so often, or more, is what one of twenty requests asks for, of those that nothing but
 * names and forms tell apart.
 */
function usualCalls<T>(root: PathNode<T>): number {
  const ends: number[] = [];
  const walk = (node: PathNode<T>): void => {
    for (const { hits } of node.ends.values()) ends.push(hits);
    for (const child of node.children.values()) walk(child);
  };
  walk(root);
  ends.sort((a, b) => b - a);
  const most = root.hits / 20;
  let sum = 0;
  for (const hits of ends) if ((sum += hits) >= most) return hits;
  return 0;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
