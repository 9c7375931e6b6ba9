import type { Store } from '../store/open.ts';
import { storable } from '../store/storable.ts';

/** What was read of a file with traffic. */
export interface TrafficImport {
  readonly source: string;
  readonly format: string;
  readonly lines: number;
  readonly read: number;
  readonly garbage: number;
  /** The first lines that were no request. */
  readonly samples: readonly string[];
}

/** Writes down that a file was imported. */
export async function recordImport(
  { db, clock }: Store,
  { source, format, lines, read, garbage, samples }: TrafficImport,
): Promise<void> {
  await db
    .insertInto('imports')
    .values({
      source: storable(source),
      format,
      lines,
      read,
      garbage,
      samples: JSON.stringify(samples.map((sample) => storable(sample))),
      imported: new Date(clock()),
    })
    .execute();
}
