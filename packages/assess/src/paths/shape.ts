import { mostCalled, type PathNode } from './node.ts';

/** What is asked of values at one place, whatever the values below them are. */
export interface Shape {
  /** How often each was called. */
  readonly methods: ReadonlyMap<string, number>;
  readonly names: ReadonlyMap<string, Shape>;
  /** Below any other segment; undefined where there are none but names. */
  readonly value: Shape | undefined;
}

/** How far the requests of a node are those of a shape. */
export interface Fit {
  readonly matched: number;
  readonly all: number;
  /** What is asked of both, `GET /issues/{}`, and how often of the node. */
  readonly slots: ReadonlyMap<string, number>;
}

/** Different segments from which on they are values, or names are common. */
const fewValues = 6;
/** Nodes that are looked at. */
export const mostLooked = 48;
/** Segments below a value. */
const mostDepth = 6;
/** Segments below a value by which it is told what is asked of it. */
const slotDepth = 4;

/** What at least two of several nodes or a tenth of them are asked, or what was asked of several that became one before. */
export function shapeOf<T>(nodes: readonly PathNode<T>[], depth = 0): Shape {
  const few = nodes.length < fewValues ? 1 : Math.max(2, nodes.length / 10);
  const methods = new Map<string, { times: number; hits: number }>();
  const below = new Map<string, { times: number; readonly nodes: PathNode<T>[] }>();
  const values: PathNode<T>[] = [];
  const add = (key: string, child: PathNode<T>, times: number): void => {
    const known = below.get(key);
    if (known === undefined) below.set(key, { times, nodes: [child] });
    else {
      known.times += times;
      known.nodes.push(child);
    }
  };
  for (const { ends, children, contexts } of nodes) {
    const isFolded = contexts >= fewValues;
    const least = Math.max(2, contexts / 100);
    for (const [method, { hits }] of ends) {
      const known = methods.get(method) ?? { times: 0, hits: 0 };
      methods.set(method, { times: known.times + (isFolded ? few : 1), hits: known.hits + hits });
    }
    if (depth < mostDepth)
      for (const [key, child] of children) {
        if (key.startsWith('{') || child.isMade) values.push(child);
        else add(key, child, isFolded ? (child.contexts >= least ? few : 0) : 1);
      }
  }
  const names = new Map<string, Shape>();
  let others = 0;
  for (const [key, { times, nodes: same }] of below) {
    if (times >= few && (nodes.length > 1 || below.size < fewValues)) names.set(key, shapeOf(same, depth + 1));
    else {
      others += 1;
      if (values.length < mostLooked) values.push(...same);
    }
  }
  const hasValues = values.length > 0 && (others === 0 || others >= fewValues || others < values.length);
  return {
    methods: new Map(
      [...methods].flatMap(([method, { times, hits }]) => (times >= few ? [[method, hits] as const] : [])),
    ),
    names,
    value: hasValues ? shapeOf(values.slice(0, mostLooked), depth + 1) : undefined,
  };
}

/** All that is asked, and how often. */
export function slotsOf(shape: Shape, path = '', depth = 0): ReadonlyMap<string, number> {
  const slots = new Map<string, number>();
  if (depth > slotDepth) return slots;
  for (const [method, hits] of shape.methods) slots.set(`${method} ${path}`, hits);
  for (const [name, below] of shape.names)
    for (const [slot, hits] of slotsOf(below, `${path}/${name}`, depth + 1)) slots.set(slot, hits);
  if (shape.value !== undefined)
    for (const [slot, hits] of slotsOf(shape.value, `${path}/{}`, depth + 1)) slots.set(slot, hits);
  return slots;
}

/**
 * Whether a node is asked each thing about as often, beside the others, as the values are: chi-squared, with room for what callers
 * prefer.
 */
export function isProportional(mine: ReadonlyMap<string, number>, theirs: ReadonlyMap<string, number>): boolean {
  let [all, own] = [0, 0];
  for (const hits of theirs.values()) all += hits;
  for (const hits of mine.values()) own += hits;
  let distance = 0;
  let compared = -1;
  for (const [slot, hits] of theirs) {
    const expected = (own * hits) / all;
    if (expected < 1) continue;
    distance += ((mine.get(slot) ?? 0) - expected) ** 2 / expected;
    compared += 1;
  }
  return compared < 1 || distance <= 2 * (compared + 4 * Math.sqrt(2 * compared));
}

/** Compares what is asked of a node. */
export function fitOf<T>(node: PathNode<T>, shape: Shape): Fit {
  const slots = new Map<string, number>();
  const walk = (at: PathNode<T>, of: Shape, path: string, depth: number): readonly [number, number] => {
    let [matched, all] = [0, 0];
    for (const [method, { hits }] of at.ends) {
      all += hits;
      if (!of.methods.has(method)) continue;
      matched += hits;
      if (depth <= slotDepth) slots.set(`${method} ${path}`, (slots.get(`${method} ${path}`) ?? 0) + hits);
    }
    for (const [key, child] of at.children) {
      const name = of.names.get(key);
      const next = name ?? of.value;
      if (next === undefined) all += child.hits;
      else {
        const [some, every] = walk(child, next, `${path}/${name === undefined ? '{}' : key}`, depth + 1);
        matched += some;
        all += every;
      }
    }
    return [matched, all];
  };
  const [matched, all] = walk(node, shape, '', 0);
  return { matched, all, slots };
}

/** How often the most called path of each is called, most first. */
export function callsOf<T>(nodes: Iterable<PathNode<T>>): number[] {
  return [...nodes].map((node) => mostCalled(node)).sort((a, b) => b - a);
}
