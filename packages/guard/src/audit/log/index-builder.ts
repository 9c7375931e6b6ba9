import { hash } from 'node:crypto';
import { indexedAtOnce } from './indexed-line.ts';
import { decisionOf, type Decision, decisions } from './decision.ts';

/** The columns of an index, in the order in which they stand in its file. */
export const columns = [
  'time',
  'offset',
  'id',
  'principal',
  'operation',
  'decision',
  'objectRecord',
  'object',
] as const;
export type Column = (typeof columns)[number];
export const dictionaries = ['principal', 'operation', 'object'] as const;
export type Dictionary = (typeof dictionaries)[number];

/** What the head of an index file says. */
export interface IndexHead {
  readonly version: 1;
  readonly records: number;
  /** Milliseconds since the epoch of the first and the last record; `time` counts from the first. */
  readonly from: number;
  readonly to: number;
  /** How many entries each dictionary has, and how many objects there are. */
  readonly terms: Readonly<Record<Dictionary, number>>;
  readonly objects: number;
  /** Where each piece of the compressed segment begins: `[offset of the lines, offset in the file]`. Absent where it is not. */
  readonly frames?: readonly (readonly [number, number])[] | undefined;
}

/** The number under which a term stands in a dictionary: 52 bits of its hash, which a double holds. */
export function termOf(text: string): number {
  return Number.parseInt(hash('sha256', text, 'hex').slice(0, 13), 16);
}

/** 32 bits of a request id (FNV-1a): what it finds is compared with the record. */
export function shortOf(id: string): number {
  let sum = 0x811c9dc5;
  for (let at = 0; at < id.length; at++) sum = Math.imul(sum ^ id.charCodeAt(at), 0x01000193);
  return sum >>> 0;
}

/** Gathers what is asked of records, while they are written. */
export class IndexBuilder {
  readonly #terms: Readonly<Record<Dictionary, Map<string, number>>> = {
    principal: new Map(),
    operation: new Map(),
    object: new Map(),
  };
  readonly #columns: Readonly<Record<Column, number[]>> = {
    time: [],
    offset: [],
    id: [],
    principal: [],
    operation: [],
    decision: [],
    objectRecord: [],
    object: [],
  };

  /** Adds a line. @param offset where it begins in the segment */
  add(bytes: Buffer, from: number, to: number, offset: number): void {
    const record = readIndexed(bytes.toString('utf8', from, to));
    if (record === undefined) return;
    const { time, offset: offsets, id, principal, operation, decision, objectRecord, object } = this.#columns;
    const at = time.push(record.time) - 1;
    offsets.push(offset);
    id.push(shortOf(record.id));
    principal.push(this.#term('principal', record.principal));
    operation.push(this.#term('operation', record.operation));
    decision.push(decisions.indexOf(record.decision));
    for (const one of record.objects) {
      objectRecord.push(at);
      object.push(this.#term('object', one));
    }
  }

  /** How far it goes; {@link reset} goes back to there. */
  mark(): readonly [records: number, objects: number] {
    return [this.#columns.time.length, this.#columns.object.length];
  }

  reset([records, objects]: readonly [records: number, objects: number]): void {
    for (const name of columns) this.#columns[name].length = name.startsWith('object') ? objects : records;
  }

  /** The bytes of the index file. */
  pack(frames: IndexHead['frames']): Buffer {
    const { time } = this.#columns;
    let from = Number.MAX_SAFE_INTEGER;
    let to = 0;
    for (const at of time) {
      from = Math.min(from, at);
      to = Math.max(to, at);
    }
    const sorted = dictionaries.map((name) => sortedTerms(this.#terms[name]));
    const head: IndexHead = {
      version: 1,
      records: time.length,
      from: time.length === 0 ? 0 : from,
      to,
      terms: Object.fromEntries(
        dictionaries.map((name, at) => [name, sorted[at]?.terms.length ?? 0]),
      ) as IndexHead['terms'],
      objects: this.#columns.object.length,
      ...(frames === undefined ? {} : { frames }),
    };
    const headBytes = Buffer.from(JSON.stringify(head));
    const places = new Map(dictionaries.map((name, at) => [name as string, sorted[at]?.places]));
    const parts: Buffer[] = [Buffer.alloc(8), headBytes, Buffer.alloc(7 - ((headBytes.length + 7) % 8))];
    parts[0]?.write('CIDX');
    parts[0]?.writeUInt32LE(headBytes.length, 4);
    for (const { terms } of sorted) parts.push(Buffer.from(terms.buffer));
    for (const name of columns) {
      const place = places.get(name);
      const values = Uint32Array.from(this.#columns[name], (value) =>
        name === 'time' ? value - from : place === undefined ? value : (place[value] ?? 0),
      );
      parts.push(Buffer.from(values.buffer));
    }
    return Buffer.concat(parts);
  }

  #term(name: Dictionary, text: string): number {
    const terms = this.#terms[name];
    let known = terms.get(text);
    if (known === undefined) terms.set(text, (known = terms.size));
    return known;
  }
}

/** The terms in the order of their numbers, and the place of each that was counted. */
function sortedTerms(known: ReadonlyMap<string, number>): {
  readonly terms: Float64Array;
  readonly places: Uint32Array;
} {
  const counted = Float64Array.from(known.keys(), termOf);
  const terms = counted.toSorted();
  const placeOf = new Map<number, number>();
  terms.forEach((term, place) => placeOf.set(term, place));
  return { terms, places: Uint32Array.from(counted, (term) => placeOf.get(term) ?? 0) };
}

/** What is asked of a record. */
export interface Indexed {
  readonly id: string;
  readonly time: number;
  readonly principal: string;
  readonly operation: string;
  readonly decision: Decision;
  /** `Order` and `Order 4fJ…`. */
  readonly objects: readonly string[];
}

/** Application Lifecycle: no exchange. */
const reloads = 6002;

/** The parts of an event that are asked for. */
interface EventParts {
  readonly class_uid?: number;
  readonly time: number;
  readonly metadata: { readonly uid: string };
  readonly api?: { readonly operation: string };
  readonly actor?: { readonly user?: { readonly uid: string } };
  readonly http_response?: { readonly code: number };
  readonly unmapped: {
    readonly castellan: {
      readonly begun?: boolean;
      readonly refused?: RefusedParts;
      readonly observed?: readonly RefusedParts[];
      readonly allowed?: readonly { readonly object: ObjectParts }[];
      readonly objects?: readonly ObjectParts[];
    };
  };
}

interface ObjectParts {
  readonly type: string;
  readonly id?: string;
}
interface RefusedParts {
  readonly stage: string;
  readonly type: string;
  readonly object?: ObjectParts;
}

/** What is asked of a line; undefined where it is no event. */
export function readIndexed(line: string): Indexed | undefined {
  return indexedAtOnce(line) ?? parseIndexed(line);
}

/** The same by parsing it, whatever its form. */
export function parseIndexed(line: string): Indexed | undefined {
  let event: EventParts;
  try {
    event = JSON.parse(line) as EventParts;
  } catch {
    return undefined;
  }
  if (typeof event.class_uid !== 'number') return undefined;
  const { refused, observed, allowed, objects, begun } = event.unmapped.castellan;
  const named = new Set<string>();
  for (const object of [
    refused?.object,
    ...(observed ?? []).map((one) => one.object),
    ...(allowed ?? []).map((one) => one.object),
    ...(objects ?? []),
  ]) {
    if (object === undefined) continue;
    named.add(object.type);
    if (object.id !== undefined) named.add(`${object.type} ${object.id}`);
  }
  return {
    id: event.metadata.uid,
    time: event.time,
    principal: event.actor?.user?.uid ?? '',
    operation: event.api?.operation ?? '',
    decision:
      event.class_uid === reloads
        ? 'reload'
        : decisionOf({
            begun: begun === true,
            refused,
            observed: observed !== undefined,
            status: event.http_response?.code ?? 0,
          }),
    objects: [...named],
  };
}
