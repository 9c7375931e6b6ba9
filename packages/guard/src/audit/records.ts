import type { ReadOptions } from '../read-options.ts';
import type { Telemetry } from '../telemetry/index.ts';
import { Journal } from './journal.ts';
import type { DurableSink } from './log/sink.ts';
import { openAudit } from './open.ts';

/** Where what happened is kept and told. */
export interface Records {
  /** Undefined where nobody wants events nor facts. */
  readonly journal: Journal | undefined;
  /** The audit log, where answers wait for it. */
  readonly durable: DurableSink | undefined;
  /** Whether somebody is given facts. */
  readonly hasFacts: boolean;
  close(): Promise<void>;
}

/**
 * Opens the audit log or file, telemetry, and what hands events to them.
 * @param title of the contract
 * @throws CastellanError `audit-file`, `audit-log`, `audit-in-use`
 */
export async function openRecords(options: ReadOptions, title: string, clock: () => number): Promise<Records> {
  const { audit: written, telemetry: wanted } = options;
  let telemetry: Telemetry | undefined;
  let journal: Journal | undefined;
  const keepHead = wanted === undefined ? undefined : (line: string): void => telemetry?.head(line);
  const audit = written === undefined ? undefined : await openAudit(written, clock, keepHead);
  if (wanted !== undefined) {
    const { openTelemetry } = await import('../telemetry/index.ts');
    telemetry = openTelemetry(wanted, title, () => journal?.lost ?? 0, clock);
  }
  const sinks = [...(options.facts ?? []), ...(telemetry === undefined ? [] : [telemetry.sink])];
  if (audit !== undefined || sinks.length > 0) journal = new Journal(audit?.sink, sinks);
  return {
    journal,
    durable: audit?.durable,
    hasFacts: sinks.length > 0,
    async close() {
      await journal?.close();
      await telemetry?.close();
    },
  };
}
