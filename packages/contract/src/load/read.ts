import { open, realpath } from 'node:fs/promises';
import { CastellanError } from '../error.ts';
import { tooLarge, type LoadLimits } from './limits.ts';

/** Reads a file of at most `maxBytes` bytes. */
export type ReadFile = (path: string, maxBytes: number) => Promise<Uint8Array>;

export interface FetchedText {
  readonly bytes: Uint8Array;
  /** After redirects. */
  readonly url: string;
  readonly mediaType: string | undefined;
}

/**
 * Reads a file without trusting its size: a device or pipe is read up to the limit, too.
 * @throws CastellanError `document-not-found`, `document-unreadable`, `document-too-large`
 */
export async function readFileWithin(
  path: string,
  file: string,
  limits: LoadLimits,
  read?: ReadFile,
): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = read === undefined ? await readUpTo(path, limits.maxBytes + 1) : await read(path, limits.maxBytes + 1);
  } catch (error) {
    throw unreadable(file, error);
  }
  if (bytes.length > limits.maxBytes) throw tooLarge({ file }, limits.maxBytes, 'maxBytes');
  return bytes;
}

async function readUpTo(path: string, bytes: number): Promise<Uint8Array> {
  const handle = await open(path, 'r');
  try {
    const stat = await handle.stat();
    if (stat.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
    // One read of the known size for a file; pieces for anything whose size is not known.
    const pieces: Uint8Array[] = [];
    let total = 0;
    const pieceSize = stat.isFile() ? Math.min(stat.size + 1, bytes) : 64 * 1024;
    while (total < bytes) {
      const piece = Buffer.allocUnsafeSlow(Math.min(pieceSize, bytes - total));
      const { bytesRead } = await handle.read(piece, 0, piece.length);
      if (bytesRead === 0) break;
      pieces.push(piece.subarray(0, bytesRead));
      total += bytesRead;
    }
    return pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
  } finally {
    await handle.close();
  }
}

function unreadable(file: string, error: unknown): CastellanError {
  if (error instanceof CastellanError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new CastellanError({
      code: 'document-not-found',
      message: 'there is no such file',
      place: { file },
      mend: 'check the path',
      cause: error,
    });
  }
  const reasons: ReadonlyMap<string, string> = new Map(
    Object.entries<string>({
      EISDIR: 'it is a directory',
      EACCES: 'permission is denied',
      EPERM: 'permission is denied',
    }),
  );
  const reason = reasons.get(code) ?? `reading it failed (${code || 'unknown reason'})`;
  return new CastellanError({
    code: 'document-unreadable',
    message: `the file cannot be read: ${reason}`,
    place: { file },
    mend: code === 'EISDIR' ? 'give the path of the OpenAPI document in it' : 'check its permissions',
    cause: error,
  });
}

/** Where a file really is; the path itself where that cannot be told. */
export async function realPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    return path;
  }
}

/**
 * Fetches a URL: only http and https, never from https down to http, redirects counted, size counted while it arrives.
 * @throws CastellanError `document-unreachable`, `document-timeout`, `http-error`, `too-many-redirects`, `redirect-refused`, `document-too-large`
 */
export async function fetchWithin(
  url: string,
  limits: LoadLimits,
  fetch: typeof globalThis.fetch = globalThis.fetch,
): Promise<FetchedText> {
  const signal = AbortSignal.timeout(limits.timeout);
  let current = url;
  try {
    for (let redirects = 0; redirects <= limits.maxRedirects; redirects++) {
      const response = await fetch(current, {
        redirect: 'manual',
        signal,
        headers: {
          accept: 'application/openapi+json, application/openapi+yaml, application/json, application/yaml, */*;q=0.1',
        },
      });
      const target = response.headers.get('location');
      if (response.status >= 300 && response.status < 400 && target !== null) {
        await response.body?.cancel();
        current = redirected(url, current, target);
        continue;
      }
      if (!response.ok) {
        await response.body?.cancel();
        throw httpError(url, response.status);
      }
      const bytes = await bodyWithin(response, url, limits.maxBytes);
      return { bytes, url: current, mediaType: response.headers.get('content-type') ?? undefined };
    }
  } catch (error) {
    if (error instanceof CastellanError) throw error;
    if (signal.aborted) {
      throw new CastellanError({
        code: 'document-timeout',
        message: `no whole answer within ${limits.timeout} ms`,
        place: { file: url },
        mend: 'try again, or raise limits.timeout',
        cause: error,
      });
    }
    const cause =
      error instanceof Error && error.cause instanceof Error && 'code' in error.cause
        ? ` (${String(error.cause.code)})`
        : '';
    throw new CastellanError({
      code: 'document-unreachable',
      message: `the URL cannot be reached${cause}`,
      place: { file: url },
      mend: 'check the address',
      cause: error,
    });
  }
  throw new CastellanError({
    code: 'too-many-redirects',
    message: `more than ${limits.maxRedirects} redirects`,
    place: { file: url },
    mend: 'give the address that they lead to',
  });
}

function redirected(url: string, from: string, to: string): string {
  const target = URL.canParse(to, from) ? new URL(to, from) : undefined;
  const downgrade = from.startsWith('https:') && target?.protocol === 'http:';
  if (target === undefined || (target.protocol !== 'https:' && target.protocol !== 'http:') || downgrade) {
    throw new CastellanError({
      code: 'redirect-refused',
      message: downgrade ? 'redirected from https to http' : 'redirected to something that is not http or https',
      place: { file: url },
      mend: 'give the address of the document itself',
    });
  }
  target.hash = '';
  return target.href;
}

function httpError(url: string, status: number): CastellanError {
  return new CastellanError({
    code: 'http-error',
    message: `the server answered ${status}`,
    place: { file: url },
    mend:
      status === 401 || status === 403 ? 'download it with your credentials and give the file' : 'check the address',
  });
}

async function bodyWithin(response: Response, url: string, maxBytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let total = 0;
  if (response.body === null) return new Uint8Array();
  for await (const piece of response.body as AsyncIterable<Uint8Array>) {
    total += piece.length;
    if (total > maxBytes) {
      await response.body.cancel().catch(() => undefined);
      throw tooLarge({ file: url }, maxBytes, 'maxBytes');
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
