import type { IncomingHttpHeaders } from 'node:http';
import type { IncomingRequest } from '../incoming.ts';
import { overrideFields } from '../node/request.ts';
import type { Connection } from './index.ts';

/**
 * A Fetch request as the guard reads it. Its URL has been parsed by the runtime, so there is one reading of its path;
 * where the runtime still has the message as received, that is what is judged.
 */
export class FetchIncoming implements IncomingRequest {
  readonly #request: Request;
  readonly method: string;
  readonly target: string;
  readonly rawHeaders: readonly string[];
  readonly remoteAddress: string;
  readonly encrypted: boolean;
  /** A body may be there whatever the fields say. */
  readonly httpVersion = '2.0';

  constructor(request: Request, connection: Connection) {
    const url = new URL(request.url);
    this.#request = request;
    this.method = request.method;
    this.target = connection.target ?? url.pathname + url.search;
    this.rawHeaders = connection.rawHeaders ?? fieldsOf(request, url);
    this.remoteAddress = connection.remoteAddress;
    this.encrypted = connection.encrypted ?? url.protocol === 'https:';
  }

  /** A stream that was looked at and not read keeps some servers from reading the next request of the connection. */
  get readBody(): ((limit: number) => Promise<Uint8Array | 'too-large' | 'aborted'>) | undefined {
    const request = this.#request;
    return request.body === null ? undefined : (limit) => read(request, limit);
  }

  /** Whether the caller has gone away, where the runtime tells. */
  get aborted(): boolean {
    return this.#request.signal.aborted;
  }

  get headers(): IncomingHttpHeaders {
    return Object.fromEntries(this.#request.headers);
  }

  /** The request for the handler: with the body that was checked, without the fields that could change its meaning. */
  passOn(body: Uint8Array | undefined): Request {
    const headers = new Headers(this.#request.headers);
    for (const name of overrideFields) headers.delete(name);
    // A body that was read and found empty is none.
    if (body === undefined && this.#request.bodyUsed) {
      return new Request(this.#request.url, { method: this.method, headers, signal: this.#request.signal });
    }
    if (body === undefined) return new Request(this.#request, { headers });
    headers.delete('content-encoding');
    return new Request(this.#request.url, {
      method: this.method,
      headers,
      body: Uint8Array.from(body),
      signal: this.#request.signal,
    });
  }
}

function fieldsOf(request: Request, url: URL): readonly string[] {
  const raw: string[] = [];
  for (const [name, value] of request.headers) raw.push(name, value);
  if (!request.headers.has('host')) raw.push('host', url.host);
  return raw;
}

async function read(request: Request, limit: number): Promise<Uint8Array | 'too-large' | 'aborted'> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of request.body ?? []) {
      size += chunk.byteLength;
      if (size > limit) return 'too-large';
      chunks.push(chunk);
    }
  } catch {
    return 'aborted';
  }
  return Buffer.concat(chunks);
}
