import { anything, type CharacterSet, complement } from './characters.ts';
import type { Expression } from './syntax.ts';

/** In how many ways a backtracking engine gets from one position to another without reading in between. */
type Ways = Map<number, number>;

/** Position automaton (Glushkov) that counts ways: what a backtracking engine may try is its set of paths. */
export interface Automaton {
  /** What each position reads. */
  readonly sets: readonly CharacterSet[];
  readonly first: Ways;
  readonly follow: readonly Ways[];
}

interface Part {
  readonly first: Ways;
  readonly last: Ways;
  /** Ways to match without reading anything. */
  readonly empty: number;
}

/** Thrown where an expression is too large to look at, or counts empty repetitions: to be taken for exponential. */
export class TooComplex extends Error {}

const MOST_POSITIONS = 3_000;
const MOST_WAYS = 1_000;
/** A counted repetition is written out up to this many positions, and up to this many optional ones; beyond, it is taken for an unlimited one. */
const WRITTEN_OUT = 128;
const WRITTEN_OPTIONAL = 4;

/**
 * Assertions count as always true, backreferences as any text, counted repetitions may become unlimited ones: the automaton has at least the
 * paths of the expression.
 *
 * @throws TooComplex
 */
export function automatonOf(expression: Expression): Automaton {
  const sets: CharacterSet[] = [];
  const follow: Ways[] = [];

  const connect = (last: Ways, first: Ways): void => {
    for (const [from, ways] of last) {
      const edges = follow[from];
      if (edges !== undefined) for (const [to, more] of first) add(edges, to, ways * more);
    }
  };

  const sequence = (a: Part, b: Part): Part => {
    connect(a.last, b.first);
    return {
      first: merged(a.first, b.first, a.empty),
      last: merged(b.last, a.last, b.empty),
      empty: a.empty * b.empty,
    };
  };

  const build = (item: Expression): Part => {
    switch (item.kind) {
      case 'set': {
        if (sets.length >= MOST_POSITIONS) throw new TooComplex('too many positions');
        const position = sets.push(approximate(item)) - 1;
        follow.push(new Map());
        return { first: new Map([[position, 1]]), last: new Map([[position, 1]]), empty: 0 };
      }
      case 'sequence':
        return item.items.reduce<Part>((left, right) => sequence(left, build(right)), nothing);
      case 'choice':
        return item.items.map(build).reduce((a, b) => ({
          first: merged(a.first, b.first, 1),
          last: merged(a.last, b.last, 1),
          empty: a.empty + b.empty,
        }));
      case 'repeat':
        return repeat(item.item, item.min, item.max);
      case 'backreference':
        // There is one way for it to match, so it costs no more than its group; it is empty where that took no part.
        return item.item === undefined
          ? repeat({ kind: 'set', set: anything, properties: [], negated: false }, 0, Infinity)
          : optional(build(item.item));
      case 'assertion':
      case 'look':
        return nothing;
    }
  };

  const optional = (part: Part): Part => ({ first: part.first, last: part.last, empty: 1 });

  const repeat = (item: Expression, min: number, max: number): Part => {
    if (max === 0) return nothing;
    const before = sets.length;
    let result = build(item);
    const size = sets.length - before;
    if (max === 1) return min === 0 ? optional(result) : result;
    if (max !== Infinity && max * Math.max(1, size) <= WRITTEN_OUT && max - min <= WRITTEN_OPTIONAL) {
      // x{2,4} is x x (x (x)?)?
      const required = Array.from({ length: Math.max(0, min - 1) }, () => build(item));
      const more = Array.from({ length: max - Math.max(1, min) }, () => build(item));
      const tail = more.reduceRight<Part | undefined>(
        (rest, part) => optional(rest === undefined ? part : sequence(part, rest)),
        undefined,
      );
      for (const part of required) result = sequence(result, part);
      if (tail !== undefined) result = sequence(result, tail);
      return min === 0 ? optional(result) : result;
    }
    connect(result.last, result.first);
    return min === 0 ? optional(result) : result;
  };

  const { first } = build(expression);
  return { sets, first, follow };
}

const nothing: Part = { first: new Map(), last: new Map(), empty: 1 };

function merged(a: Ways, b: Ways, times: number): Ways {
  if (times === 0) return a;
  const result = new Map(a);
  for (const [position, ways] of b) add(result, position, ways * times);
  return result;
}

function add(ways: Ways, position: number, more: number): void {
  ways.set(position, Math.min(MOST_WAYS, (ways.get(position) ?? 0) + more));
}

/** Unicode properties are looked up only for the engine that needs them; here they may be anything. */
function approximate(item: Expression & { readonly kind: 'set' }): CharacterSet {
  if (item.properties.length > 0) return anything;
  return item.negated ? complement(item.set) : item.set;
}
