import type { IncomingHttpHeaders } from 'node:http';
import type { IncomingRequest } from '../incoming.ts';
import { bodyAlreadyRead, overrideFields } from '../node/request.ts';
import type { Passing } from '../learn/tap.ts';
import type { Connection } from './index.ts';
import { replayed, type BodyReader } from './replayed.ts';
import { tapped } from './tapped.ts';

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
  /** A body that is longer than was asked for: what was read of it, and the rest. */
  #begun: { readonly chunks: readonly Uint8Array[]; readonly rest: BodyReader } | undefined = undefined;

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
    return request.body === null ? undefined : (limit) => this.#read(request.body, limit);
  }

  /** Whether the caller has gone away, where the runtime tells. */
  get aborted(): boolean {
    return this.#request.signal.aborted;
  }

  get headers(): IncomingHttpHeaders {
    return Object.fromEntries(this.#request.headers);
  }

  async #read(body: Request['body'], limit: number): Promise<Uint8Array | 'too-large' | 'aborted'> {
    if (this.#request.bodyUsed) throw bodyAlreadyRead();
    const chunks: Uint8Array[] = [];
    let size = 0;
    try {
      const reader = body?.getReader();
      for (let next = await reader?.read(); next?.value !== undefined; next = await reader?.read()) {
        const chunk = next.value as Uint8Array;
        size += chunk.byteLength;
        chunks.push(chunk);
        if (size > limit && reader !== undefined) {
          this.#begun = { chunks, rest: reader };
          return 'too-large';
        }
      }
    } catch {
      return 'aborted';
    }
    return Buffer.concat(chunks);
  }

  /**
   * The request for the handler: with the body that was checked, without the fields that could change its meaning.
   * @param to.query in the place of the one that came
   * @param to.passing sees the body as it is read
   */
  passOn(
    body: Uint8Array | undefined,
    to: {
      readonly observes: boolean;
      readonly query?: string | undefined;
      readonly passing?: Passing | undefined;
    },
  ): Request {
    const { observes, query, passing } = to;
    const url =
      query === undefined
        ? this.#request.url
        : `${this.#request.url.split(/[?#]/, 1)[0] ?? ''}${query === '' ? '' : `?${query}`}`;
    const headers = new Headers(this.#request.headers);
    for (const name of observes ? ['castellan-context'] : overrideFields) headers.delete(name);
    // What was read of a body that is too long goes on before its rest, where nothing is refused.
    if (this.#begun !== undefined)
      return this.#streamed(url, headers, replayed(this.#begun.chunks, this.#begun.rest), passing);
    // A body that was read and found empty is none.
    if (body === undefined && this.#request.bodyUsed) {
      return new Request(url, { method: this.method, headers, signal: this.#request.signal });
    }
    if (body === undefined) {
      const unread = this.#request.body;
      if (passing !== undefined && unread !== null) return this.#streamed(url, headers, unread, passing);
      return new Request(url === this.#request.url ? this.#request : new Request(url, this.#request), { headers });
    }
    headers.delete('content-encoding');
    if (headers.has('content-length')) headers.set('content-length', String(body.length));
    return new Request(url, {
      method: this.method,
      headers,
      body: Uint8Array.from(body),
      signal: this.#request.signal,
    });
  }

  #streamed(url: string, headers: Headers, body: ReadableStream<Uint8Array>, passing: Passing | undefined): Request {
    return new Request(url, {
      method: this.method,
      headers,
      body: passing === undefined ? body : tapped(body, passing),
      signal: this.#request.signal,
      duplex: 'half',
    });
  }
}

function fieldsOf(request: Request, url: URL): readonly string[] {
  const raw: string[] = [];
  for (const [name, value] of request.headers) raw.push(name, value);
  if (!request.headers.has('host')) raw.push('host', url.host);
  return raw;
}
