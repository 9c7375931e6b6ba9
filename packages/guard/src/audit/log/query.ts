import { decisions, type Decision } from './decision.ts';
import { shortOf } from './index-builder.ts';
import type { IndexFile } from './index-file.ts';

/** What is asked of a log. All that is said must hold. */
export interface Query {
  /** A request id. */
  readonly id?: string | undefined;
  /** Subject, as the log has it. */
  readonly principal?: string | undefined;
  readonly operation?: string | undefined;
  /** `Order`, or `Order 4fJ…` with the keyed hash of the id. */
  readonly resource?: string | undefined;
  readonly decision?: Decision | undefined;
  /** Milliseconds since the epoch; `to` is not in it. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** The records of a segment that a query may be about, from the last to the first. */
export function* matching(index: IndexFile, query: Query): Generator<number> {
  const { head } = index;
  if ((query.from !== undefined && head.to < query.from) || (query.to !== undefined && head.from >= query.to)) return;
  const equal = equalities(index, query);
  if (equal === undefined) return;
  const time = index.column('time');
  const from = (query.from ?? 0) - head.from;
  const to = (query.to ?? Number.MAX_SAFE_INTEGER) - head.from;
  const isTimed = from > 0 || head.to >= to + head.from;
  const test = (at: number): boolean =>
    equal.every(({ column, value, not }) => (column[at] === value) !== not) &&
    (!isTimed || ((time[at] ?? 0) >= from && (time[at] ?? 0) < to));
  if (query.resource !== undefined) {
    yield* ofObject(index, query.resource, test);
    return;
  }
  // What leaves the fewest is compared by itself, before anything is called.
  const [first] = equal;
  if (first === undefined) return;
  const { column, value, not } = first;
  for (let at = head.records - 1; at >= 0; at--) if ((column[at] === value) !== not && test(at)) yield at;
}

/** A column that has a value, or another one. */
interface Equality {
  readonly column: Uint32Array;
  readonly value: number;
  readonly not: boolean;
}

/** What records must have, the rarest first; undefined where none of this segment can. */
function equalities(index: IndexFile, query: Query): readonly Equality[] | undefined {
  const found: Equality[] = [];
  if (query.id !== undefined) found.push({ column: index.column('id'), value: shortOf(query.id), not: false });
  for (const name of ['principal', 'operation'] as const) {
    const text = query[name];
    if (text === undefined) continue;
    const place = index.place(name, text);
    if (place === -1) return undefined;
    found.push({ column: index.column(name), value: place, not: false });
  }
  const column = index.column('decision');
  if (query.decision !== undefined) found.push({ column, value: decisions.indexOf(query.decision), not: false });
  else if (query.id === undefined) found.push({ column, value: decisions.indexOf('begun'), not: true });
  return found;
}

function* ofObject(index: IndexFile, resource: string, test: (at: number) => boolean): Generator<number> {
  const place = index.place('object', resource);
  if (place === -1) return;
  const object = index.column('object');
  const record = index.column('objectRecord');
  for (let at = object.length - 1; at >= 0; at--) {
    if (object[at] !== place) continue;
    const of = record[at] ?? 0;
    if (test(of)) yield of;
  }
}
