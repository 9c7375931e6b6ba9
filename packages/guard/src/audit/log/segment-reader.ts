import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import type { IndexHead } from './index-builder.ts';

/** Bytes that are read at once. */
const chunk = 1024 * 1024;
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
  if (segmentForm(name) === 'compressed') {
    const bytes = readFileSync(`${name}.jsonl.zst`);
    for (const [from, to] of zstdFrames(bytes)) yield zstdDecompressSync(bytes.subarray(from, to));
    return;
  }
  const descriptor = openSync(`${name}.jsonl`, 'r');
  try {
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

/**
 * Where the frames of a file of zstd begin and end (RFC 8878 section 3.1.1): the headers of their blocks tell it.
 * @throws where it is none
 */
function* zstdFrames(bytes: Buffer): Generator<readonly [number, number]> {
  for (let at = 0; at < bytes.length;) {
    const from = at;
    if (bytes.readUInt32LE(at) !== 0xfd2fb528) throw new Error('no frame of zstd');
    const descriptor = bytes.readUInt8(at + 4);
    const single = (descriptor & 0x20) !== 0;
    const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
    const size = [single ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
    at += 5 + (single ? 0 : 1) + dictionary + size;
    for (let last = false; !last;) {
      const block = bytes.readUIntLE(at, 3);
      last = (block & 1) === 1;
      at += 3 + (((block >> 1) & 3) === 1 ? 1 : block >> 3);
    }
    if ((descriptor & 4) !== 0) at += 4;
    if (at > bytes.length) throw new Error('a frame of zstd has no end');
    yield [from, at];
  }
}

/** Reads single records of a segment by their offsets. */
export class SegmentReader {
  readonly #name: string;
  readonly #frames: IndexHead['frames'];
  #descriptor: number | undefined;
  #compressed: Buffer | undefined;
  #inflated: { readonly from: number; readonly bytes: Buffer } | undefined;

  constructor(name: string, frames: IndexHead['frames']) {
    this.#name = name;
    this.#frames = segmentForm(name) === 'lines' ? undefined : frames;
  }

  /** The line that begins at an offset, without its end. */
  line(offset: number): string {
    const { from, bytes } = this.#frames === undefined ? this.#read(offset) : this.#inflate(offset, this.#frames);
    const end = bytes.indexOf(lineEnd, offset - from);
    return bytes.toString('utf8', offset - from, end === -1 ? bytes.length : end);
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
  }

  #read(offset: number): { readonly from: number; readonly bytes: Buffer } {
    this.#descriptor ??= openSync(`${this.#name}.jsonl`, 'r');
    for (let size = 4096; ; size *= 4) {
      const bytes = Buffer.allocUnsafe(size);
      const read = readSync(this.#descriptor, bytes, 0, size, offset);
      if (read < size || bytes.subarray(0, read).includes(lineEnd))
        return { from: offset, bytes: bytes.subarray(0, read) };
    }
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
      this.#compressed ??= readFileSync(`${this.#name}.jsonl.zst`);
      this.#inflated = { from, bytes: zstdDecompressSync(this.#compressed.subarray(at, frames[low + 1]?.[1])) };
    }
    return this.#inflated;
  }
}
