import { createRequire } from 'node:module';
import type { RE2JS } from 're2js';
import { type Cost, costOf } from './cost.ts';
import { parse, Unsupported } from './parse.ts';
import type { Expression } from './syntax.ts';
import { sizeOf, toRe2, translatable } from './translate.ts';

/** A compiled `pattern`: whether a text has a part that matches it. */
export interface Pattern {
  readonly source: string;
  /**
   * Never takes long: a text on which a backtracking engine might is given to a linear-time engine.
   * A text longer than `longest` is refused unseen.
   */
  test(text: string): boolean;
  /** UTF-16 units of the longest text that can be checked safely; 0 where none can, Infinity where any can. */
  readonly longest: number;
  /** What runs it: the JavaScript engine alone, with RE2 for what could take long, RE2 alone, or nothing. */
  readonly engine: 'native' | 'native-then-linear' | 'linear' | 'none';
  /** Why it is not simply run by the JavaScript engine. */
  readonly reason: 'invalid' | 'not-ecma' | 'exponential' | 'polynomial' | undefined;
}

export interface PatternOptions {
  /** The longest text that it will see, in characters; longer ones were refused before. Default: no limit. */
  readonly maxLength?: number | undefined;
}

/** Steps of the backtracking engine that one check may take: some 10 ms. */
const STEPS = 3_000_000;
/** States times characters that the linear engine may go through: each costs up to 200 ns, in small expressions far less. */
const LINEAR_STEPS = 250_000;
const LINEAR_STEPS_SMALL = 2_000_000;
const SMALL = 40;
/** Larger expressions take the linear engine too long to compile. */
const LARGEST = 4_000;
/** No text is longer: the limit of a string in a body. */
const LONGEST = 1 << 20;

/**
 * Compiles a pattern of ECMA-262 (`u` flag; without it where the pattern is only valid so), searched for anywhere in a text.
 *
 * Its worst case on the JavaScript engine is estimated from above (`costOf`); texts on which it could take more than a few milliseconds
 * go to RE2 (linear time). RE2 has no lookaround and no backreferences: for patterns with those, such texts are refused (`longest`).
 * A pattern that is no regular expression at all matches nothing.
 */
export function compilePattern(source: string, options: PatternOptions = {}): Pattern {
  const units = Math.min(LONGEST, 2 * (options.maxLength ?? Infinity));
  const native = nativeOf(source);
  if (native === undefined) return foreign(source);
  let expression: Expression | undefined;
  try {
    expression = parse(source, native.unicode);
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error;
  }
  const cost: Cost =
    expression === undefined ? { degree: Infinity, factor: 1, branching: Infinity } : costOf(expression);
  const reach = nativeReach(cost);
  if (reach >= units)
    return { source, test: (text) => native.test(text), longest: Infinity, engine: 'native', reason: undefined };
  const reason = cost.degree === Infinity ? 'exponential' : 'polynomial';
  let linear: RE2JS | undefined;
  const portable =
    expression !== undefined && translatable(expression) && sizeOf(expression) <= LARGEST ? expression : undefined;
  const longest = portable === undefined ? reach : Math.max(reach, linearReach(portable));
  const test = (text: string): boolean => {
    if (text.length <= reach) return native.test(text);
    if (text.length > longest || portable === undefined) return false;
    linear ??= re2().compile(toRe2(portable));
    return linear.test(text);
  };
  const engine = portable === undefined ? (reach > 0 ? 'native' : 'none') : reach > 0 ? 'native-then-linear' : 'linear';
  return { source, test, longest: longest >= units ? Infinity : longest, engine, reason };
}

/** Loaded with the first pattern that needs it: most documents have none. */
function re2(): typeof RE2JS {
  return (createRequire(import.meta.url)('re2js') as typeof import('re2js')).RE2JS;
}

interface Native {
  readonly unicode: boolean;
  test(text: string): boolean;
}

/** The pattern on the JavaScript engine; undefined where it is no ECMA-262 pattern even by Annex B. */
function nativeOf(source: string): Native | undefined {
  for (const flags of ['u', '']) {
    try {
      const expression = new RegExp(source, flags);
      return { unicode: flags === 'u', test: (text) => expression.test(text) };
    } catch {
      // Not valid under these flags; the next ones may do.
    }
  }
  return undefined;
}

/** UTF-16 units up to which the JavaScript engine needs no more than `STEPS`. */
function nativeReach({ degree, factor, branching }: Cost): number {
  if (degree === Infinity)
    return branching === Infinity ? 0 : Math.floor(Math.log(STEPS) / Math.log(Math.max(2, branching)) / 2);
  if (degree === 0) return factor <= STEPS ? Infinity : 0;
  const reach = Math.floor((STEPS / factor) ** (1 / degree));
  return reach >= LONGEST ? Infinity : reach;
}

function linearReach(expression: Expression): number {
  const size = sizeOf(expression);
  return Math.floor((size <= SMALL ? LINEAR_STEPS_SMALL : LINEAR_STEPS) / size);
}

/** A pattern of another language: RE2's, which shares `(?i)`, `\A` and `\z` with those that real documents borrow from, or none. */
function foreign(source: string): Pattern {
  try {
    const linear = re2().compile(source);
    const longest = source.length > LARGEST || /\{\d{3}/.test(source) ? 0 : Math.floor(LINEAR_STEPS / source.length);
    return {
      source,
      test: (text) => text.length <= longest && linear.test(text),
      longest,
      engine: 'linear',
      reason: 'not-ecma',
    };
  } catch {
    return { source, test: () => false, longest: 0, engine: 'none', reason: 'invalid' };
  }
}
