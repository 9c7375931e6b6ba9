import type { ReadOptions } from '../read-options.ts';
import type { Telemetry } from '../telemetry/index.ts';
import { resolveReferences } from '../secrets/reference.ts';
import { Journal } from './journal.ts';
import type { DurableSink } from './log/sink.ts';
import { openAudit } from './open.ts';
import { reporterOf, type Running } from '../report/index.ts';
import { noReports, type ReportsFared } from '../report/fared.ts';

/** Where what happened is kept and told. */
export interface Records {
  /** Undefined where nobody wants events nor facts. */
  readonly journal: Journal | undefined;
  /** The audit log, where answers wait for it. */
  readonly durable: DurableSink | undefined;
  /** Whether somebody is given facts. */
  readonly hasFacts: boolean;
  /** Whether somebody wants to know of credentials that were refused. */
  readonly hasAttempts: boolean;
  /** How reports to the registry fare. */
  readonly reports: () => ReportsFared;
  close(): Promise<void>;
}

/**
 * Opens the audit log or file, telemetry, reports to the registry, and what hands events to them.
 * @param running the guard as it is when a report of it is made
 * @throws CastellanError `audit-file`, `audit-log`, `audit-in-use`
 */
export async function openRecords(options: ReadOptions, clock: () => number, running: () => Running): Promise<Records> {
  const named = { audit: options.audit, telemetry: options.telemetry, forward: options.forward };
  const { audit: written, telemetry: wanted, forward } = resolveReferences('options', named).value;
  let telemetry: Telemetry | undefined;
  let journal: Journal | undefined;
  const lost = (): { events: number; reports: number } => ({
    events: journal?.lost ?? 0,
    reports: reporter?.fared.lost ?? 0,
  });
  const keepHead = wanted === undefined ? undefined : (line: string): void => telemetry?.head(line);
  const audit = written === undefined ? undefined : await openAudit(written, clock, keepHead);
  const registry = resolveReferences('options.registry', options.registry).value;
  const reporter = await reporterOf({ ...options, registry }, clock, running);
  if (wanted !== undefined) {
    const { openTelemetry } = await import('../telemetry/index.ts');
    telemetry = openTelemetry(wanted, running().core.contract.title, lost, clock);
  }
  const others = [telemetry, reporter].filter((one) => one !== undefined).map(({ sink }) => sink);
  const sinks = [...(options.facts ?? []), ...others];
  const forwards = forward === undefined ? [] : (await import('../forward/index.ts')).openForward(forward, clock);
  if (audit !== undefined || sinks.length > 0 || forwards.length > 0)
    journal = new Journal(audit?.sink, sinks, forwards);
  return {
    journal,
    durable: audit?.durable,
    hasFacts: sinks.length > 0,
    hasAttempts: sinks.length > 0 || forwards.some(({ classes }) => classes.includes('authentication')),
    reports: () => reporter?.fared ?? noReports,
    async close() {
      await journal?.close();
      await telemetry?.close();
      await reporter?.close();
    },
  };
}
