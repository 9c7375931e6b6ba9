import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { zstdCompressSync } from 'node:zlib';
import type { IndexBuilder, IndexHead } from './index-builder.ts';

/** Bytes of lines that are compressed together: reading one record inflates this much. */
const frameBytes = 256 * 1024;

/**
 * Compresses a closed segment and writes its index.
 * @param name of the segment's files, without what comes behind the dot
 * @returns SHA-256 of the index, base64url
 */
export function packSegment(name: string, index: IndexBuilder, compress: boolean): string {
  const frames = compress ? compressed(name) : undefined;
  const bytes = index.pack(frames);
  writeWhole(`${name}.idx`, [bytes]);
  return createHash('sha256').update(bytes).digest('base64url');
}

/** Removes the lines of a segment that is closed and compressed. Until a head says so, they are what the next start reads. */
export function dropLines(name: string): void {
  if (existsSync(`${name}.jsonl.zst`) && existsSync(`${name}.idx`)) rmSync(`${name}.jsonl`, { force: true });
}

/** Frames of zstd, each by itself: together they are one file that `zstd -d` takes. */
function compressed(name: string): IndexHead['frames'] {
  const lines = readFileSync(`${name}.jsonl`);
  const frames: [number, number][] = [];
  const parts: Buffer[] = [];
  let offset = 0;
  for (let from = 0; from < lines.length;) {
    const end = from + frameBytes >= lines.length ? lines.length : lines.lastIndexOf(0x0a, from + frameBytes) + 1;
    const to = end > from ? end : Math.max(lines.indexOf(0x0a, from) + 1, from + frameBytes);
    const part = zstdCompressSync(lines.subarray(from, to));
    frames.push([from, offset]);
    parts.push(part);
    offset += part.length;
    from = to;
  }
  writeWhole(`${name}.jsonl.zst`, parts);
  return frames;
}

/** Writes a file that is whole or not there. */
function writeWhole(file: string, parts: readonly Buffer[]): void {
  const draft = `${file}.tmp`;
  const descriptor = openSync(draft, 'w', 0o600);
  try {
    for (const part of parts) for (let offset = 0; offset < part.length;) offset += writeSync(descriptor, part, offset);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(draft, file);
}
