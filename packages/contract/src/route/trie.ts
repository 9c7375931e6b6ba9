import type { Operation } from '../model.ts';
import type { Segment } from './template.ts';

/** The end of a template: its operations by method, the first documented one where templates collide. */
export class Leaf {
  readonly operations = new Map<string, Operation>();
  allow: { readonly allow: readonly string[] } = { allow: [] };
}

class Literal {
  readonly text: string;
  readonly node = new Node();
  constructor(text: string) {
    this.text = text;
  }
}

class Pattern {
  readonly literals: readonly string[];
  readonly node = new Node();
  constructor(literals: readonly string[]) {
    this.literals = literals;
  }
  /** How much of the segment is fixed: the more, the more concrete. */
  get weight(): number {
    return this.literals.reduce((sum, literal) => sum + literal.length, 0);
  }
}

/** So many texts of one length are compared one by one. */
const few = 2;

class Node {
  /** By length, so that a segment is compared with few of them, mostly without making a substring. */
  readonly literals: (Literal[] | undefined)[] = [];
  /** The same by text, where more than `few` have one length. */
  byText: Map<string, Literal> | undefined = undefined;
  /** Most fixed text first; among equals, documented order. `{id}` alone comes last. */
  readonly patterns: Pattern[] = [];
  /** Where one variable takes the rest of the path. */
  rest: Leaf | undefined = undefined;
  leaf: Leaf | undefined;
}

/** What one walk found. Offsets are pairs (start, end) into the path, one per variable. */
export interface Walk {
  readonly leaf: Leaf;
  readonly offsets: readonly number[];
  /** A variable took text that may differ from a more concrete sibling only in case, which some routers do not tell apart. */
  readonly maybeCaseOnly: boolean;
}

/**
 * Path templates as a tree of segments. Concrete segments are tried before templated ones at each level, from the left
 * (OpenAPI, Paths Object, "Path Templating Matching"). A walk visits each node at most once, so a hostile path costs no
 * more than its length plus the part of the tree it reaches.
 */
export class Trie {
  private readonly root = new Node();
  private readonly offsets: number[] = [];
  private maybeCaseOnly = false;
  private ambiguous = false;

  /** The leaf of a template, made where there is none. Templates that differ only in variable names share one. */
  leaf(segments: readonly Segment[]): Leaf {
    let node = this.root;
    for (const segment of segments) {
      if (segment.kind === 'variable' && segment.rest === true) return (node.rest ??= new Leaf());
      node = segment.kind === 'literal' ? literalChild(node, segment.text) : patternChild(node, segment.literals);
    }
    return (node.leaf ??= new Leaf());
  }

  /** Whether a template has a leaf by now. */
  has(segments: readonly Segment[]): boolean {
    let node: Node | undefined = this.root;
    for (const segment of segments) {
      if (segment.kind === 'variable' && segment.rest === true) return node?.rest !== undefined;
      node = segment.kind === 'literal' ? literalOf(node, segment.text)?.node : patternOf(node, segment.literals)?.node;
      if (node === undefined) return false;
    }
    return node.leaf !== undefined;
  }

  /** Undefined where nothing matches, or a segment can be split between its variables in more than one way. */
  find(path: string): Walk | undefined {
    this.offsets.length = 0;
    this.maybeCaseOnly = false;
    this.ambiguous = false;
    const leaf = this.walk(this.root, path, 1);
    return leaf === undefined || this.ambiguous
      ? undefined
      : { leaf, offsets: this.offsets, maybeCaseOnly: this.maybeCaseOnly };
  }

  private walk(node: Node, path: string, start: number): Leaf | undefined {
    const slash = path.indexOf('/', start);
    const last = slash === -1;
    const end = last ? path.length : slash;
    const candidates = node.literals[end - start];
    if (candidates !== undefined) {
      const literal =
        candidates.length > few ? node.byText?.get(path.slice(start, end)) : oneOf(candidates, path, start);
      if (literal !== undefined) {
        const leaf = last ? literal.node.leaf : this.walk(literal.node, path, end + 1);
        if (leaf !== undefined || this.ambiguous) return leaf;
      }
    }
    if (end === start) return undefined;
    const known = this.offsets.length;
    for (const pattern of node.patterns) {
      if (!this.capture(pattern.literals, path, start, end)) continue;
      const leaf = last ? pattern.node.leaf : this.walk(pattern.node, path, end + 1);
      if (this.ambiguous) return undefined;
      if (leaf !== undefined) {
        if (pattern !== node.patterns[0] || (candidates !== undefined && anyIgnoringCase(candidates, path, start)))
          this.maybeCaseOnly = true;
        return leaf;
      }
      this.offsets.length = known;
    }
    // Only what nothing else takes; servers read a slash at the end in two ways.
    if (node.rest === undefined || path.endsWith('/')) return undefined;
    this.offsets.push(start, path.length);
    if (candidates !== undefined && anyIgnoringCase(candidates, path, start)) this.maybeCaseOnly = true;
    return node.rest;
  }

  /** Cuts one segment at the fixed text of a pattern; every variable takes at least one character. */
  private capture(literals: readonly string[], path: string, start: number, end: number): boolean {
    const last = literals.length - 1;
    const prefix = literals[0] ?? '';
    const suffix = literals[last] ?? '';
    const first = start + prefix.length;
    const limit = end - suffix.length;
    if (
      first >= limit ||
      (prefix !== '' && !path.startsWith(prefix, start)) ||
      (suffix !== '' && !path.startsWith(suffix, limit))
    )
      return false;
    if (last === 1) {
      this.offsets.push(first, limit);
      return true;
    }
    const known = this.offsets.length;
    let from = first;
    for (let index = 1; index < last; index++) {
      const between = literals[index] ?? '';
      const at = path.indexOf(between, from + 1);
      if (at === -1 || at + between.length >= limit) {
        this.offsets.length = known;
        return false;
      }
      this.offsets.push(from, at);
      from = at + between.length;
    }
    this.offsets.push(from, limit);
    if (!this.splitIsUnique(literals, path, known, limit)) this.ambiguous = true;
    return true;
  }

  /** The split from the left is the only one if it is also the split from the right. */
  private splitIsUnique(literals: readonly string[], path: string, known: number, limit: number): boolean {
    let until = limit;
    for (let index = literals.length - 2; index >= 1; index--) {
      const between = literals[index] ?? '';
      const at = path.lastIndexOf(between, until - 1 - between.length);
      if (at !== this.offsets[known + 2 * index - 1]) return false;
      until = at;
    }
    return true;
  }
}

function oneOf(literals: readonly Literal[], path: string, start: number): Literal | undefined {
  for (const literal of literals) if (path.startsWith(literal.text, start)) return literal;
  return undefined;
}

function literalOf(node: Node, text: string): Literal | undefined {
  const group = node.literals[text.length];
  return group !== undefined && group.length > few
    ? node.byText?.get(text)
    : group?.find((known) => known.text === text);
}

function literalChild(node: Node, text: string): Node {
  const group = (node.literals[text.length] ??= []);
  let literal = literalOf(node, text);
  if (literal === undefined) {
    literal = new Literal(text);
    group.push(literal);
    node.byText ??= new Map();
    if (group.length === few + 1) for (const known of group) node.byText.set(known.text, known);
    else if (group.length > few) node.byText.set(text, literal);
  }
  return literal.node;
}

function patternOf(node: Node, literals: readonly string[]): Pattern | undefined {
  return node.patterns.find(
    (pattern) =>
      pattern.literals.length === literals.length && pattern.literals.every((text, index) => text === literals[index]),
  );
}

function patternChild(node: Node, literals: readonly string[]): Node {
  const known = patternOf(node, literals);
  if (known !== undefined) return known.node;
  const pattern = new Pattern(literals);
  node.patterns.push(pattern);
  node.patterns.sort((left, right) => right.weight - left.weight);
  return pattern.node;
}

/** ASCII only, and a little too generous (`@` and `` ` ``): a yes is looked at again. */
function anyIgnoringCase(literals: readonly Literal[], path: string, start: number): boolean {
  return literals.some(({ text }) => {
    for (let at = 0; at < text.length; at++) {
      if ((text.charCodeAt(at) | 0x20) !== (path.charCodeAt(start + at) | 0x20)) return false;
    }
    return true;
  });
}
