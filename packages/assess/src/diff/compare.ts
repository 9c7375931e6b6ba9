import { binds } from './binds.ts';
import { differencesOf, relateConditions } from './relate.ts';
import { relatePatterns } from './simple-pattern.ts';
import { isOf, MOST_COMBINATIONS, type Constraints } from './constraints.ts';

/** One way in which a schema takes more or less than another. */
export interface Difference {
  /** The keyword that says so; `alternatives` where several alternatives differ. */
  readonly keyword: string;
  readonly takes: 'more' | 'less';
  /** What changed, after the value's name. */
  readonly text: string;
  /** Of listed values: those that are new. */
  readonly values?: readonly string[];
}

/** The types that a keyword says something about. */
const ABOUT: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    maxLength: 'string',
    minLength: 'string',
    pattern: 'string',
    maxItems: 'array',
    minItems: 'array',
    uniqueItems: 'array',
    contains: 'array',
    unevaluatedItems: 'array',
    additionalItems: 'array',
    maxProperties: 'object',
    minProperties: 'object',
    maximum: 'number',
    minimum: 'number',
    multipleOf: 'number',
    propertyNames: 'object',
    others: 'object',
  }),
);
/** Formats that take all that another one takes (RFC 3986, RFC 3987, RFC 6531; OpenAPI's int32 and int64). */
const WIDER_FORMATS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries<readonly string[]>({
    int32: ['int64'],
    uri: ['uri-reference', 'iri', 'iri-reference'],
    iri: ['iri-reference'],
    'uri-reference': ['iri-reference'],
    email: ['idn-email'],
    hostname: ['idn-hostname'],
  }),
);
/** Keywords of which another text is another set. */
const COMPARED_BY_TEXT: ReadonlySet<string> = new Set([
  'format',
  'pattern',
  'required',
  'uniqueItems',
  'contentMediaType',
  'contentEncoding',
]);
const OTHERS = ['none', 'some', 'all'];

/** How what a schema takes differs from what another took; each is a list of alternatives of which one holds. */
export function compare(old: readonly Constraints[], now: readonly Constraints[]): readonly Difference[] {
  return [...combinations(old, now), ...alternatives(old, now)];
}

/** What is too much to be compared is said where it changed. */
function* combinations(old: readonly Constraints[], now: readonly Constraints[]): Generator<Difference> {
  const texts = (list: readonly Constraints[]): string =>
    [...new Set(list.flatMap(({ conditions }) => [...(conditions.get('combinations')?.keys() ?? [])]))]
      .toSorted()
      .join('\n');
  if (texts(old) !== texts(now))
    yield {
      keyword: 'combinations',
      takes: 'more',
      text: `its alternatives changed and could not be compared: they are more than ${MOST_COMBINATIONS} combinations`,
    };
}

function alternatives(old: readonly Constraints[], now: readonly Constraints[]): readonly Difference[] {
  const gained = now.filter((one) => !old.some((other) => takesAll(other, one)));
  const lost = old.filter((one) => !now.some((other) => takesAll(other, one)));
  const [was, is] = [lost[0] ?? old[0], gained[0] ?? now[0]];
  if (gained.length <= 1 && lost.length <= 1 && was !== undefined && is !== undefined) {
    const pair = gained.length + lost.length === 2 || (old.length === 1 && now.length === 1);
    if (pair) return [...differences(was, is)];
  }
  return [...gained.map((one) => alternative(one, 'more')), ...lost.map((one) => alternative(one, 'less'))];
}

function alternative(one: Constraints, takes: 'more' | 'less'): Difference {
  const type = one.types === undefined ? 'anything' : [...one.types].join(' or ');
  return {
    keyword: type === 'null' ? 'null' : 'alternatives',
    takes,
    text: `it may ${takes === 'more' ? 'now' : 'no longer'} be ${type === 'null' ? type : `${type}${describe(one)}`}`,
  };
}

function describe(one: Constraints): string {
  const { bounds, listed } = one;
  const said = [...bounds.keys()].map((keyword) => `${keyword} ${bound(one, keyword)}`);
  if (listed !== undefined) said.push(`one of ${[...listed].join(', ')}`);
  return said.length === 0 ? ' of another form' : ` with ${said.join(', ')}`;
}

/** A bound as it is written. */
function bound({ bounds, exclusive }: Constraints, keyword: string): string {
  const value = bounds.get(keyword);
  if (value === undefined) return 'not set';
  const written = keyword === 'minimum' || keyword === 'maximum' ? exclusive.get(value) : undefined;
  return written === undefined ? String(value) : `${written} (exclusive)`;
}

function takesAll(wide: Constraints, narrow: Constraints): boolean {
  for (const { takes } of differences(wide, narrow)) if (takes === 'more') return false;
  return true;
}

function* differences(old: Constraints, now: Constraints): Generator<Difference> {
  yield* listed(old, now);
  yield* types(old, now);
  // What is listed one by one needs no other bound.
  const more = now.listed === undefined;
  const less = old.listed === undefined;
  for (const difference of others(old, now)) {
    const about = ABOUT.get(difference.keyword);
    if (difference.takes === 'more' ? more && concerns(now, about) : less && concerns(old, about)) yield difference;
  }
}

function* others(old: Constraints, now: Constraints): Generator<Difference> {
  for (const keyword of new Set([...old.bounds.keys(), ...now.bounds.keys()])) {
    const was = old.bounds.get(keyword);
    const is = now.bounds.get(keyword);
    if (was === is) continue;
    const upper = keyword.startsWith('max');
    const limit = upper ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    const raised = (is ?? limit) > (was ?? limit);
    // What is no longer written may still hold, and what is written now may have held before.
    const holds = (is === undefined ? now : old).implied.get(keyword);
    const other = is ?? was;
    if ((is === undefined || was === undefined) && holds !== undefined && other !== undefined)
      if (upper ? holds <= other : holds >= other) continue;
    yield {
      keyword,
      takes: raised === upper ? 'more' : 'less',
      text: `${keyword} was ${bound(old, keyword)} and is ${bound(now, keyword)}`,
    };
  }
  const divides = (by: readonly number[], number: number): boolean =>
    by.some((one) => Number.isInteger(Number((number / one).toFixed(9))));
  for (const one of old.multiples)
    if (!now.multiples.some((other) => divides([one], other)))
      yield { keyword: 'multipleOf', takes: 'more', text: `it need not be a multiple of ${one}` };
  for (const one of now.multiples)
    if (!old.multiples.some((other) => divides([one], other)))
      yield { keyword: 'multipleOf', takes: 'less', text: `it must be a multiple of ${one}` };
  if (old.others !== now.others) {
    const opened = OTHERS.indexOf(now.others) > OTHERS.indexOf(old.others);
    yield {
      keyword: 'others',
      takes: opened ? 'more' : 'less',
      text: opened ? 'unknown properties are accepted now' : 'unknown properties are refused now',
    };
  }
  for (const keyword of new Set([...old.conditions.keys(), ...now.conditions.keys()])) {
    const [before, after] = [old.conditions.get(keyword), now.conditions.get(keyword)];
    const was = [...(before?.keys() ?? [])];
    const is = [...(after?.keys() ?? [])];
    const wider = (one: string, other: string): boolean =>
      one === other || (keyword === 'format' && (WIDER_FORMATS.get(one) ?? []).includes(other));
    if (keyword === 'combinations') continue;
    const dropped = was.filter(
      (one) => !is.some((other) => wider(other, one)) && binds(keyword, one, before?.get(one), now),
    );
    const added = is.filter((one) => !was.some((other) => wider(other, one)));
    // One that took the place of another is compared by what it is made of.
    const [gave, got] = [before?.get(dropped[0] ?? ''), after?.get(added[0] ?? '')];
    if (dropped.length === 1 && added.length === 1 && gave !== undefined && got !== undefined) {
      const relation =
        keyword === 'pattern' ? relatePatterns(dropped[0] ?? '', added[0] ?? '') : relateConditions(keyword, gave, got);
      if (relation !== undefined) {
        yield* differencesOf(keyword, relation);
        continue;
      }
      if (!COMPARED_BY_TEXT.has(keyword)) {
        yield* differencesOf(keyword, { more: false, less: false, unjudged: true });
        continue;
      }
    }
    const said =
      keyword === 'format' || keyword === 'required' ? (list: readonly string[]) => ` ${list.join(', ')}` : () => '';
    const gone = is.length === 0 || added.length === 0;
    if (dropped.length > 0)
      yield {
        keyword,
        takes: 'more',
        text: gone ? `the ${keyword}${said(dropped)} is gone` : `the ${keyword} changed`,
        values: dropped,
      };
    if (added.length > 0)
      yield {
        keyword,
        takes: 'less',
        text:
          was.length === 0 || dropped.length === 0 ? `the ${keyword}${said(added)} is new` : `the ${keyword} changed`,
        values: added,
      };
  }
}

function* listed({ listed: old }: Constraints, { listed: now }: Constraints): Generator<Difference> {
  if (old === now) return;
  if (now === undefined) yield { keyword: 'enum', takes: 'more', text: 'any value is accepted now', values: [] };
  else if (old === undefined) yield { keyword: 'enum', takes: 'less', text: 'only listed values are accepted now' };
  else {
    const added = [...now].filter((one) => !old.has(one)).map(shown);
    const gone = [...old].filter((one) => !now.has(one)).map(shown);
    const are = (list: readonly string[]): string => `${list.join(', ')} ${list.length === 1 ? 'is' : 'are'}`;
    if (added.length > 0) yield { keyword: 'enum', takes: 'more', text: `${are(added)} accepted now`, values: added };
    if (gone.length > 0) yield { keyword: 'enum', takes: 'less', text: `${are(gone)} no longer accepted` };
  }
}

function* types(
  { types: old, listed: oldList }: Constraints,
  { types: now, listed: nowList }: Constraints,
): Generator<Difference> {
  const name = (set: ReadonlySet<string> | undefined): string =>
    set === undefined ? 'anything' : [...set].toSorted().join(' or ');
  const text = `it was ${name(old)} and is ${name(now)}`;
  // What lists its values says their types as well.
  const has = (
    wide: ReadonlySet<string> | undefined,
    narrow: ReadonlySet<string> | undefined,
    values: ReadonlySet<string> | undefined,
  ): boolean =>
    wide === undefined ||
    (narrow === undefined
      ? values !== undefined && [...values].every((one) => isOf(wide, one))
      : [...narrow].every((one) => wide.has(one) || (one === 'integer' && wide.has('number'))));
  if (!has(old, now, nowList)) yield { keyword: 'type', takes: 'more', text };
  if (!has(now, old, oldList)) yield { keyword: 'type', takes: 'less', text };
}

/** Whether a value of those constraints may be of a type, so that a keyword about it says something. */
function concerns({ types }: Constraints, about: string | undefined): boolean {
  return about === undefined || types === undefined || types.has(about) || (about === 'number' && types.has('integer'));
}

function shown(canonical: string): string {
  return canonical.startsWith('"') ? String(JSON.parse(canonical)) : canonical;
}
