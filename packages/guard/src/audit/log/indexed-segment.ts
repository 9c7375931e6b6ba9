import { existsSync } from 'node:fs';
import { hashLength, tail } from './format.ts';
import { damaged } from './damaged.ts';
import { IndexBuilder } from './index-builder.ts';
import { IndexFile } from './index-file.ts';
import { walkLines } from './lines.ts';
import { longest, segmentPieces } from './segment-reader.ts';

/**
 * The index of a segment; of one that is written just now, made from its lines.
 * @throws CastellanError `audit-damaged`
 */
export function indexedSegment(name: string): IndexFile {
  try {
    return existsSync(`${name}.idx`) ? new IndexFile(`${name}.idx`) : indexOf(name);
  } catch (error) {
    throw damaged(name, error);
  }
}

function indexOf(name: string): IndexFile {
  const builder = new IndexBuilder();
  let at = 0;
  let carried: Buffer = Buffer.alloc(hashLength + tail.length);
  for (const piece of segmentPieces(name)) {
    if (carried.length > longest) throw new Error('a line is too long');
    const bytes = Buffer.concat([carried, piece]);
    const base = at - carried.length;
    const end = walkLines(bytes, 0, bytes.length, ({ from, to }) => builder.add(bytes, from, to - 1, base + from));
    carried = Buffer.from(bytes.subarray(end - hashLength - tail.length));
    at += piece.length;
  }
  return new IndexFile(builder.pack(undefined));
}
