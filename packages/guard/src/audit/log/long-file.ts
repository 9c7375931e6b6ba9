import { closeSync, existsSync, openSync, readSync } from 'node:fs';

/** Bytes that are read at once. */
const chunk = 1024 * 1024;
const lineEnd = 0x0a;
/** Bytes of a line of heads at most: one that is longer is none. */
const maxLine = 1024 * 1024;

/** A line of a file of lines. */
export interface FileLine {
  readonly text: string;
  /** The byte at which it begins, and the one behind its line end. */
  readonly from: number;
  readonly to: number;
  /** Whether it has a line end. */
  readonly ends: boolean;
}

/**
 * The lines of a file that may be longer than memory, or not be there. Of a line that is longer than any line may be, the beginning.
 * @param range bytes, from the beginning of a line to the end of one
 */
export function* linesIn(file: string, range?: { readonly from: number; readonly to: number }): Generator<FileLine> {
  if (!existsSync(file)) return;
  const descriptor = openSync(file, 'r');
  try {
    let carried: Buffer = Buffer.alloc(0);
    let from = range?.from ?? 0;
    let skipped = 0;
    for (let at = from; ;) {
      const piece = Buffer.allocUnsafe(Math.min(chunk, (range?.to ?? Infinity) - at));
      const read = piece.length === 0 ? 0 : readSync(descriptor, piece, 0, piece.length, at);
      if (read === 0) break;
      at += read;
      let bytes = carried.length === 0 ? piece.subarray(0, read) : Buffer.concat([carried, piece.subarray(0, read)]);
      for (let end = bytes.indexOf(lineEnd); end !== -1; end = bytes.indexOf(lineEnd)) {
        const to = from + skipped + end + 1;
        yield { text: bytes.toString('utf8', 0, Math.min(end, maxLine)), from, to, ends: true };
        from = to;
        skipped = 0;
        bytes = bytes.subarray(end + 1);
      }
      if (bytes.length > maxLine) {
        skipped += bytes.length - maxLine;
        bytes = bytes.subarray(0, maxLine);
      }
      carried = bytes;
    }
    if (carried.length > 0)
      yield { text: carried.toString('utf8'), from, to: from + skipped + carried.length, ends: false };
  } finally {
    closeSync(descriptor);
  }
}

/**
 * The lines of a file from the last to the first, and first of all what stands behind the last line end.
 * @yields undefined in the place of a line that is longer than any line may be
 */
export function* linesBackwards(descriptor: number, size: number): Generator<string | undefined> {
  let carried: Buffer | undefined = Buffer.alloc(0);
  for (let at = size; at > 0;) {
    const length = Math.min(64 * 1024, at);
    at -= length;
    const piece = Buffer.allocUnsafe(length);
    readSync(descriptor, piece, 0, length, at);
    let rest: Buffer = piece;
    for (let end = rest.lastIndexOf(lineEnd); end !== -1; end = rest.lastIndexOf(lineEnd)) {
      yield carried === undefined ? undefined : Buffer.concat([rest.subarray(end + 1), carried]).toString('utf8');
      carried = Buffer.alloc(0);
      rest = rest.subarray(0, end);
    }
    carried =
      carried === undefined || rest.length + carried.length > maxLine ? undefined : Buffer.concat([rest, carried]);
  }
  yield carried?.toString('utf8');
}
