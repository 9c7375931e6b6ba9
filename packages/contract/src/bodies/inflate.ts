import zlib from 'node:zlib';

export type Inflated =
  | { readonly outcome: 'inflated'; readonly bytes: Uint8Array }
  /** More bytes than the limit, or than the ratio allows: a decompression bomb (OWASP API4:2023). */
  | { readonly outcome: 'too-large' }
  /** A coding that is not known here, or several on top of each other. */
  | { readonly outcome: 'unsupported'; readonly supported: readonly string[] }
  /** Cut short, damaged, or followed by bytes that belong to nothing. */
  | { readonly outcome: 'corrupt' };

export interface InflateOptions {
  /** Most inflated bytes per compressed byte. Default 100; text seldom passes 20. The first 64 KiB are not counted. */
  readonly maxRatio?: number | undefined;
}

type Inflate = (
  bytes: Uint8Array,
  options: { maxOutputLength: number; info: true },
  done: (error: Error | null, result: unknown) => void,
) => void;

/** `Content-Encoding` values that are taken: for `Accept-Encoding` in an answer 415 (RFC 9110 section 12.5.3). */
export const contentCodings: readonly string[] = Object.freeze([
  'gzip',
  'deflate',
  'br',
  ...('zstdDecompress' in zlib ? ['zstd'] : []),
]);

const uncounted = 65_536;

function inflateOf(coding: string): Inflate | undefined {
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return zlib.gunzip as Inflate;
    case 'deflate':
      return zlib.inflate as Inflate;
    case 'br':
      return zlib.brotliDecompress as Inflate;
    case 'zstd':
      return (zlib as { zstdDecompress?: Inflate }).zstdDecompress;
    default:
      return undefined;
  }
}

/**
 * Undoes one content coding (RFC 9110 section 8.4) off the main thread, within a size and a ratio. `identity` changes
 * nothing. Several codings are refused: no client needs them, and each one multiplies what a small body can become.
 *
 * @param encoding value of `Content-Encoding`
 * @param limit most bytes that may come out
 */
export async function inflate(
  bytes: Uint8Array,
  encoding: string,
  limit: number,
  options: InflateOptions = {},
): Promise<Inflated> {
  const coding = encoding.trim().toLowerCase();
  if (coding === 'identity') return bytes.length > limit ? { outcome: 'too-large' } : { outcome: 'inflated', bytes };
  const run = inflateOf(coding);
  if (run === undefined) return { outcome: 'unsupported', supported: contentCodings };
  const most = Math.min(limit, Math.max(uncounted, bytes.length * (options.maxRatio ?? 100)));
  return new Promise((resolve) => {
    run(bytes, { maxOutputLength: Math.max(most, 1), info: true }, (error, result) => {
      if (error !== null) {
        const code = (error as NodeJS.ErrnoException).code;
        resolve({ outcome: code === 'ERR_BUFFER_TOO_LARGE' ? 'too-large' : 'corrupt' });
        return;
      }
      const { buffer, engine } = result as { buffer: Uint8Array; engine: { bytesWritten: number } };
      if (engine.bytesWritten !== bytes.length) resolve({ outcome: 'corrupt' });
      else if (buffer.length > most) resolve({ outcome: 'too-large' });
      else resolve({ outcome: 'inflated', bytes: buffer });
    });
  });
}
