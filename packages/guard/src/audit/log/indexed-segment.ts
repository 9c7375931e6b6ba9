import { existsSync } from 'node:fs';
import { hashLength, tail } from './format.ts';
import { IndexBuilder } from './index-builder.ts';
import { IndexFile } from './index-file.ts';
import { walkLines } from './lines.ts';
import { segmentPieces } from './segment-reader.ts';

/** The index of a segment; of one that is written just now, made from its lines. */
export function indexedSegment(name: string): IndexFile {
  if (existsSync(`${name}.idx`)) return new IndexFile(`${name}.idx`);
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
