import type { ObservedBody, ObservedExchange } from './observed.ts';
import type { OperationFacts, Surface, TypeFacts } from './surface.ts';

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
    for (const row of this.rows) for (const type of row.facts.types) this.#learn(row, type);
  }

  of(operationId: string): readonly Row[] {
    return this.rows.filter((row) => row.operationId === operationId);
  }

  /** How the caller of an exchange stands to the objects of a type that it is about. */
  relation(row: Row, type: string, property: string): Relation {
    const { exchange, facts } = row;
    const owners = new Set<string | undefined>();
    for (const { ids, values } of objectsIn(exchange.answer, this.#type(type)))
      for (const hash of values.get(property) ?? this.#known(type, property, ids)) owners.add(hash);
    if (facts.id !== undefined) {
      const ids = idsOf(exchange, facts.id);
      // What was written may have been given away: what it was before counts.
      if (!facts.safe || owners.size === 0) for (const hash of this.#known(type, property, ids)) owners.add(hash);
    }
    if (owners.size === 0 || owners.has(undefined)) return 'unknown';
    if (!owners.has(exchange.caller.id)) return 'other';
    return owners.size === 1 ? 'own' : 'mixed';
  }

  /** Values of a property that a request's body gives to a new or changed object. */
  given(row: Row, property: string): readonly string[] {
    const places = row.exchange.request?.places ?? [];
    return places.filter(({ at }) => at.endsWith(`/${property}`)).flatMap(({ hashes = [] }) => hashes);
  }

  /** Properties of a type whose values were seen to be the id of who called, on single objects. */
  ownerProperties(type: string): string[] {
    const counts = new Map<string, number>();
    for (const row of this.rows) {
      if (!row.facts.types.includes(type) || !isKnown(row.exchange)) continue;
      for (const { at, values } of objectsIn(row.exchange.answer, this.#type(type)))
        for (const [property, hashes] of values)
          if (hashes.length === 1 && hashes[0] === row.exchange.caller.id)
            counts.set(property, (counts.get(property) ?? 0) + (at.includes('*') ? 1 : 2) * row.exchange.times);
    }
    return [...counts].toSorted((a, b) => b[1] - a[1]).map(([property]) => property);
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

  #learn({ exchange }: Row, type: string): void {
    for (const { ids, values } of objectsIn(exchange.answer, this.#type(type))) {
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

/** Groups and roles of a caller, and what its credential is for (`scope:x`), as `x-castellan.read` names both. */
export function groupsOf({ caller }: ObservedExchange): readonly string[] {
  return [...caller.groups, ...caller.scopes.map((scope) => `scope:${scope}`)];
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

/** The places of a body whose properties are those of a type. */
function objectsIn(body: ObservedBody | undefined, type: TypeFacts): SeenObjects[] {
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
    // What it says of its owner may stand one level deeper: `owner: { id }`.
    for (const [inner, { values }] of byPlace) {
      const name = inner.startsWith(`${at}/`) ? inner.slice(at.length + 1) : '';
      if (name === '' || name.includes('/')) continue;
      for (const [key, hashes] of values) seen.values.set(`${name}.${key}`, hashes);
    }
    const known = [...seen.properties].filter((name) => type.attributes.has(name)).length;
    if (known * 2 >= Math.max(seen.properties.size, 1)) found.push({ at, ...seen });
  }
  // The outermost are what the answer is about; what stands inside them is something else.
  const least = Math.min(...found.map(({ at }) => at.split('/').length));
  return found.filter(({ at }) => at.split('/').length === least);
}
