import type { CharacterSet } from './characters.ts';

/** A regular expression of ECMA-262, as far as it decides whether a text matches: greediness and captures are left out. */
export type Expression =
  | {
      readonly kind: 'set';
      readonly set: CharacterSet;
      /** Unicode property escapes that belong to the set, `p{L}`; looked up only when needed. */
      readonly properties: readonly string[];
      /** Whether it is everything but the set and the properties. */
      readonly negated: boolean;
    }
  | { readonly kind: 'sequence'; readonly items: readonly Expression[] }
  | { readonly kind: 'choice'; readonly items: readonly Expression[] }
  /** `max` is Infinity where there is no upper limit. */
  | { readonly kind: 'repeat'; readonly item: Expression; readonly min: number; readonly max: number }
  | { readonly kind: 'assertion'; readonly which: 'start' | 'end' | 'boundary' | 'not-boundary' }
  | { readonly kind: 'look'; readonly item: Expression; readonly behind: boolean }
  /** `item` is the group that it repeats: whatever it matches, that does. Undefined where the group is not known yet. */
  | { readonly kind: 'backreference'; readonly item: Expression | undefined };

export const empty: Expression = { kind: 'sequence', items: [] };
