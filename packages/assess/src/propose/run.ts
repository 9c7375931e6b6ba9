import { claimsOf, direct, saidOf, type Bond, type ClaimFacts, type Step } from './bond.ts';
import type { ObservedBody, ObservedExchange } from './observed.ts';
import type { OperationFacts, Surface, TypeFacts } from './surface.ts';
import { plain } from '@castellan/meaning';

/** How a caller stands to the objects of an exchange, by one property: they are the caller's, somebody else's, of both, or nobody can say. */
export type Relation = 'own' | 'other' | 'mixed' | 'unknown';

/** Objects of one type in a body. */
interface SeenObjects {
  /** The place that they stand at: `''`, `/items/*`. */
  readonly at: string;
  readonly ids: readonly string[];
  /** Keyed hashes by property. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly properties: ReadonlySet<string>;
}

/** An exchange that was answered well, with what policies would be asked about it. */
export interface Row {
  readonly exchange: ObservedExchange;
  readonly facts: OperationFacts;
  readonly operationId: string;
}

/** What an observe run tells. */
export class Run {
  readonly surface: Surface;
  /** Exchanges of documented operations that were answered well. */
  readonly rows: readonly Row[];
  /** Those that were refused, 401, 403 and 404. */
  readonly refused: readonly Row[];
  /** Groups of each caller with a credential. */
  readonly callers: ReadonlyMap<string, readonly string[]>;
  /** Claims that name somebody or something, by JSON Pointer. */
  readonly claims: ReadonlyMap<string, ClaimFacts>;
  /** By type, property and id of the object: the property's hash. */
  readonly #values = new Map<string, string | undefined>();
  /** By type and id: objects that were answered. */
  readonly #ids = new Set<string>();

  constructor(surface: Surface, exchanges: readonly ObservedExchange[]) {
    this.surface = surface;
    const rows = exchanges.flatMap((exchange): Row[] => {
      const facts = surface.operations.get(exchange.operation ?? '');
      return facts === undefined ? [] : [{ exchange, facts, operationId: facts.operation.operationId }];
    });
    this.rows = rows.filter(({ exchange }) => exchange.status >= 200 && exchange.status < 300);
    this.refused = rows.filter(({ exchange: { status } }) => status === 401 || status === 403 || status === 404);
    const callers = new Map<string, readonly string[]>();
    for (const { exchange } of this.rows) if (isKnown(exchange)) callers.set(exchange.caller.id, groupsOf(exchange));
    this.callers = callers;
    this.claims = claimsOf(this.rows.map(({ exchange }) => exchange));
    for (const row of this.rows)
      for (const type of new Set([...row.facts.types, ...row.facts.answers])) this.#learn(row, type);
  }

  of(operationId: string): readonly Row[] {
    return this.rows.filter((row) => row.operationId === operationId);
  }

  /** How the caller of an exchange stands to the objects of a type that it is about. */
  relation(row: Row, type: string, { steps: [first, ...more], by }: Bond): Relation {
    const { exchange, facts } = row;
    if (first === undefined) return 'unknown';
    const found = new Set<string | undefined>();
    const { property } = first;
    for (const { ids, values } of objectsIn(exchange.answer, this.#type(type)))
      for (const hash of values.get(property) ?? this.#known(type, property, ids)) found.add(hash);
    if (facts.id !== undefined && facts.types.includes(type)) {
      const ids = idsOf(exchange, facts.id);
      // What was written may have been given away: what it was before counts.
      if (!facts.safe || found.size === 0) for (const hash of this.#known(type, property, ids)) found.add(hash);
    }
    return this.#compared(exchange, this.#followed(found, first, more), by);
  }

  /** The same for objects of a type wherever they stand in the answer. */
  relationInside({ exchange }: Row, type: string, { steps: [first, ...more], by }: Bond): Relation | undefined {
    const facts = this.#type(type);
    const inside = objectsIn(exchange.answer, facts, true);
    if (first === undefined || inside.length === 0) return undefined;
    const found = new Set<string | undefined>();
    for (const { ids, values } of inside)
      for (const hash of values.get(first.property) ?? this.#known(type, first.property, ids)) found.add(hash);
    return this.#compared(exchange, this.#followed(found, first, more), by);
  }

  /** How the caller stands to what a new object says of itself; undefined where it says nothing. */
  relationOfNew(row: Row, { steps: [first, ...more], by }: Bond): Relation | undefined {
    if (first === undefined) return undefined;
    const given = new Set<string | undefined>(this.given(row, first.property));
    return given.size === 0 ? undefined : this.#compared(row.exchange, this.#followed(given, first, more), by);
  }

  #followed(
    from: ReadonlySet<string | undefined>,
    first: Step,
    more: readonly Step[],
  ): ReadonlySet<string | undefined> {
    let found = from;
    let { to } = first;
    for (const step of more) {
      const next = new Set<string | undefined>();
      for (const id of found)
        for (const hash of id === undefined || to === undefined ? [undefined] : this.#known(to, step.property, [id]))
          next.add(hash);
      found = next;
      to = step.to;
    }
    return found;
  }

  #compared(exchange: ObservedExchange, found: ReadonlySet<string | undefined>, by: string): Relation {
    const said = saidOf(exchange, by);
    if (found.size === 0 || found.has(undefined) || said === undefined) return 'unknown';
    if (!found.has(said)) return 'other';
    return found.size === 1 ? 'own' : 'mixed';
  }

  /** Values of a property that a request's body gives to a new or changed object. */
  given(row: Row, property: string): readonly string[] {
    const places = row.exchange.request?.places ?? [];
    return places.filter(({ at }) => at.endsWith(`/${property}`)).flatMap(({ hashes = [] }) => hashes);
  }

  /**
   * The bonds that objects of a type could have by one property of theirs: its value was what a caller says of itself.
   * The likeliest first.
   */
  directBonds(type: string): Bond[] {
    const counts = new Map<string, { readonly bond: Bond; count: number }>();
    const claims = ['sub', ...this.claims.keys()];
    for (const row of this.rows) {
      if (!isKnown(row.exchange)) continue;
      for (const { at, values } of objectsIn(row.exchange.answer, this.#type(type), !row.facts.types.includes(type)))
        for (const [property, hashes] of values) {
          if (hashes.length !== 1) continue;
          for (const by of claims) {
            if (hashes[0] !== saidOf(row.exchange, by)) continue;
            const key = `${by} ${property}`;
            const seen = counts.get(key) ?? { bond: direct(property, by), count: 0 };
            seen.count += (at.includes('*') ? 1 : 2) * row.exchange.times;
            counts.set(key, seen);
          }
        }
    }
    return [...counts.values()].toSorted((a, b) => b.count - a.count).map(({ bond }) => bond);
  }

  /** Properties of a type that name objects of other types, each time: `project_id` names a Project. */
  references(type: string): { readonly property: string; readonly to: string }[] {
    const values = new Map<string, Set<string>>();
    for (const row of this.rows)
      for (const { values: seen } of objectsIn(row.exchange.answer, this.#type(type), true))
        for (const [property, hashes] of seen) {
          const all = values.get(property) ?? new Set();
          for (const hash of hashes) all.add(hash);
          values.set(property, all);
        }
    const own = this.#type(type).id;
    return [...values].flatMap(([property, hashes]) =>
      property === own
        ? []
        : [...this.surface.types.values()].flatMap((other) =>
            other.type !== type &&
            other.read !== undefined &&
            isNamedLike(property, other) &&
            this.isKnownObject(other, [...hashes])
              ? [{ property, to: other.type }]
              : [],
          ),
    );
  }

  /** Whether the caller of an exchange is in a group. */
  isIn({ exchange }: Row, group: string): boolean {
    return groupsOf(exchange).includes(group);
  }

  /** Whether an answer held no object of a type. */
  isEmpty({ exchange }: Row, type: string): boolean {
    return objectsIn(exchange.answer, this.#type(type)).length === 0;
  }

  /** Whether all callers in a group are in another one too. */
  isWithin(group: string, other: string): boolean {
    return [...this.callers.values()].every((groups) => !groups.includes(group) || groups.includes(other));
  }

  /** The hashes at a place of a request: `body.orderId`, `query.id`, `path.orderId`. */
  idsAt({ exchange }: Row, source: string): readonly string[] {
    return idsOf(exchange, source);
  }

  /** Whether all of some ids, and there are some, are those of objects that were answered in the run. */
  isKnownObject({ type }: TypeFacts, ids: readonly string[]): boolean {
    return ids.length > 0 && ids.every((one) => this.#ids.has(`${type} ${one}`));
  }

  #type(type: string): TypeFacts {
    return this.surface.types.get(type) ?? { type, name: type, id: 'id', attributes: new Map(), read: undefined };
  }

  #known(type: string, property: string, ids: readonly string[]): readonly (string | undefined)[] {
    if (property === this.#type(type).id) return ids;
    return ids.map((id) => this.#values.get(`${type} ${property} ${id}`));
  }

  #learn({ exchange, facts }: Row, type: string): void {
    for (const { ids, values } of objectsIn(exchange.answer, this.#type(type), !facts.types.includes(type))) {
      for (const id of ids) this.#ids.add(`${type} ${id}`);
      for (const [property, hashes] of values) {
        // Of several objects it is known which value is whose only where all have the same.
        const [only] = hashes;
        if (hashes.length !== 1 || only === undefined) continue;
        for (const id of ids) {
          const key = `${type} ${property} ${id}`;
          if (!this.#values.has(key)) this.#values.set(key, only);
        }
      }
    }
  }
}

/** Whether who called showed a credential. */
export function isKnown({ caller }: ObservedExchange): boolean {
  return caller.kind !== 'none';
}

/**
 * Groups and roles of a caller, what its credential is for (`scope:x`), as `x-castellan.read` names both, and what claims say
 * that it may do (`claim:/role=admin`). Groups that nobody verified come from one claim or another: the claim counts.
 */
export function groupsOf({ caller }: ObservedExchange): readonly string[] {
  const said = Object.entries(caller.said ?? {}).flatMap(([pointer, { type, values = [] }]) =>
    values
      .filter((value) => (type === 'boolean' ? value === 'true' : !caller.verified || !caller.groups.includes(value)))
      .map((value) => `claim:${type}:${pointer}=${value}`),
  );
  const inGroups = new Set(caller.said?.['/groups']?.values);
  const groups =
    caller.verified || caller.said === undefined ? caller.groups : caller.groups.filter((group) => inGroups.has(group));
  return [...groups, ...caller.scopes.map((scope) => `scope:${scope}`), ...said];
}

/** How many exchanges rows stand for. */
export function times(rows: readonly Row[]): number {
  return rows.reduce((sum, { exchange }) => sum + exchange.times, 0);
}

/** How many callers made them. */
export function callersOf(rows: readonly Row[]): number {
  return new Set(rows.map(({ exchange }) => exchange.caller.id)).size;
}

function idsOf(exchange: ObservedExchange, source: string): readonly string[] {
  const [place = '', name = ''] = source.split(/\.(.*)/s);
  if (place === 'body') return (exchange.request?.places ?? []).find(({ at }) => at === `/${name}`)?.hashes ?? [];
  return exchange.parameters.find((parameter) => parameter.in === place && parameter.name === name)?.hashes ?? [];
}

/** Whether a property is called like what names objects of a type: `project_id`, `orderUuid`, `vehicle`, `task.id`. */
function isNamedLike(property: string, { type, id, read }: TypeFacts): boolean {
  const name = plain(property.replaceAll('.', '_'));
  const of = plain(type);
  // As the path of its read names it: `/items/{item_id}`.
  const [, segment = '', variable = ''] = /([^/{}]+)\/\{([^{}]+)\}[^/]*$/.exec(read?.path ?? '') ?? [];
  const one = plain(segment)
    .replace(/ies$/, 'y')
    .replace(/(?<!s)s$/, '');
  if (plain(variable) === name && plain(variable) !== 'id') return true;
  if (one !== '' && (name === `${one}id` || name === one)) return true;
  if (name === of || name === plain(id)) return plain(id) !== 'id';
  return (
    name.endsWith(`${of}id`) || name.endsWith(`${of}uuid`) || name.endsWith(`${of}${plain(id)}`) || name.endsWith(of)
  );
}

/**
 * The places of a body whose properties are those of a type.
 * @param anywhere also those that stand inside others
 */
function objectsIn(body: ObservedBody | undefined, type: TypeFacts, anywhere = false): SeenObjects[] {
  const byPlace = new Map<
    string,
    { ids: readonly string[]; values: Map<string, readonly string[]>; properties: Set<string> }
  >();
  for (const { at, hashes } of body?.places ?? []) {
    const cut = at.lastIndexOf('/');
    if (cut < 0) continue;
    const [holder, name] = [at.slice(0, cut), at.slice(cut + 1)];
    let seen = byPlace.get(holder);
    if (seen === undefined) byPlace.set(holder, (seen = { ids: [], values: new Map(), properties: new Set() }));
    seen.properties.add(name);
    if (name === type.id) seen.ids = hashes ?? [];
    if (hashes !== undefined) seen.values.set(name, hashes);
  }
  const found: SeenObjects[] = [];
  for (const [at, seen] of byPlace) {
    if (!seen.properties.has(type.id)) continue;
    const known = [...seen.properties].filter((name) => type.attributes.has(name)).length;
    if (known * 2 < Math.max(seen.properties.size, 1)) continue;
    const values = new Map(seen.values);
    // What it says of its owner may stand deeper: `owner: { id }`, `vehicle: { owner: { email } }`.
    for (const [inner, { values: below }] of byPlace) {
      const path = inner.startsWith(`${at}/`) ? inner.slice(at.length + 1) : '';
      if (path === '' || path.includes('*') || path.includes('{}') || path.split('/').length >= maxLevels) continue;
      for (const [key, hashes] of below) values.set(`${path.replaceAll('/', '.')}.${key}`, hashes);
    }
    found.push({ at, ids: seen.ids, values, properties: seen.properties });
  }
  if (anywhere) return found;
  // The outermost are what the answer is about; what stands inside them is something else.
  const least = Math.min(...found.map(({ at }) => at.split('/').length));
  return found.filter(({ at }) => at.split('/').length === least);
}

/** Levels of an object in which its owner is looked for. */
const maxLevels = 4;
