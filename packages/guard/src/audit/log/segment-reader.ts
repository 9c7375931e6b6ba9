import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import { damaged } from './damaged.ts';
import type { IndexHead } from './index-builder.ts';

/** Bytes that are read at once. */
const chunk = 1024 * 1024;
/** Bytes of a line and of what is inflated at once, at most: what a writer holds at most. */
export const longest = 32 * 1024 * 1024;
/** Bytes that a frame of a writer inflates to, and some more: it comes out in one piece. */
const inflatedAtOnce = 288 * 1024;
const lineEnd = 0x0a;

/** Whether a segment is there, and in which form. */
export function segmentForm(name: string): 'lines' | 'compressed' | 'missing' {
  if (existsSync(`${name}.jsonl`)) return 'lines';
  return existsSync(`${name}.jsonl.zst`) ? 'compressed' : 'missing';
}

/**
 * The bytes of a segment, in pieces.
 * @throws where they cannot be read or inflated
 */
export function* segmentPieces(name: string): Generator<Buffer> {
  const compressed = segmentForm(name) === 'compressed';
  const descriptor = openSync(`${name}.jsonl${compressed ? '.zst' : ''}`, 'r');
  try {
    if (compressed) {
      const file = new Pieces(descriptor);
      for (let at = 0; at < file.size;) {
        const end = frameEnd(file, at);
        yield inflate(file.bytes(at, end - at));
        at = end;
      }
      return;
    }
    for (;;) {
      const piece = Buffer.allocUnsafe(chunk);
      const read = readSync(descriptor, piece, 0, chunk, null);
      if (read === 0) return;
      yield piece.subarray(0, read);
    }
  } finally {
    closeSync(descriptor);
  }
}

function inflate(frame: Buffer): Buffer {
  return zstdDecompressSync(frame, { maxOutputLength: longest, chunkSize: inflatedAtOnce });
}

/** Pieces of a file, read when they are asked for. */
class Pieces {
  readonly #descriptor: number;
  readonly size: number;
  #from = 0;
  #window: Buffer = Buffer.alloc(0);

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
    this.size = fstatSync(descriptor).size;
  }

  /** @throws where the file does not have them */
  bytes(from: number, length: number): Buffer {
    if (from + length > this.size) throw new Error('a frame of zstd has no end');
    if (length > longest) throw new Error('a frame of zstd is too long');
    if (from < this.#from || from + length > this.#from + this.#window.length) {
      const window = Buffer.allocUnsafe(Math.max(length, Math.min(chunk, this.size - from)));
      readSync(this.#descriptor, window, 0, window.length, from);
      this.#window = window;
      this.#from = from;
    }
    return this.#window.subarray(from - this.#from, from - this.#from + length);
  }
}

/**
 * Where a frame of zstd ends (RFC 8878 section 3.1.1): the headers of its blocks tell it.
 * @throws where it is none
 */
function frameEnd(file: Pieces, from: number): number {
  const head = file.bytes(from, 5);
  if (head.readUInt32LE() !== 0xfd2fb528) throw new Error('no frame of zstd');
  const descriptor = head.readUInt8(4);
  const single = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const size = [single ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  let at = from + 5 + (single ? 0 : 1) + dictionary + size;
  for (let last = false; !last;) {
    const block = file.bytes(at, 3).readUIntLE(0, 3);
    last = (block & 1) === 1;
    at += 3 + (((block >> 1) & 3) === 1 ? 1 : block >> 3);
  }
  return at + ((descriptor & 4) !== 0 ? 4 : 0);
}

/** Reads single records of a segment by their offsets. */
export class SegmentReader {
  readonly #name: string;
  readonly #frames: IndexHead['frames'];
  #descriptor: number | undefined;
  #file: Pieces | undefined;
  #inflated: { readonly from: number; readonly bytes: Buffer } | undefined;

  constructor(name: string, frames: IndexHead['frames']) {
    this.#name = name;
    this.#frames = segmentForm(name) === 'lines' ? undefined : frames;
  }

  /**
   * The line that begins at an offset, without its end.
   * @throws CastellanError `audit-damaged`
   */
  line(offset: number): string {
    const { from, bytes } = this.#piece(offset);
    const end = bytes.indexOf(lineEnd, offset - from);
    return bytes.toString('utf8', offset - from, end === -1 ? bytes.length : end);
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
  }

  #piece(offset: number): { readonly from: number; readonly bytes: Buffer } {
    try {
      return this.#frames === undefined ? this.#read(offset) : this.#inflate(offset, this.#frames);
    } catch (error) {
      throw damaged(this.#name, error);
    }
  }

  #read(offset: number): { readonly from: number; readonly bytes: Buffer } {
    this.#descriptor ??= openSync(`${this.#name}.jsonl`, 'r');
    for (let size = 4096; size <= longest; size *= 4) {
      const bytes = Buffer.allocUnsafe(size);
      const read = readSync(this.#descriptor, bytes, 0, size, offset);
      if (read < size || bytes.subarray(0, read).includes(lineEnd))
        return { from: offset, bytes: bytes.subarray(0, read) };
    }
    throw new Error('a line is too long');
  }

  #inflate(
    offset: number,
    frames: NonNullable<IndexHead['frames']>,
  ): { readonly from: number; readonly bytes: Buffer } {
    let low = 0;
    for (let high = frames.length - 1; low < high;) {
      const middle = (low + high + 1) >> 1;
      if ((frames[middle]?.[0] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    const [from, at] = frames[low] ?? [0, 0];
    if (this.#inflated?.from !== from) {
      this.#descriptor ??= openSync(`${this.#name}.jsonl.zst`, 'r');
      const file = (this.#file ??= new Pieces(this.#descriptor));
      this.#inflated = { from, bytes: inflate(file.bytes(at, (frames[low + 1]?.[1] ?? file.size) - at)) };
    }
    return this.#inflated;
  }
}
