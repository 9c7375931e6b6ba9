/** A piece of SQL: texts with a parameter between each two. No value ever becomes text. */
export interface Fragment {
  readonly strings: readonly string[];
  readonly params: readonly unknown[];
  /** What it is the conjunction of, when it is one. */
  readonly all?: readonly Fragment[];
  /** What it is the negation of, when it is one. */
  readonly negated?: Fragment;
  /** Set where it is `NOT given OR then`. */
  readonly implication?: { readonly given: readonly Fragment[]; readonly then: Fragment };
}

/** A condition: a fragment, or known already. */
export type Condition = Fragment | boolean;

/** Builds a fragment; fragments among the values are spliced in, everything else becomes a parameter. */
export function sql(strings: TemplateStringsArray, ...values: unknown[]): Fragment {
  const texts = [strings[0] ?? ''];
  const params: unknown[] = [];
  for (const [index, value] of values.entries()) {
    const after = strings[index + 1] ?? '';
    if (isFragment(value)) {
      texts.push(`${texts.pop() ?? ''}${value.strings[0] ?? ''}`, ...value.strings.slice(1));
      params.push(...value.params);
      texts.push(`${texts.pop() ?? ''}${after}`);
    } else {
      params.push(value);
      texts.push(after);
    }
  }
  return { strings: texts, params };
}

const isFragment = (value: unknown): value is Fragment =>
  typeof value === 'object' && value !== null && 'strings' in value && 'params' in value;

/** A text that the caller vouches for: a quoted column, an expression of the mapping. */
export function raw(text: string): Fragment {
  return { strings: [text], params: [] };
}

/** A column's name, quoted. */
export function quoted(name: string): Fragment {
  return raw(`"${name.replaceAll('"', '""')}"`);
}

/** Both. What the right side says again is left out. */
export function and(left: Condition, right: Condition): Condition {
  if (left === false || right === false) return false;
  if (left === true) return right;
  if (right === true) return left;
  const all = [...partsOf(left)];
  for (const part of partsOf(right)) if (!all.some((known) => same(known, part))) all.push(part);
  const [first = left, ...others] = all;
  if (others.length === 0) return first;
  const joined = others.reduce((before, part) => sql`${before} AND ${part}`, first);
  return { ...sql`(${joined})`, all };
}

/** Either. `NOT a OR b` is known where `a` says `b`. */
export function or(left: Condition, right: Condition): Condition {
  if (left === true || right === true) return true;
  if (left === false) return right;
  if (right === false) return left;
  const given = left.negated === undefined ? [] : partsOf(left.negated);
  if (given.length > 0 && partsOf(right).every((part) => given.some((known) => same(known, part)))) return true;
  const either = sql`(${left} OR ${right})`;
  return given.length === 0 ? either : { ...either, implication: { given, then: right } };
}

/** A condition where it is defined. What its own parts say already is not asked again. */
export function where(defined: Condition, value: Condition): Condition {
  if (typeof defined === 'boolean' || typeof value === 'boolean') return and(defined, value);
  const parts = partsOf(value);
  const known = (given: Fragment) => parts.some((part) => same(part, given));
  const needed = partsOf(defined).map(({ implication }, index) =>
    implication?.given.every(known) === true ? implication.then : (partsOf(defined)[index] ?? defined),
  );
  return and(needed.reduce<Condition>(and, true), value);
}

export function not(condition: Condition): Condition {
  if (typeof condition === 'boolean') return !condition;
  return condition.negated ?? { ...sql`(NOT ${condition})`, negated: condition };
}

const partsOf = (fragment: Fragment): readonly Fragment[] => fragment.all ?? [fragment];

function same(one: Fragment, other: Fragment): boolean {
  return (
    one.strings.length === other.strings.length &&
    one.strings.every((text, index) => text === other.strings[index]) &&
    one.params.every((param, index) => param === other.params[index])
  );
}

/** The condition as a fragment, the known ones as `TRUE` and `FALSE`. */
export function fragmentOf(condition: Condition): Fragment {
  return typeof condition === 'boolean' ? raw(condition ? 'TRUE' : 'FALSE') : condition;
}
