/** A graph whose parts are looked at only as far as one asks. */
export interface Graph<T> {
  readonly next: (node: T) => readonly T[];
  /** Whether a node was settled before. */
  readonly known: (node: T) => boolean;
  /** Nodes that all lead to each other, after everything else that they lead to: `loops` where one can come back to itself. */
  readonly settle: (nodes: readonly T[], loops: boolean) => void;
}

interface Visit<T> {
  readonly node: T;
  readonly next: readonly T[];
  readonly index: number;
  at: number;
  low: number;
  self: boolean;
}

/**
 * Finds out for a node, and all that it leads to, whether it can come back to itself. Each node and each edge is looked at
 * once, however many ask (strongly connected components; Tarjan, SIAM Journal on Computing 1, 1972).
 */
export function settleLoops<T>(root: T, graph: Graph<T>): void {
  const visits = new Map<T, Visit<T>>();
  const open = new Set<T>();
  const component: Visit<T>[] = [];
  const path: Visit<T>[] = [];
  const enter = (node: T): void => {
    const visit = { node, next: graph.next(node), index: visits.size, at: 0, low: visits.size, self: false };
    visits.set(node, visit);
    open.add(node);
    component.push(visit);
    path.push(visit);
  };
  enter(root);
  for (let here = path.at(-1); here !== undefined; here = path.at(-1)) {
    const next = here.next[here.at++];
    if (next !== undefined) {
      if (next === here.node) here.self = true;
      const visit = visits.get(next);
      if (visit === undefined && !graph.known(next)) enter(next);
      else if (visit !== undefined && open.has(next)) here.low = Math.min(here.low, visit.index);
      continue;
    }
    path.pop();
    const above = path.at(-1);
    if (above !== undefined) above.low = Math.min(above.low, here.low);
    if (here.low !== here.index) continue;
    const members = component.splice(component.lastIndexOf(here));
    for (const { node } of members) open.delete(node);
    graph.settle(
      members.map(({ node }) => node),
      members.length > 1 || members.some(({ self }) => self),
    );
  }
}
