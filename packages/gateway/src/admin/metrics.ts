import type { Exchange, Guard } from '@castellan/guard';

/** Upper bounds of durations, in seconds. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface Durations {
  /** By bound, and beyond the last one. */
  readonly counts: number[];
  sum: number;
}

/** What was counted of one operation. */
interface Counted {
  /** By status class. */
  readonly statuses: Map<string, number>;
  /** By stage. */
  readonly refused: Map<string, number>;
  /** What would have been refused in mode `enforce`, by stage. */
  readonly observed: Map<string, number>;
  readonly durations: Durations;
}

/** What is measured when somebody asks. */
export interface Gauges {
  /** Exchanges that have a place on the way to the upstreams, and requests that wait for one. */
  readonly ordinary: { readonly taken: number; readonly waiting: number };
  readonly streams: { readonly taken: number; readonly waiting: number };
  /** Audit events that were lost. */
  readonly lostEvents: number;
  /** Whether what is in force is not what files or the source say. */
  readonly stale: boolean;
  readonly reports: ReturnType<Guard['reports']>;
  /** The operations that the contract has now: those that it had before are counted no more. */
  readonly operations: ReadonlySet<string>;
}

/** The name of what reaches no operation; no `operationId` is empty. */
const none = '';

/**
 * Counts exchanges. Labels are names of the contract, status classes and stages: callers cannot make new ones, and no value
 * of a request is told.
 */
export class Metrics {
  readonly #operations = new Map<string, Counted>();

  /** @param now monotonic milliseconds */
  count(exchange: Exchange, now: number): void {
    const { operation, status, verdict, observed, startedAt } = exchange;
    const counted = this.#of(operation?.operationId ?? none);
    add(counted.statuses, status >= 100 && status < 600 ? `${Math.floor(status / 100)}xx` : 'none');
    if (verdict !== undefined) add(counted.refused, verdict.stage);
    for (const { stage } of observed ?? []) add(counted.observed, stage);
    const seconds = Math.max(0, now - startedAt) / 1000;
    const at = bounds.findIndex((bound) => seconds <= bound);
    const { durations } = counted;
    const index = at < 0 ? bounds.length : at;
    durations.counts[index] = (durations.counts[index] ?? 0) + 1;
    durations.sum += seconds;
  }

  /** Forgets operations that the contract has no more. */
  keep(operations: ReadonlySet<string>): void {
    for (const id of this.#operations.keys()) if (id !== none && !operations.has(id)) this.#operations.delete(id);
  }

  /** The operations that were called, in order. */
  get called(): readonly (readonly [id: string, counted: Counted])[] {
    return [...this.#operations].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  #of(id: string): Counted {
    let counted = this.#operations.get(id);
    if (counted === undefined) {
      const durations = { counts: bounds.map(() => 0).concat(0), sum: 0 };
      counted = { statuses: new Map(), refused: new Map(), observed: new Map(), durations };
      this.#operations.set(id, counted);
    }
    return counted;
  }
}

/** What is measured of one API. */
export interface Measured {
  /** Its name, where there are several. */
  readonly api: string | undefined;
  readonly metrics: Metrics;
  readonly gauges: Gauges;
}

/** Everything as text (Prometheus text format 0.0.4). */
export function metricsText(apis: readonly Measured[]): string {
  for (const { metrics, gauges } of apis) metrics.keep(gauges.operations);
  const of = ({ api }: Measured): string => (api === undefined ? '' : `api=${quoted(api)},`);
  const each = (name: string, label: string, values: (counted: Counted) => ReadonlyMap<string, number>): string[] =>
    apis.flatMap((one) =>
      one.metrics.called.flatMap(([id, counted]) =>
        [...values(counted)].map(
          ([value, count]) => `${name}{${of(one)}operation=${quoted(id)},${label}=${quoted(value)}} ${count}`,
        ),
      ),
    );
  const lanes = (name: string, count: (lane: Gauges['ordinary']) => number): string[] =>
    apis.flatMap((one) => [
      `${name}{${of(one)}kind="ordinary"} ${count(one.gauges.ordinary)}`,
      `${name}{${of(one)}kind="stream"} ${count(one.gauges.streams)}`,
    ]);
  const single = (name: string, value: (gauges: Gauges) => number): string[] =>
    apis.map((one) => `${name}${one.api === undefined ? '' : `{api=${quoted(one.api)}}`} ${value(one.gauges)}`);
  const lines = [
    ...head('castellan_requests_total', 'counter', 'Requests answered, by operation and class of status.'),
    ...each('castellan_requests_total', 'status', ({ statuses }) => statuses),
    ...head('castellan_refused_total', 'counter', 'Requests and answers refused, by operation and stage.'),
    ...each('castellan_refused_total', 'stage', ({ refused }) => refused),
    ...head('castellan_observed_total', 'counter', 'What mode enforce would refuse, by operation and stage.'),
    ...each('castellan_observed_total', 'stage', ({ observed }) => observed),
    ...head('castellan_request_duration_seconds', 'histogram', 'Time from the request to the end of its answer.'),
    ...apis.flatMap((one) => one.metrics.called.flatMap(([id, { durations }]) => histogram(of(one), id, durations))),
    ...head('castellan_upstream_requests', 'gauge', 'Exchanges with the upstreams that go on now.'),
    ...lanes('castellan_upstream_requests', ({ taken }) => taken),
    ...head('castellan_queue_requests', 'gauge', 'Requests that wait for a place on the way to the upstreams.'),
    ...lanes('castellan_queue_requests', ({ waiting }) => waiting),
    ...head('castellan_audit_lost_total', 'counter', 'Audit events that the audit file did not take.'),
    ...single('castellan_audit_lost_total', ({ lostEvents }) => lostEvents),
    ...head('castellan_registry_reports_waiting', 'gauge', 'Reports that the registry does not have yet.'),
    ...single('castellan_registry_reports_waiting', ({ reports }) => reports.waiting),
    ...head('castellan_registry_reports_lost_total', 'counter', 'Reports that the registry never got.'),
    ...single('castellan_registry_reports_lost_total', ({ reports }) => reports.lost),
    ...head('castellan_reload_failed', 'gauge', '1 while files or the source are not what is in force.'),
    ...single('castellan_reload_failed', ({ stale }) => (stale ? 1 : 0)),
  ];
  return `${lines.join('\n')}\n`;
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function head(name: string, type: 'counter' | 'gauge' | 'histogram', help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

function histogram(api: string, id: string, { counts, sum }: Durations): string[] {
  const name = 'castellan_request_duration_seconds';
  const operation = `${api}operation=${quoted(id)}`;
  let below = 0;
  const lines = [...bounds, Infinity].map((bound, index) => {
    below += counts[index] ?? 0;
    return `${name}_bucket{${operation},le="${bound === Infinity ? '+Inf' : bound}"} ${below}`;
  });
  return [...lines, `${name}_sum{${operation}} ${sum}`, `${name}_count{${operation}} ${below}`];
}

/** A label's value: text of a document, so that nothing in it ends the line. */
function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
