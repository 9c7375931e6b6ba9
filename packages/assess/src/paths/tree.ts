import { variableOf } from './variable.ts';
import { mergeNodes, newNode, removeChild, setChild, setEnd, type PathNode } from './node.ts';
import { openAmong } from './open.ts';
import { partsOfSegment, segmentIsVariable } from './segment-form.ts';
import { fewCalls, valuesAmong, type Reference } from './words.ts';

/** A template that was inferred, and what was seen of one method of it. */
export interface InferredTemplate<T> {
  readonly method: string;
  /** `/users/{userId}/orders` */
  readonly template: string;
  readonly hits: number;
  readonly data: T;
  /**
   * Segments, by index from 0, of which it is not sure yet that they are names: they may be values that too little was seen of.
   */
  readonly open: readonly number[];
}

/** Where folding has come to. */
interface FoldedPlace {
  readonly path: readonly string[];
  /** Of its parameters. */
  readonly names: readonly string[];
  readonly open: readonly number[];
}

/** Words that are kept at one place; more of them are values of some parameter. */
const maxWords = 2_000;
/** The same of identifiers, which are names only by exception. */
const maxMade = 150;
/** Before so many segments a version is a name. */
const versionDepth = 2;
/** Places from which on values are looked for while requests come in. */
const firstCompaction = 20_000;
/** Words at one place that are left as they are while requests come in. */
const fewWords = 100;
/** Values below each of which the same number stands: it is a name. */
const manyContexts = 24;
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
  /** So many places are kept before those that are values by now become one. */
  #compactAt = firstCompaction;

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
    if (this.#nodes >= this.#compactAt) this.#compact();
    let depth = 0;
    for (const segment of segmentsOf(path)) {
      node = this.#child(node, segment, depth);
      node.hits += hits;
      depth += 1;
    }
    let end = node.ends.get(method);
    if (end === undefined) setEnd(node, method, (end = { hits: 0, data: make() }));
    end.hits += hits;
    return end;
  }

  #child(node: PathNode<T>, segment: string, depth: number): PathNode<T> {
    // Most segments are names that were seen before: only what is kept as it is has a place under itself.
    const seen = segment.startsWith('{') ? undefined : node.children.get(segment);
    if (seen !== undefined) return seen;
    const isVariable = segmentIsVariable(segment);
    const { form, suffix } = isVariable ? { form: segment.slice(1, -1), suffix: '' } : partsOfSegment(segment);
    // Of an identifier only the rest of the traffic tells whether it is a name: `securityClassification-6VMVochwUWo`.
    const isMade = form === 'identifier' && !isVariable && suffix === '';
    // `/v1.0.0/users` and `/v2.0.0/users` are two versions side by side.
    const isKept = form === 'word' || isMade || (form === 'version' && depth < versionDepth);
    let key = isKept ? segment : `{${form}}${suffix}`;
    let child = node.children.get(key);
    if (child === undefined && isMade && node.made >= maxMade) {
      key = `{${form}}`;
      child = node.children.get(key);
    } else if (child === undefined && isKept && (node.children.size >= maxWords || this.#nodes >= maxNodes)) {
      node.overflow = true;
      key = `{${form}}`;
      child = node.children.get(key);
    }
    if (child === undefined) {
      this.#nodes += 1;
      child = newNode<T>();
      child.isMade = isMade;
      if (isMade) node.made += 1;
      if (key.startsWith('{')) {
        child.forms = new Set([form]);
        child.only = unshared(segment);
        child.length = segment.length;
      }
      setChild(node, unshared(key), child);
    }
    if (child.only !== undefined && child.only !== segment) child.only = undefined;
    if (child.length !== undefined && child.length !== segment.length) child.length = -1;
    return child;
  }

  /** Puts together what are values by what was seen so far, so that memory is bounded whatever comes. */
  #compact(): void {
    const reference = { usual: usualCalls(this.#root), names: new Set<string>() };
    this.#nodes = this.#joinValues(this.#root, 0, reference);
    this.#compactAt = Math.max(firstCompaction, this.#nodes * 2);
  }

  /** @returns places that are left */
  #joinValues(node: PathNode<T>, depth: number, reference: Reference): number {
    const words = wordsOf(node);
    // Of few words more will be known later.
    const values = words.size < fewWords ? [] : valuesAmong(words, node, depth, reference);
    const groups = new Map<string, PathNode<T>[]>();
    for (const word of values) {
      const child = words.get(word);
      if (child === undefined) continue;
      const key = child.isMade ? '{identifier}' : '{word}';
      child.length = word.length;
      child.values = 1;
      const list = groups.get(key);
      if (list === undefined) groups.set(key, [child]);
      else list.push(child);
      removeChild(node, word);
      if (child.isMade) node.made -= 1;
    }
    for (const [key, children] of groups) {
      const known = node.children.get(key);
      const merged = mergeNodes(known === undefined ? children : [known, ...children], this.#join);
      merged.isMade = false;
      merged.forms ??= new Set([key.slice(1, -1)]);
      if (children.length > 1 || known !== undefined) merged.only = undefined;
      setChild(node, key, merged);
    }
    let left = 1;
    for (const child of node.children.values()) left += this.#joinValues(child, depth + 1, reference);
    return left;
  }

  /** The templates of all that was added, by path. */
  templates(): readonly InferredTemplate<T>[] {
    const found: InferredTemplate<T>[] = [];
    const reference = { usual: usualCalls(this.#root), names: new Set<string>() };
    // Once to find identifiers that are names, which may be rarer elsewhere.
    const root = { path: [], names: [], open: [] };
    this.#fold(this.#root, root, reference, []);
    this.#fold(this.#root, root, reference, found);
    return found.sort((a, b) => order(a.template, b.template) || order(a.method, b.method));
  }

  #fold(node: PathNode<T>, at: FoldedPlace, reference: Reference, found: InferredTemplate<T>[]): void {
    const { path, names, open } = at;
    for (const [method, { hits, data }] of node.ends)
      found.push({ method, template: `/${path.join('/')}`, hits, data, open });
    const words = wordsOf(node);
    const values = valuesAmong(words, node, path.length, reference);
    const unsure = openAmong(words, values, node, path.length, reference.usual, open.length > 0);
    // Names of files of several formats are one parameter.
    const isFiles = node.children.has('{file}');
    /** By what follows the value in its segment. */
    const folded = new Map<string, PathNode<T>[]>();
    const fold = (suffix: string, child: PathNode<T>): void => {
      const list = folded.get(suffix);
      if (list === undefined) folded.set(suffix, [child]);
      else list.push(child);
    };
    for (const [key, child] of node.children) {
      const fixed = fixedValue(key, child, path.length, reference);
      if (fixed !== undefined) this.#fold(child, { ...at, path: [...path, fixed] }, reference, found);
      else if (key.startsWith('{')) fold(isFiles ? '' : key.slice(key.indexOf('}') + 1), child);
      else if (values.has(key)) fold('', child);
      else {
        const isOpen = unsure.has(key);
        this.#fold(
          child,
          { names, path: [...path, key], open: isOpen ? [...open, path.length] : open },
          reference,
          found,
        );
      }
    }
    const name = variableOf(path, names);
    for (const [suffix, children] of folded)
      this.#fold(
        mergeNodes(children, this.#join),
        { path: [...path, `{${name}}${suffix}`], names: [...names, name], open },
        reference,
        found,
      );
  }
}

function wordsOf<T>({ children }: PathNode<T>): ReadonlyMap<string, PathNode<T>> {
  return new Map([...children].filter(([key]) => !key.startsWith('{')));
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
  if (key !== '{number}' && key !== '{date}' && key !== '{version}') return undefined;
  const isVersion = depth <= 1 && child.children.size >= 2 && child.hits >= 2 * usual;
  // One number below so many values is no identifier; of a date it may be today's.
  const fewest = key === '{number}' ? Math.min(usual / 2, manyContexts) : usual / 2;
  const isName = usual >= fewCalls && child.contexts >= Math.max(fewCalls, fewest);
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
