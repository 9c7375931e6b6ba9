import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress, gunzipSync, zstdDecompressSync, constants } from 'node:zlib';
import { CastellanError } from '@castellan/contract';
import { asUtf8, textOf } from './as-utf-8.ts';

/** So much of a file is read to see what it is, bytes. */
const headLength = 256 * 1024;
/** Bytes that are read at once. */
const pieceLength = 128 * 1024;
/** So much of a compressed one. */
const packedHead = 64 * 1024;

/** The beginning of a file, unpacked; undefined where it cannot be read. */
export function headOf(file: string): string | undefined {
  const bytes = bytesAtStart(file, headLength);
  if (bytes === undefined) return undefined;
  try {
    const packed = bytes.subarray(0, packedHead);
    switch (packingOf(bytes)) {
      case 'gzip':
        return textOf(gunzipSync(packed, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 64 * headLength }));
      case 'zstd':
        return textOf(
          zstdDecompressSync(bytes, { finishFlush: constants.ZSTD_e_flush, maxOutputLength: 64 * headLength }),
        );
      case undefined:
        return textOf(bytes);
    }
  } catch {
    return '';
  }
}

/**
 * Reads a text file piece by piece as UTF-8, unpacked where it is gzip or Zstandard, whatever it is called. A piece holds until the next one is
 * asked for: the memory of it is used again.
 * @param progress is told how much of the file was read, 0 to 1
 * @throws CastellanError `log-unreadable`
 */
export function piecesOf(file: string, progress?: (part: number) => void): AsyncGenerator<Buffer> {
  return asUtf8(bytesOf(file, progress));
}

async function* bytesOf(file: string, progress?: (part: number) => void): AsyncGenerator<Buffer> {
  try {
    const { size } = await stat(file);
    const packing = packingOf(bytesAtStart(file, 4) ?? Buffer.alloc(0));
    if (packing === undefined) {
      yield* plainPieces(file, size, progress);
      return;
    }
    const bytes = createReadStream(file, { highWaterMark: pieceLength });
    for await (const piece of unpacked(bytes, packing) as AsyncIterable<Buffer>) {
      progress?.(size === 0 ? 1 : bytes.bytesRead / size);
      yield piece;
    }
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw new CastellanError({
      code: 'log-unreadable',
      message: /^Z_|^ZSTD/.test(code)
        ? `the compressed file is damaged or not complete (${code})`
        : `the file cannot be read (${code})`,
      place: { file },
      mend: /^Z_|^ZSTD/.test(code) ? 'copy it again, or unpack what is whole and import that' : 'check the path',
      cause,
    });
  }
}

/** A gigabyte of pieces that each have memory of their own is more than can be cleared away meanwhile. */
async function* plainPieces(
  file: string,
  size: number,
  progress: ((part: number) => void) | undefined,
): AsyncGenerator<Buffer> {
  const handle = await open(file, 'r');
  try {
    const buffer = Buffer.allocUnsafeSlow(pieceLength);
    let done = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, pieceLength, null);
      if (bytesRead === 0) return;
      done += bytesRead;
      progress?.(size === 0 ? 1 : Math.min(1, done / size));
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

function unpacked(bytes: Readable, packing: 'gzip' | 'zstd'): Readable {
  const plain = bytes.pipe(packing === 'gzip' ? createGunzip() : createZstdDecompress());
  // Errors of the file do not pass through a pipe.
  bytes.on('error', (error) => plain.destroy(error));
  return plain;
}

/** By the first bytes (RFC 1952, RFC 8878). */
function packingOf(bytes: Buffer): 'gzip' | 'zstd' | undefined {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'gzip';
  return bytes.length >= 4 && bytes.readUInt32LE(0) === 0xfd2fb528 ? 'zstd' : undefined;
}

function bytesAtStart(file: string, length: number): Buffer | undefined {
  let open: number | undefined;
  try {
    open = openSync(file, 'r');
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(open, bytes, 0, length, 0));
  } catch {
    return undefined;
  } finally {
    if (open !== undefined) closeSync(open);
  }
}
