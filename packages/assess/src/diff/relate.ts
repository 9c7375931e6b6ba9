import { compilePattern } from '@castellan/contract';
import { compare, type Difference } from './compare.ts';
import { ANYTHING, type Condition, type Constraints } from './constraints.ts';
import { schemaValues, type Value, type Values } from './flatten.ts';

/** How what a schema takes changed; both where parts took more and parts took less. */
export interface Relation {
  readonly more: boolean;
  readonly less: boolean;
  /** Something changed and could not be compared. */
  readonly unjudged: boolean;
}

const SAME: Relation = { more: false, less: false, unjudged: false };
const UNJUDGED: Relation = { more: false, less: false, unjudged: true };
const DEEPEST = 6;
let depth = 0;

/** How one schema differs from another, everything in it taken together. */
function relateValues(old: Values, now: Values): Relation {
  let [more, less, unjudged] = [false, false, false];
  const add = (one: Relation): void => {
    more ||= one.more;
    less ||= one.less;
    unjudged ||= one.unjudged;
  };
  for (const [path, is] of now) {
    if (is.some) continue;
    const was = old.get(path);
    add(was === undefined ? relateToGoverning(is, old, true) : relatePair(was, is));
  }
  for (const [path, was] of old) if (!was.some && !now.has(path)) add(relateToGoverning(was, now, false));
  return { more, less, unjudged };
}

function relatePair(old: Value, now: Value): Relation {
  const differences = compare(old.takes, now.takes);
  const cut = old.cut !== now.cut;
  return {
    more: differences.some(({ takes, keyword }) => takes === 'more' && keyword !== 'not-judged'),
    less: differences.some(({ takes, keyword }) => takes === 'less' && keyword !== 'not-judged'),
    unjudged: cut || differences.some(({ keyword }) => keyword === 'not-judged' || keyword === 'combinations'),
  };
}

/** @param isNew whether the value is one of the new schema */
function relateToGoverning(value: Value, other: Values, isNew: boolean): Relation {
  const governed = governing(value, other);
  if (governed === undefined) return SAME;
  if (governed === 'nothing') return { ...SAME, more: isNew, less: !isNew };
  if (governed === 'anything') {
    const bound = !takesAnything(value.takes);
    return { ...SAME, more: bound && !isNew, less: bound && isNew };
  }
  return isNew ? relate(governed, value) : relate(value, governed);
}

/** How what one value takes differs from what another took, with everything inside. */
export function relate(old: Pick<Value, 'contract' | 'node'>, now: Pick<Value, 'contract' | 'node'>): Relation {
  if (depth > DEEPEST) return UNJUDGED;
  depth++;
  try {
    return relateValues(schemaValues(old.contract, old.node), schemaValues(now.contract, now.node));
  } finally {
    depth--;
  }
}

/**
 * What says something about a value in a version that does not name it: other properties, those of a pattern, all items.
 * Undefined where what holds it is missing, too, or cannot hold it; then that is the change.
 */
export function governing(value: Value, other: Values): Value | 'anything' | 'nothing' | undefined {
  const { parent, place, key } = value;
  if (parent === undefined) return undefined;
  const holder = other.get(parent);
  if (holder === undefined) return undefined;
  switch (place) {
    case 'property':
    case 'pattern': {
      if (!mayBe(holder.takes, 'object')) return undefined;
      if (place === 'property')
        for (const one of other.values())
          if (one.parent === parent && one.place === 'pattern' && matches(one.key, key)) return one;
      const others = other.get(`${parent}.{}`);
      if (others !== undefined) return others;
      return holder.takes.some((one) => mayBe([one], 'object') && one.others === 'all') ? 'anything' : 'nothing';
    }
    case 'position':
      if (!mayBe(holder.takes, 'array')) return undefined;
      return other.get(`${parent}[]`) ?? 'anything';
    case 'item':
      return mayBe(holder.takes, 'array') ? 'anything' : undefined;
    // What is said of other properties as a whole is compared with what holds them.
    default:
      return undefined;
  }
}

function mayBe(takes: readonly Constraints[], type: string): boolean {
  return takes.some(({ types }) => types === undefined || types.has(type));
}

function matches(pattern: string, name: string): boolean {
  try {
    return compilePattern(pattern).test(name);
  } catch {
    return false;
  }
}

/** Whether a schema bounds nothing. */
export function takesAnything(takes: readonly Constraints[]): boolean {
  return takes.some((one) => compare([one], [ANYTHING_AT_ALL]).length === 0);
}

const ANYTHING_AT_ALL: Constraints = ANYTHING;

/** How conditions of one keyword differ, of which one took the place of another; undefined where only their text tells. */
export function relateConditions(keyword: string, old: Condition, now: Condition): Relation | undefined {
  if (keyword === 'format' || keyword === 'pattern' || keyword === 'required') return undefined;
  if (old.beside !== now.beside || old.parts.length !== now.parts.length || old.parts.length === 0) return undefined;
  let [more, less, unjudged] = [false, false, false];
  for (const [index, part] of old.parts.entries()) {
    const other = now.parts[index];
    if (other === undefined) return undefined;
    const found = relate({ contract: old.contract, node: part }, { contract: now.contract, node: other });
    const turned = keyword === 'not';
    more ||= turned ? found.less : found.more;
    less ||= turned ? found.more : found.less;
    unjudged ||= found.unjudged;
  }
  return { more, less, unjudged };
}

/** The differences that a relation is, said of a keyword. */
export function* differencesOf(keyword: string, { more, less, unjudged }: Relation): Generator<Difference> {
  if (unjudged) yield { keyword: 'not-judged', takes: 'more', text: `the ${keyword} changed and could not be judged` };
  if (more) yield { keyword, takes: 'more', text: `the ${keyword} changed, and takes more` };
  if (less) yield { keyword, takes: 'less', text: `the ${keyword} changed, and takes less` };
}
