/** One place in the tree of paths: what stands below one segment. */
export interface PathNode<T> {
  children: ReadonlyMap<string, PathNode<T>>;
  /** What was seen of requests that end here, by method. */
  ends: ReadonlyMap<string, End<T>>;
  /** Requests that came here or further. */
  hits: number;
  /** How many places were made one here: the different values that stood before. */
  contexts: number;
  /** Of values that were folded: which forms they had. */
  forms: Set<string> | undefined;
  /** How many words became one here. */
  values: number;
  /** Of values that were folded: how long all of them are; -1 where they differ. */
  length: number | undefined;
  /** The one segment that all came by, of a form that is told; undefined after a second one. */
  only: string | undefined;
  /** The segment is an identifier by its form. */
  isMade: boolean;
  /** How many of the children are. */
  made: number;
  /** Words beyond the limit went into one. */
  overflow: boolean;
}

interface End<T> {
  hits: number;
  data: T;
}

/** Most places have nothing below them: they share what holds nothing. */
const none = new Map<string, never>();

/** Puts a child below a node. */
export function setChild<T>(node: PathNode<T>, key: string, child: PathNode<T>): void {
  if (node.children === none) node.children = new Map();
  (node.children as Map<string, PathNode<T>>).set(key, child);
}

export function removeChild<T>(node: PathNode<T>, key: string): void {
  if (node.children !== none) (node.children as Map<string, PathNode<T>>).delete(key);
}

export function setEnd<T>(node: PathNode<T>, method: string, end: End<T>): void {
  if (node.ends === none) node.ends = new Map();
  (node.ends as Map<string, End<T>>).set(method, end);
}

export function newNode<T>(): PathNode<T> {
  return {
    children: none as ReadonlyMap<string, PathNode<T>>,
    ends: none,
    hits: 0,
    contexts: 1,
    forms: undefined,
    values: 0,
    length: undefined,
    only: undefined,
    isMade: false,
    made: 0,
    overflow: false,
  };
}

/** Puts nodes together; `join` puts together what was seen at their ends. */
export function mergeNodes<T>(nodes: readonly PathNode<T>[], join: (into: T, from: T) => T): PathNode<T> {
  const [first] = nodes;
  if (nodes.length === 1 && first !== undefined) return first;
  const merged = newNode<T>();
  merged.contexts = 0;
  merged.only = nodes.every(({ only }) => only === first?.only) ? first?.only : undefined;
  const below = new Map<string, PathNode<T>[]>();
  for (const node of nodes) {
    merged.hits += node.hits;
    merged.contexts += node.contexts;
    merged.overflow ||= node.overflow;
    merged.values += node.values;
    merged.isMade ||= node.isMade;
    if (node.length !== undefined)
      merged.length = merged.length === undefined || merged.length === node.length ? node.length : -1;
    if (node.forms !== undefined) merged.forms = new Set([...(merged.forms ?? []), ...node.forms]);
    for (const [method, end] of node.ends) {
      const known = merged.ends.get(method);
      setEnd(
        merged,
        method,
        known === undefined ? { ...end } : { hits: known.hits + end.hits, data: join(known.data, end.data) },
      );
    }
    for (const [key, child] of node.children) {
      const list = below.get(key);
      if (list === undefined) below.set(key, [child]);
      else list.push(child);
    }
  }
  for (const [key, children] of below) setChild(merged, key, mergeNodes(children, join));
  return merged;
}

/** How often the most called path at a node or below it was called. */
export function mostCalled<T>(node: PathNode<T> | undefined, depth = 0): number {
  if (node === undefined) return 0;
  let most = 0;
  for (const { hits } of node.ends.values()) most = Math.max(most, hits);
  if (depth < 6) for (const child of node.children.values()) most = Math.max(most, mostCalled(child, depth + 1));
  return most;
}
