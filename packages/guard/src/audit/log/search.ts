import { join } from 'node:path';
import { segmentsIn } from './directory.ts';
import { segmentName } from './format.ts';
import { readIndexed } from './index-builder.ts';
import { readIndexHead } from './index-file.ts';
import { indexedSegment } from './indexed-segment.ts';
import { matching, type Query } from './query.ts';
import { SegmentReader } from './segment-reader.ts';

/** A record that was found: the event as it stands in the log. */
export interface Match {
  /** `000000017` and the byte at which the line begins. */
  readonly segment: number;
  readonly offset: number;
  readonly line: string;
}

/**
 * Finds records, the newest first, one segment at a time: nothing is held but the index of one segment.
 * @throws CastellanError `no-audit-log`, `audit-damaged`
 */
export function* searchLog(directory: string, query: Query): Generator<Match> {
  for (const segment of segmentsIn(directory).toReversed()) {
    const name = join(directory, segmentName(segment));
    const head = readIndexHead(`${name}.idx`);
    if (head !== undefined && isOutside(head, query)) continue;
    const index = indexedSegment(name);
    const offsets = index.column('offset');
    const reader = new SegmentReader(name, index.head.frames);
    try {
      for (const at of matching(index, query)) {
        const offset = offsets[at] ?? 0;
        const line = reader.line(offset);
        // Indexes have hashes of what is asked for; the record itself decides.
        if (holds(line, query)) yield { segment, offset, line };
      }
    } finally {
      reader.close();
    }
  }
}

/** How many records a query finds, by the indexes alone; of a request id by its records, because an index has a part of it. */
export function countMatches(directory: string, query: Query): number {
  let count = 0;
  if (query.id !== undefined) {
    for (const _ of searchLog(directory, query)) count += 1;
    return count;
  }
  for (const segment of segmentsIn(directory)) {
    const name = join(directory, segmentName(segment));
    const head = readIndexHead(`${name}.idx`);
    if (head !== undefined && isOutside(head, query)) continue;
    const index = indexedSegment(name);
    for (const _ of matching(index, query)) count += 1;
  }
  return count;
}

function isOutside(head: { readonly from: number; readonly to: number }, { from, to }: Query): boolean {
  return (from !== undefined && head.to < from) || (to !== undefined && head.from >= to);
}

function holds(line: string, query: Query): boolean {
  const record = readIndexed(line);
  return (
    record !== undefined &&
    (query.id === undefined || record.id === query.id) &&
    (query.principal === undefined || record.principal === query.principal) &&
    (query.operation === undefined || record.operation === query.operation) &&
    (query.resource === undefined || record.objects.includes(query.resource))
  );
}
