import type { Contract, Operation } from '@castellan/contract';
import type { ExchangeRecord, MismatchRecord, RefusalRecord } from '@castellan/guard/learn';
import { MergedBody, MergedLook } from './look.ts';
import { pathOfRun } from './paths.ts';
import { Counter } from './seen.ts';

/** A mismatch that was seen in exchanges of one operation. */
export interface SeenMismatch extends Omit<MismatchRecord, 'n'> {
  /** Of the answer in which it stands. */
  readonly status: number | undefined;
  /** Of the body in which it stands, without `charset`. */
  readonly type: string | undefined;
  /** All exchanges, and those that the server took. */
  readonly all: Counter;
  readonly accepted: Counter;
}

/** What was seen of one operation, documented or not. */
export class OperationRun {
  readonly method: string;
  /** The documented template, or the inferred one. */
  readonly path: string;
  readonly operation: Operation | undefined;
  readonly records: ExchangeRecord[] = [];
  readonly all = new Counter();
  /** Exchanges that the server answered with a status below 400: its own refusals say nothing of what it takes. */
  readonly accepted = new Counter();
  readonly anonymous = new Counter();
  readonly statuses = new Map<number, Counter>();
  /** By place and name; only of accepted exchanges. */
  readonly parameters = new Map<string, MergedLook>();
  /** By media type; only of accepted exchanges. */
  readonly requests = new Map<string, MergedBody>();
  /** Exchanges that the server took without a body. */
  readonly bodiless = new Counter();
  /** By status, then by media type; `''` where there was no body. */
  readonly answers = new Map<number, Map<string, MergedBody>>();
  readonly mismatches = new Map<string, SeenMismatch>();
  readonly refusals = new Map<string, RefusalRecord & { readonly counter: Counter; readonly accepted: Counter }>();

  constructor(method: string, path: string, operation: Operation | undefined) {
    this.method = method;
    this.path = path;
    this.operation = operation;
  }

  get name(): string {
    return `${this.method} ${this.path}`;
  }

  /** Counts a mismatch of an exchange. */
  note(record: ExchangeRecord, { in: where, at, keyword }: Pick<MismatchRecord, 'in' | 'at' | 'keyword'>): void {
    const { times, status: answered, caller } = record;
    const inAnswer = where === 'answer';
    const type = inAnswer
      ? typeOf(record.answer?.type)
      : where === 'request'
        ? typeOf(record.request?.type)
        : undefined;
    const status = inAnswer ? answered : undefined;
    const key = [where, at, keyword, status, type].join(' ');
    const seen = fetch(this.mismatches, key, () => ({
      in: where,
      at,
      keyword,
      status,
      type,
      all: new Counter(),
      accepted: new Counter(),
    }));
    seen.all.add(times, callerName(caller));
    if (answered > 0 && answered < 400) seen.accepted.add(times, callerName(caller));
  }

  add(record: ExchangeRecord): void {
    const { times, status, caller } = record;
    this.records.push(record);
    const count = (counter: Counter): void => counter.add(times, callerName(caller));
    const accepted = status > 0 && status < 400;
    count(this.all);
    if (accepted) count(this.accepted);
    if (caller.kind === 'none' && accepted) count(this.anonymous);
    count(fetch(this.statuses, status, () => new Counter()));
    const requestType = typeOf(record.request?.type);
    const answerType = typeOf(record.answer?.type);
    if (accepted) {
      for (const { in: place, name, ...look } of record.parameters) {
        const merged = fetch(this.parameters, `${place} ${name}`, () => new MergedLook());
        merged.merge(look, times, callerName(caller));
        if (Object.values(look.types).reduce((sum, n) => sum + n, 0) > 1) merged.repeated = true;
      }
      if (record.request === undefined) count(this.bodiless);
      else fetch(this.requests, requestType, () => new MergedBody()).merge(record.request, times, callerName(caller));
    }
    const answers = fetch(this.answers, status, () => new Map<string, MergedBody>());
    fetch(answers, record.answer === undefined ? '' : answerType, () => new MergedBody()).merge(
      record.answer ?? { places: [] },
      times,
      callerName(caller),
    );
    for (const mismatch of record.mismatches) this.note(record, mismatch);
    for (const refusal of record.refusals) {
      const key = `${refusal.stage} ${refusal.type} ${refusal.reason}`;
      const seen = fetch(this.refusals, key, () => ({ ...refusal, counter: new Counter(), accepted: new Counter() }));
      count(seen.counter);
      if (accepted) count(seen.accepted);
    }
  }
}

/** Sorts the exchanges of a run by their operation. Those of another version of the document are left out. */
export function runsOf(contract: Contract, exchanges: readonly ExchangeRecord[]): OperationRun[] {
  const byId = new Map(contract.operations.map((operation) => [operation.operationId, operation]));
  const runs = new Map<string, OperationRun>();
  const template = pathOfRun(contract, exchanges);
  for (const record of exchanges) {
    // What browsers ask beforehand is no call of the API.
    if (record.operation === undefined && record.method === 'OPTIONS') continue;
    const operation = record.operation === undefined ? undefined : byId.get(record.operation);
    if (record.operation !== undefined && operation === undefined) continue;
    const path = operation?.path ?? template(record.path);
    const key = operation === undefined ? `${record.method} ${path}` : operation.operationId;
    fetch(runs, key, () => new OperationRun(operation?.method ?? record.method, path, operation)).add(record);
  }
  return [...runs.values()].sort((a, b) => a.path.localeCompare(b.path) || a.method.localeCompare(b.method));
}

function fetch<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}

/** The media type without `charset`, by which no document tells two bodies apart. */
function typeOf(type: string | undefined): string {
  return (type ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => !part.startsWith('charset='))
    .join('; ');
}

/**
 * Who counts as one caller. Keys are shared by the machines of a service, and who shows no credential has no other name than
 * its address.
 */
export function callerName({ id, address, kind }: ExchangeRecord['caller']): string {
  return kind === 'api-key' || kind === 'bearer' ? `${id} ${address}` : id;
}
