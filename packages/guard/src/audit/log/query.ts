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
  const tests: ((at: number) => boolean)[] = [];
  const wanted = (name: 'principal' | 'operation', text: string | undefined): boolean => {
    if (text === undefined) return true;
    const place = index.place(name, text);
    const column = index.column(name);
    tests.push((at) => column[at] === place);
    return place !== -1;
  };
  if (!wanted('principal', query.principal) || !wanted('operation', query.operation)) return;
  if (query.id !== undefined) {
    const column = index.column('id');
    const id = shortOf(query.id);
    tests.push((at) => column[at] === id);
  }
  const decided = index.column('decision');
  const begun = decisions.indexOf('begun');
  const decision = query.decision === undefined ? undefined : decisions.indexOf(query.decision);
  tests.push(
    decision === undefined ? (at) => decided[at] !== begun || query.id !== undefined : (at) => decided[at] === decision,
  );
  const time = index.column('time');
  const from = (query.from ?? 0) - head.from;
  const to = (query.to ?? Number.MAX_SAFE_INTEGER) - head.from;
  if (from > 0 || head.to >= to + head.from) tests.push((at) => (time[at] ?? 0) >= from && (time[at] ?? 0) < to);
  if (query.resource !== undefined) {
    yield* ofObject(index, query.resource, tests);
    return;
  }
  for (let at = head.records - 1; at >= 0; at--) if (tests.every((test) => test(at))) yield at;
}

function* ofObject(index: IndexFile, resource: string, tests: readonly ((at: number) => boolean)[]): Generator<number> {
  const place = index.place('object', resource);
  if (place === -1) return;
  const object = index.column('object');
  const record = index.column('objectRecord');
  for (let at = object.length - 1; at >= 0; at--) {
    if (object[at] !== place) continue;
    const of = record[at] ?? 0;
    if (tests.every((test) => test(of))) yield of;
  }
}
