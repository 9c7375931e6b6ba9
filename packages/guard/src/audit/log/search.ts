import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { segmentsIn } from './directory.ts';
import { hashLength, segmentName, tail } from './format.ts';
import { IndexBuilder, readIndexed } from './index-builder.ts';
import { IndexFile, readIndexHead } from './index-file.ts';
import { walkLines } from './lines.ts';
import { matching, type Query } from './query.ts';
import { SegmentReader, segmentPieces } from './segment-reader.ts';

/** A record that was found: the event as it stands in the log. */
export interface Match {
  /** `000000017` and the byte at which the line begins. */
  readonly segment: number;
  readonly offset: number;
  readonly line: string;
}

/**
 * Finds records, the newest first, one segment at a time: nothing is held but the index of one segment.
 * @throws CastellanError `no-audit-log`
 */
export function* searchLog(directory: string, query: Query): Generator<Match> {
  for (const segment of segmentsIn(directory).toReversed()) {
    const name = join(directory, segmentName(segment));
    const head = readIndexHead(`${name}.idx`);
    if (head !== undefined && isOutside(head, query)) continue;
    const index = existsSync(`${name}.idx`) ? new IndexFile(`${name}.idx`) : indexOf(name);
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

/** How many records a query finds, by the indexes alone. */
export function countMatches(directory: string, query: Query): number {
  let count = 0;
  for (const segment of segmentsIn(directory)) {
    const name = join(directory, segmentName(segment));
    const head = readIndexHead(`${name}.idx`);
    if (head !== undefined && isOutside(head, query)) continue;
    const index = existsSync(`${name}.idx`) ? new IndexFile(`${name}.idx`) : indexOf(name);
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

/** The index of a segment that is written just now. */
function indexOf(name: string): IndexFile {
  const builder = new IndexBuilder();
  let at = 0;
  let carried: Buffer = Buffer.alloc(hashLength + tail.length);
  for (const piece of segmentPieces(name)) {
    const bytes = Buffer.concat([carried, piece]);
    const base = at - carried.length;
    const end = walkLines(bytes, 0, bytes.length, ({ from, to }) => builder.add(bytes, from, to - 1, base + from));
    carried = Buffer.from(bytes.subarray(end - hashLength - tail.length));
    at += piece.length;
  }
  return new IndexFile(builder.pack(undefined));
}
