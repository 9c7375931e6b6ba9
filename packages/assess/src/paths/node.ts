/** One place in the tree of paths: what stands below one segment. */
export interface PathNode<T> {
  readonly children: Map<string, PathNode<T>>;
  /** What was seen of requests that end here, by method. */
  readonly ends: Map<string, End<T>>;
  /** Requests that came here or further. */
  hits: number;
  /** How many places were made one here: the different values that stood before. */
  contexts: number;
  /** Of values that were folded: which forms they had. */
  forms: Set<string> | undefined;
  /** The one segment that all came by, of a form that is told; undefined after a second one. */
  only: string | undefined;
  /** The segment is an identifier by its form. */
  made: boolean;
  /** Words beyond the limit went into one. */
  overflow: boolean;
}

interface End<T> {
  hits: number;
  data: T;
}

export function newNode<T>(): PathNode<T> {
  return {
    children: new Map(),
    ends: new Map(),
    hits: 0,
    contexts: 1,
    forms: undefined,
    only: undefined,
    made: false,
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
    merged.made ||= node.made;
    if (node.forms !== undefined) merged.forms = new Set([...(merged.forms ?? []), ...node.forms]);
    for (const [method, end] of node.ends) {
      const known = merged.ends.get(method);
      merged.ends.set(
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
  for (const [key, children] of below) merged.children.set(key, mergeNodes(children, join));
  return merged;
}
