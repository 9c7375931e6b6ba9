import { resolve } from 'node:path';
import { CastellanError } from '@castellan/contract';
import type { ReadAudit } from './options.ts';
import type { DurableSink } from './log/sink.ts';
import type { Pseudonyms } from './log/sealed.ts';
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
 * @param keepHead is given the heads that are kept elsewhere, beside `anchor`
 * @throws CastellanError `audit-file`, `audit-log`, `audit-in-use`
 */
export async function openAudit(
  options: ReadAudit,
  clock: () => number,
  keepHead?: (line: string) => void,
): Promise<OpenAudit> {
  const { file, dir, durability = 'async', retention, anchor } = options;
  if (dir === undefined) return { sink: openAuditFile(file ?? '-'), durable: undefined };
  const [{ openAuditLog }, { compileAnchoring }] = await Promise.all([
    import('./log/sink.ts'),
    import('./log/anchoring.ts'),
  ]);
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
    anchor === undefined && keepHead === undefined ? undefined : compileAnchoring(anchor ?? {}, clock, keepHead),
  );
  return { sink, durable: durability === 'async' ? undefined : sink };
}

/**
 * Who stands in events, where people have pseudonyms.
 * @throws CastellanError `audit-log`
 */
export async function openPseudonyms(
  { dir, pseudonyms }: ReadAudit,
  clock: () => number,
): Promise<Pseudonyms | undefined> {
  if (dir === undefined || pseudonyms !== true) return undefined;
  const [{ PeopleFile }, { compilePseudonyms }] = await Promise.all([
    import('./log/people-file.ts'),
    import('./log/sealed.ts'),
  ]);
  try {
    return compilePseudonyms(new PeopleFile(resolve(dir)), clock);
  } catch (cause) {
    throw new CastellanError({
      code: 'audit-log',
      message: `the people of the audit log cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      place: { file: dir },
      mend: 'name a folder that this process may write to',
      cause,
    });
  }
}
