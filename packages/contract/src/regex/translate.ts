import { type CharacterSet, complement, propertySet, union } from './characters.ts';
import type { Expression } from './syntax.ts';

/** RE2 refuses counts above this, also those of repetitions in each other multiplied. */
const MOST = 1_000;

/**
 * The same regular expression in RE2's syntax, every class spelled out in code points, so that `\d`, `\s`, `\w`, `.`, `$` and
 * Unicode properties mean what they mean in ECMA-262. Only for what is `translatable`: RE2 has no lookaround, no backreferences and no
 * counts over 1,000.
 */
export function toRe2(expression: Expression): string {
  switch (expression.kind) {
    case 'set':
      return setToRe2(exactSet(expression));
    case 'sequence':
      return expression.items.map(toRe2).join('');
    case 'choice':
      return `(?:${expression.items.map(toRe2).join('|')})`;
    case 'repeat': {
      const { min, max } = expression;
      const count = max === Infinity ? (min === 0 ? '*' : min === 1 ? '+' : `{${min},}`) : `{${min},${max}}`;
      return `(?:${toRe2(expression.item)})${count}`;
    }
    case 'assertion':
      return { start: '\\A', end: '\\z', boundary: '\\b', 'not-boundary': '\\B' }[expression.which];
    case 'look':
    case 'backreference':
      throw new TypeError('RE2 has no such thing');
  }
}

/** Whether `toRe2` gives anything; costs no look-up of Unicode properties. */
export function translatable(expression: Expression, most = MOST): boolean {
  switch (expression.kind) {
    case 'sequence':
    case 'choice':
      return expression.items.every((item) => translatable(item, most));
    case 'repeat': {
      const counted = expression.max === Infinity ? expression.min : expression.max;
      return counted <= most && translatable(expression.item, counted > 1 ? Math.floor(most / counted) : most);
    }
    case 'look':
    case 'backreference':
      return false;
    default:
      return true;
  }
}

/** About how many states RE2 may have to follow at once. */
export function sizeOf(expression: Expression): number {
  switch (expression.kind) {
    case 'set':
      return 1;
    case 'sequence':
    case 'choice':
      return expression.items.reduce((sum, item) => sum + sizeOf(item), 1);
    case 'repeat':
      return sizeOf(expression.item) * Math.max(1, expression.max === Infinity ? expression.min : expression.max) + 1;
    default:
      return 1;
  }
}

/** The code points of a set, Unicode properties looked up. */
function exactSet(expression: Expression & { readonly kind: 'set' }): CharacterSet {
  const properties = expression.properties.map((escape) =>
    escape.startsWith('P') ? complement(propertySet(`p${escape.slice(1)}`)) : propertySet(escape),
  );
  const set = properties.length === 0 ? expression.set : union(expression.set, ...properties);
  return expression.negated ? complement(set) : set;
}

function setToRe2(set: CharacterSet): string {
  // A class that nothing is in: RE2 has no empty class, but the complement of everything.
  if (set.length === 0) return '[^\\x{0}-\\x{10FFFF}]';
  const ranges: string[] = [];
  for (let index = 0; index < set.length; index += 2)
    ranges.push(`\\x{${(set[index] ?? 0).toString(16)}}-\\x{${(set[index + 1] ?? 0).toString(16)}}`);
  return `[${ranges.join('')}]`;
}
