import type { CastellanError } from '@castellan/contract';
import { limits, notReachable, refused } from './limits.ts';
import { isLoopback } from './options.ts';

/** What a server answered. */
export interface FetchedFile {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

/** How a file is fetched. */
export interface FetchOptions {
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly maxBytes?: number | undefined;
  /** Redirects followed; none where a key is sent. */
  readonly redirects?: number | undefined;
  /** Milliseconds for the whole answer. */
  readonly timeout?: number | undefined;
  /** Statuses that are an answer beside 200. */
  readonly statuses?: readonly number[] | undefined;
  /** Default: that of Node.js. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/**
 * Gets what an address gives, within limits of bytes, time and redirects, and never by plain HTTP from another machine. Messages
 * hold no query: in many addresses it is a key.
 * @throws CastellanError `source-unreachable`, `source-refused`
 */
export async function fetchFile(address: string, options: FetchOptions = {}): Promise<FetchedFile> {
  const { headers = {}, maxBytes = limits.fileBytes, redirects = limits.redirects, statuses = [] } = options;
  const { timeout = limits.timeout, fetch: ask = fetch } = options;
  const name = withoutQuery(address);
  const signal = AbortSignal.timeout(timeout);
  let at = new URL(address);
  try {
    for (let turns = 0; turns <= redirects; turns++) {
      const response = await ask(at, { redirect: 'manual', signal, headers });
      const to = response.headers.get('location');
      if (response.status >= 301 && response.status <= 308 && response.status !== 304 && to !== null) {
        await response.body?.cancel();
        at = redirected(name, at, to);
        continue;
      }
      if (response.status !== 200 && !statuses.includes(response.status)) {
        await response.body?.cancel();
        throw notReachable(name, `the server answered ${response.status}`, 'check the address');
      }
      return { status: response.status, headers: response.headers, bytes: await bytesOf(response, name, maxBytes) };
    }
  } catch (error) {
    if (error instanceof Error && error.name === 'CastellanError') throw error;
    throw unreachable(name, error, signal.aborted ? timeout : undefined);
  }
  throw refused(
    name,
    redirects === 0 ? 'it redirects' : `more than ${redirects} redirects`,
    'give the address that they lead to',
  );
}

function unreachable(name: string, error: unknown, late: number | undefined): CastellanError {
  if (late !== undefined) return notReachable(name, `no whole answer within ${late} ms`, 'try again', error);
  const { cause, code, message } = error as {
    readonly cause?: { readonly code?: unknown };
    readonly code?: unknown;
    readonly message?: string;
  };
  return notReachable(
    name,
    `it cannot be reached (${String(cause?.code ?? code ?? message ?? 'unknown')})`,
    'check the address',
    error,
  );
}

/** Never down to plain HTTP of another machine. */
function redirected(name: string, from: URL, to: string): URL {
  const target = URL.canParse(to, from.href) ? new URL(to, from) : undefined;
  const safe =
    target !== undefined &&
    target.username === '' &&
    (target.protocol === 'https:' ||
      (target.protocol === 'http:' && from.protocol === 'http:' && isLoopback(target.hostname)));
  if (!safe) throw refused(name, 'it redirects to something that is not https', 'give the address of the file itself');
  return target;
}

async function bytesOf(response: Response, name: string, maxBytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let total = 0;
  for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    total += piece.length;
    if (total > maxBytes) {
      await response.body?.cancel().catch(() => undefined);
      throw refused(name, `it holds more than ${maxBytes} bytes`, 'check that it is the document');
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** An address as messages may hold it. */
export function withoutQuery(address: string): string {
  const { origin, pathname } = new URL(address);
  return `${origin}${pathname}`;
}
