import { type Automaton, TooComplex } from './automaton.ts';
import { overlap } from './characters.ts';
import { components } from './components.ts';

/** How much a backtracking engine may have to try on a text of length n: at most about `factor * n ** degree`; exponential where the degree is Infinity. */
export interface Ambiguity {
  readonly degree: number;
  readonly factor: number;
  /** The most ways that one character can go on from one position. */
  readonly branching: number;
}

/** Pairs of positions, and edges between pairs, that are looked at; an expression with more is taken for exponential. */
const MOST_PAIRS = 200_000;
const MOST_EDGES = 1_000_000;

/**
 * Ambiguity of the automaton's paths (Weber and Seidl, 'On the degree of ambiguity of finite automata', 1991), from above. Exponential: some
 * position can be left and reached again in two ways by the same text. Polynomial: a loop can hand over to another loop at any point of
 * the same text; the degree is the longest chain of such loops. The rest multiplies by a constant.
 */
export function ambiguityOf(automaton: Automaton): Ambiguity {
  const { sets, first, follow } = automaton;
  const size = sets.length;
  const next = follow.map((ways) => [...ways.keys()]);
  const loop = components(size, (node) => next[node] ?? []);
  const cyclic = new Set<number>();
  for (let node = 0; node < size; node++)
    if (next[node]?.some((to) => loop[to] === loop[node])) cyclic.add(loop[node] ?? 0);
  const compatible = (a: number, b: number): boolean => overlap(sets[a] ?? [], sets[b] ?? []);

  let factor = together(first, compatible);
  let branching = factor;
  let exits = false;
  for (let node = 0; node < size; node++) {
    const inLoop = cyclic.has(loop[node] ?? 0);
    const ways = follow[node] ?? new Map<number, number>();
    branching = Math.max(branching, together(ways, compatible));
    if (inLoop && [...ways].some(([to, count]) => count > 1 && loop[to] === loop[node]))
      return { degree: Infinity, factor, branching: Math.max(2, branching) };
    const leaving = inLoop ? new Map([...ways].filter(([to]) => loop[to] !== loop[node])) : ways;
    if (inLoop && together(ways, compatible) > 1) exits = true;
    factor = Math.min(1e9, factor * together(leaving, compatible));
  }
  if (cyclic.size === 0) return { degree: 0, factor, branching };
  if (exits) factor *= size - [...loop].filter((one) => cyclic.has(one)).length + 1;
  const degree = chain(size, next, loop, cyclic, compatible);
  return { degree: degree + 1, factor, branching: Math.max(2, branching) };
}

/** Whether two positions can read the same character. */
type Compatible = (a: number, b: number) => boolean;

/** Beyond this many ways on, all are taken to be open to the same character. */
const MOST_COMPARED = 500;

/** The most ways that can be taken on one and the same character. */
function together(ways: ReadonlyMap<number, number>, compatible: Compatible): number {
  let most = 1;
  if (ways.size > MOST_COMPARED) return [...ways.values()].reduce((sum, count) => sum + count, 0);
  for (const one of ways.keys()) {
    let sum = 0;
    for (const [other, count] of ways) if (compatible(one, other)) sum += count;
    most = Math.max(most, sum);
  }
  return most;
}

/** Links in the longest chain of loops that hand over to each other on the same text; Infinity where one loop is ambiguous in itself. */
function chain(
  size: number,
  next: readonly (readonly number[])[],
  loop: Int32Array,
  cyclic: ReadonlySet<number>,
  compatible: Compatible,
): number {
  // A pair of positions that read the same text: the first stays in its loop, the second may leave it.
  const looping = [...loop.keys()].filter((node) => cyclic.has(loop[node] ?? -1));
  const row = new Map(looping.map((node, index) => [node, index]));
  if (looping.length * size > MOST_PAIRS) return Infinity;
  const first = (pair: number): number => looping[Math.floor(pair / size)] ?? 0;
  const pairOf = (a: number, b: number): number => (row.get(a) ?? 0) * size + b;
  let edges = 0;
  const cache = new Map<number, readonly number[]>();
  const after = (pair: number): readonly number[] => {
    const known = cache.get(pair);
    if (known !== undefined) return known;
    const found: number[] = [];
    const a = first(pair);
    for (const toA of next[a] ?? []) {
      if (loop[toA] !== loop[a]) continue;
      for (const toB of next[pair % size] ?? []) if (compatible(toA, toB)) found.push(pairOf(toA, toB));
    }
    edges += found.length;
    if (edges > MOST_EDGES) throw new TooComplex('too many pairs of positions');
    cache.set(pair, found);
    return found;
  };
  const both = components(looping.length * size, after);
  const diagonal = new Set(looping.map((node) => both[pairOf(node, node)] ?? -1));
  const members = new Map<number, number>();
  for (const one of both) members.set(one, (members.get(one) ?? 0) + 1);
  for (const a of looping)
    for (const b of looping) if (a !== b && diagonal.has(both[pairOf(a, b)] ?? -2)) return Infinity;

  const turning = (pair: number): boolean => (members.get(both[pair] ?? -1) ?? 0) > 1 || after(pair).includes(pair);
  const handsOver = new Map<number, Set<number>>();
  for (const from of cyclic) {
    const others = new Set<number>();
    const pending = looping.filter((node) => loop[node] === from).map((node) => pairOf(node, node));
    const reached = new Set<number>(pending);
    for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
      const other = loop[pair % size] ?? -1;
      if (other !== from && cyclic.has(other) && turning(pair)) others.add(other);
      for (const to of after(pair)) {
        if (reached.has(to)) continue;
        reached.add(to);
        pending.push(to);
      }
    }
    handsOver.set(from, others);
  }
  const length = new Map<number, number>();
  // Components are numbered in reverse topological order: what a loop hands over to has a lower number.
  for (const from of [...cyclic].sort((a, b) => a - b)) {
    let longest = 0;
    for (const to of handsOver.get(from) ?? []) longest = Math.max(longest, 1 + (length.get(to) ?? 0));
    length.set(from, longest);
  }
  return Math.max(0, ...length.values());
}
