import { hostname } from 'node:os';
import type { Facts, FactSink } from '../facts/facts.ts';
import { Exporter } from './exporter.ts';
import { headRecord, logRecordOf, type LogRecord } from './log-record.ts';
import { TelemetryMetrics } from './metrics.ts';
import type { ReadTelemetry } from './options.ts';
import { attributes } from './otlp-value.ts';
import { spanOf, type Span } from './span.ts';

/** Milliseconds between two requests with spans or log records. */
const flushInterval = 2000;
const metricsInterval = 60_000;

const scope = { name: '@castellan/guard' };

/** Traces, metrics and logs of a guard, on their way to a collector. */
export interface Telemetry {
  readonly sink: FactSink;
  /** Keeps a signed head of the audit log. */
  head(line: string): void;
  /** Sends what waits, once; then nothing more is sent. */
  close(): Promise<void>;
}

/**
 * Opens telemetry (OTLP/HTTP with JSON).
 * @param title of the contract
 * @param lost audit events and reports to the registry that were lost so far
 * @param now milliseconds since the epoch
 */
export function openTelemetry(
  options: ReadTelemetry,
  title: string,
  lost: () => { readonly events: number; readonly reports: number },
  now: () => number,
): Telemetry {
  const { otlp, headers = {}, signals = ['traces', 'metrics', 'logs'], service = title } = options;
  const resource = {
    attributes: attributes({
      'service.name': service,
      'host.name': hostname(),
      'process.pid': process.pid,
      'telemetry.sdk.language': 'nodejs',
    }),
  };
  const to = <T>(path: string, wrap: (items: readonly T[]) => object): Exporter<T> =>
    new Exporter<T>({
      url: otlp + path,
      write: (items) => JSON.stringify(wrap(items)),
      headers: () => headers,
      now: () => performance.now(),
      what: 'telemetry is',
    });
  const spans = to<Span>('/v1/traces', (list) => ({
    resourceSpans: [{ resource, scopeSpans: [{ scope, spans: list }] }],
  }));
  const logs = to<LogRecord>('/v1/logs', (list) => ({
    resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords: list }] }],
  }));
  // What was summed up last says everything.
  const points = to<readonly object[]>('/v1/metrics', (list) => ({
    resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics: list.at(-1) ?? [] }] }],
  }));
  const metrics = new TelemetryMetrics(now());
  const has = new Set(signals);
  const measure = (): void => {
    if (has.has('metrics')) points.add(metrics.metrics(now(), { ...lost(), telemetry: spans.lost + logs.lost }));
  };
  const flushing = setInterval(() => void Promise.all([spans.flush(), logs.flush()]), flushInterval).unref();
  const measuring = setInterval(() => {
    measure();
    void points.flush();
  }, options.interval ?? metricsInterval).unref();
  return {
    sink(facts: Facts) {
      if (has.has('metrics')) metrics.add(facts);
      if (has.has('traces') && facts.trace?.sampled !== false) spans.add(spanOf(facts));
      const record = has.has('logs') ? logRecordOf(facts) : undefined;
      if (record !== undefined) logs.add(record);
      if (spans.isFull) void spans.flush();
      if (logs.isFull) void logs.flush();
    },
    head(line) {
      if (has.has('logs')) logs.add(headRecord(line, now()));
    },
    async close() {
      clearInterval(flushing);
      clearInterval(measuring);
      measure();
      await Promise.all([spans, logs, points].map((exporter) => exporter.flush().then(() => exporter.flush(true))));
    },
  };
}
