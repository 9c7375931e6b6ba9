import { resolve } from 'node:path';
import type { ReadAudit } from './options.ts';
import type { DurableSink } from './log/sink.ts';
import { openAuditFile, type AuditSink } from './sink.ts';

/** Where the events of a guard go. */
export interface OpenAudit {
  readonly sink: AuditSink;
  /** The same, where answers wait for it. */
  readonly durable: DurableSink | undefined;
}

/** Bytes and milliseconds after which a segment is closed, where nothing is said. */
const segmentBytes = 64 * 1024 * 1024;
const segmentAge = 24 * 3_600_000;
/** Milliseconds between two signed heads. */
const headInterval = 1000;

/**
 * Opens what events are written to. A guard without a log does not load what writes one.
 * @throws CastellanError `audit-file`, `audit-log`, `audit-in-use`
 */
export async function openAudit(options: ReadAudit, clock: () => number): Promise<OpenAudit> {
  const { file, dir, durability = 'async', retention, anchor } = options;
  if (dir === undefined) return { sink: openAuditFile(file ?? '-'), durable: undefined };
  const [{ openAuditLog }, { compileAnchoring }] = await Promise.all([import('./log/sink.ts'), import('./log/anchoring.ts')]);
  const sink = await openAuditLog(
    {
      directory: resolve(dir),
      sync: durability !== 'async',
      segmentBytes: options.segmentSize ?? segmentBytes,
      segmentAge,
      headInterval,
      compress: true,
      retention: { age: retention?.age === undefined ? undefined : retention.age * 1000, bytes: retention?.size },
    },
    { timeout: options.timeout ?? 5000 },
    anchor === undefined ? undefined : compileAnchoring(anchor, clock),
  );
  return { sink, durable: durability === 'async' ? undefined : sink };
}
