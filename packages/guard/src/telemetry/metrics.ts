import type { Facts } from '../facts/facts.ts';
import { attributes, nanoseconds, type KeyValue } from './otlp-value.ts';
import { errorOf } from './span.ts';

/** Bounds of durations in seconds that the semantic conventions advise. */
const bounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
/** Rows of one metric at most: names of the contract and statuses make them, never values; what is beyond is one row. */
const maxRows = 2000;

interface Durations {
  readonly attributes: readonly KeyValue[];
  readonly counts: number[];
  count: number;
  sum: number;
}
interface Refusals {
  readonly attributes: readonly KeyValue[];
  count: number;
}

/** Sums exchanges up as metrics, since the start (cumulative). */
export class TelemetryMetrics {
  readonly #start: string;
  readonly #durations = new Map<string, Durations>();
  readonly #refusals = new Map<string, Refusals>();

  /** @param now milliseconds since the epoch */
  constructor(now: number) {
    this.#start = nanoseconds(now);
  }

  add(facts: Facts): void {
    const route = facts.operation === '' ? '' : facts.template;
    const method = facts.method === 'OTHER' ? '_OTHER' : facts.method;
    const error = errorOf(facts) ?? '';
    const key = `${method} ${route} ${facts.status} ${error}`;
    const row = this.#row(this.#durations, key, () => ({
      attributes: attributes({
        'http.request.method': method,
        'http.route': route,
        'http.response.status_code': facts.status === 0 ? undefined : facts.status,
        'error.type': error,
      }),
      counts: bounds.map(() => 0).concat(0),
      count: 0,
      sum: 0,
    }));
    const seconds = Math.max(0, facts.duration) / 1000;
    const bucket = bounds.findIndex((bound) => seconds <= bound);
    const index = bucket === -1 ? bounds.length : bucket;
    row.counts[index] = (row.counts[index] ?? 0) + 1;
    row.count += 1;
    row.sum += seconds;
    const { refused, operation } = facts;
    if (refused === undefined) return;
    const names = {
      'castellan.operation': operation,
      'castellan.stage': refused.stage,
      'castellan.type': refused.type,
    };
    this.#row(this.#refusals, `${operation} ${refused.stage} ${refused.type}`, () => ({
      attributes: attributes(names),
      count: 0,
    })).count += 1;
  }

  /** Everything as metrics of OTLP. */
  metrics(
    now: number,
    lost: { readonly events: number; readonly telemetry: number; readonly reports: number },
  ): readonly object[] {
    const times = { startTimeUnixNano: this.#start, timeUnixNano: nanoseconds(now) };
    const sum = (name: string, unit: string, description: string, rows: Iterable<Refusals>): object => ({
      name,
      unit,
      description,
      sum: {
        aggregationTemporality: 2,
        isMonotonic: true,
        dataPoints: [...rows].map((row) => ({ attributes: row.attributes, ...times, asInt: String(row.count) })),
      },
    });
    return [
      {
        name: 'http.server.request.duration',
        unit: 's',
        description: 'Duration of HTTP server requests.',
        histogram: {
          aggregationTemporality: 2,
          dataPoints: [...this.#durations.values()].map((row) => ({
            attributes: row.attributes,
            ...times,
            count: String(row.count),
            sum: row.sum,
            bucketCounts: row.counts.map(String),
            explicitBounds: bounds,
          })),
        },
      },
      sum(
        'castellan.refused',
        '{request}',
        'Requests and answers refused, by operation, stage and problem.',
        this.#refusals.values(),
      ),
      sum('castellan.audit.lost', '{event}', 'Audit events that were lost.', [{ attributes: [], count: lost.events }]),
      sum('castellan.telemetry.lost', '{item}', 'Spans and log records that the endpoint did not take.', [
        { attributes: [], count: lost.telemetry },
      ]),
      sum('castellan.registry.lost', '{report}', 'Reports that the registry never got.', [
        { attributes: [], count: lost.reports },
      ]),
    ];
  }

  #row<T>(rows: Map<string, T>, key: string, make: () => T): T {
    let row = rows.get(key) ?? (rows.size >= maxRows ? rows.get('') : undefined);
    if (row === undefined) rows.set(rows.size >= maxRows ? '' : key, (row = make()));
    return row;
  }
}
