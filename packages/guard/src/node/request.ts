import { X509Certificate } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { CastellanError, isJson, type DecodedParameters, type Operation } from '@castellan/contract';
import type { AuthContext } from '../auth-context.ts';
import { noPolicies, type Authorize, type Permits } from '../authorize/handle.ts';
import type { Filter } from '../authorize/list-filter.ts';
import type { Exchange } from '../exchange.ts';
import type { Guard } from '../guard.ts';
import type { IncomingRequest } from '../incoming.ts';
import type { Tap } from '../learn/tap.ts';
import { certificateOf, holdCertificate } from './certificate.ts';
import { http1Fields } from './http2.ts';

/** What a handler behind the guard finds on its request: everything decoded, checked and coerced. */
export interface Guarded {
  /** Who calls; undefined where the operation lets anybody in and nobody showed a credential. */
  auth: AuthContext | undefined;
  /** The operation of the contract. Undefined only in mode `observe`, for requests that match none. */
  operation: Operation | undefined;
  params: Readonly<Record<string, unknown>>;
  query: Readonly<Record<string, unknown>>;
  /** All decoded parameters: `path`, `query`, `header`, `cookie`. Frameworks that overwrite `params` leave this alone. */
  parameters: DecodedParameters;
  /** The decoded body; undefined where there is none. */
  body: unknown;
  requestId: string;
  /** Decides on an object that the handler loaded; rejects with what the guard answers as 403 or 404. */
  authorize: Authorize;
  /** The same question with a plain answer. */
  permits: Permits;
  /** What of a type the caller may have in a list, as a condition for the database. */
  filter: Filter;
}

export type GuardedRequest = IncomingMessage & Guarded;

/** Puts what the stages learnt on the request. */
export function attach(guard: Guard, exchange: Exchange, request: IncomingMessage): GuardedRequest {
  const guarded = request as GuardedRequest;
  guarded.auth = exchange.auth;
  guarded.operation = exchange.match?.operation;
  guarded.parameters = exchange.parameters;
  // Where nothing is enforced the application finds what its framework would have given it.
  if (exchange.mode !== 'enforce') {
    guarded.params ??= exchange.parameters.path;
    if (!('query' in request)) guarded.query = exchange.parameters.query;
  } else {
    guarded.params = exchange.parameters.path;
    // Express 5 has a getter on its prototype here, which cannot be assigned to.
    if ('query' in request) {
      Object.defineProperty(request, 'query', {
        value: exchange.parameters.query,
        writable: true,
        configurable: true,
        enumerable: true,
      });
    } else guarded.query = exchange.parameters.query;
  }
  if (exchange.mode === 'enforce' || exchange.value !== undefined) guarded.body = exchange.value;
  guarded.requestId = exchange.id;
  guarded.authorize = guard.decides ? (...of) => guard.authorize(exchange, ...of) : noPolicies;
  guarded.permits = guard.decides ? (...of) => guard.permits(exchange, ...of) : noPolicies;
  guarded.filter = filterOf(guard, exchange, request);
  return guarded;
}

/** Streams have a `filter` of their own, which takes a function. */
function filterOf(guard: Guard, exchange: Exchange, request: IncomingMessage): GuardedRequest['filter'] {
  const ofStreams = request.filter;
  const filter = (of: unknown, ...more: unknown[]): unknown => {
    if (typeof of === 'function') return Reflect.apply(ofStreams, request, [of, ...more]);
    if (!guard.decides) return noPolicies();
    const [action] = more as [action?: string];
    return guard.filter(exchange, of as string, action);
  };
  return filter as GuardedRequest['filter'];
}

/** Node's request as the guard reads it. */
export class NodeIncoming implements IncomingRequest {
  readonly #request: IncomingMessage;
  #isKept = false;
  readonly method: string;
  readonly target: string;
  readonly rawHeaders: readonly string[];

  constructor(request: IncomingMessage, target: string) {
    this.#request = request;
    this.method = request.method ?? '';
    this.target = target;
    this.rawHeaders = request.httpVersionMajor === 2 ? http1Fields(request.rawHeaders) : request.rawHeaders;
    // HTTP/2 has no renegotiation (RFC 9113 section 9.2.1).
    if (request.httpVersionMajor === 1) holdCertificate(request.socket as Partial<TLSSocket>);
  }

  get headers(): IncomingHttpHeaders {
    return this.#request.headers;
  }

  get httpVersion(): string {
    return this.#request.httpVersion;
  }

  get remoteAddress(): string {
    return this.#request.socket.remoteAddress ?? '';
  }

  get encrypted(): boolean {
    return (this.#request.socket as Partial<TLSSocket>).encrypted === true;
  }

  get connection(): object | null | undefined {
    return this.#request.socket;
  }

  clientCertificate(): X509Certificate | undefined {
    return certificateOf(this.#request.socket as Partial<TLSSocket>);
  }

  get inflated(): boolean {
    return this.#isKept;
  }

  readBody(limit: number): Promise<Uint8Array | 'too-large' | 'aborted'> {
    // Nothing would ever come: whoever was there before has it.
    if (this.#request.readableDidRead && (this.#request.readableEnded || this.#request.readableFlowing === true)) {
      this.#isKept = true;
      return keptBody(this.#request, limit);
    }
    if (isEmpty(this.#request)) return Promise.resolve(Buffer.alloc(0));
    return new Promise((resolve) => void new BodyReader(this.#request, limit, resolve));
  }
}

/** Whether a body has ended without a byte, as by a last chunk that came with the head: no `readable` would tell. */
function isEmpty(request: IncomingMessage): boolean {
  return tellsCompletion(request) && request.complete && request.readableLength === 0 && !request.readableDidRead;
}

/** A body that middleware before the guard has read: its bytes where they were kept, or the JSON that was made of them. */
function keptBody(request: IncomingMessage, limit: number): Promise<ReadOutcome> {
  const { rawBody, body } = request as { rawBody?: unknown; body?: unknown };
  const kept =
    rawBody instanceof Uint8Array
      ? rawBody
      : typeof rawBody === 'string'
        ? Buffer.from(rawBody)
        : typeof body === 'object' &&
            body !== null &&
            isJson(request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '')
          ? Buffer.from(JSON.stringify(body))
          : undefined;
  if (kept === undefined) return Promise.reject(bodyAlreadyRead());
  return Promise.resolve(kept.length > limit ? 'too-large' : kept);
}

export function bodyAlreadyRead(): CastellanError {
  return new CastellanError({
    code: 'body-already-read',
    message: 'the request body was read before the guard',
    mend: 'put the guard before body parsers, or keep it as request.rawBody; of a Request of Fetch read a clone()',
  });
}

type ReadOutcome = Uint8Array | 'too-large' | 'aborted';

const reading = Symbol('castellan.reading');
type Read = IncomingMessage & { [reading]?: BodyReader | undefined };

/**
 * Reads a request's body and gives it back to the stream before the stream notices its end, so that a handler or body
 * parser which reads the stream itself finds it from its first byte.
 */
class BodyReader {
  readonly #request: Read;
  readonly #limit: number;
  readonly #resolve: (outcome: ReadOutcome) => void;
  #first: Buffer | undefined = undefined;
  #chunks: Buffer[] | undefined = undefined;
  #size = 0;

  constructor(request: IncomingMessage, limit: number, resolve: (outcome: ReadOutcome) => void) {
    this.#request = request;
    this.#limit = limit;
    this.#resolve = resolve;
    this.#request[reading] = this;
    request.on('readable', onReadable);
    request.on('close', onClose);
    if (!tellsCompletion(request)) request.on('end', onEnd);
  }

  read(): void {
    const request = this.#request;
    // Reading would end the stream before the handler looks at it.
    if (isEmpty(request)) {
      this.settle(this.#bytes());
      return;
    }
    for (let chunk = request.read() as Buffer | null; chunk !== null; chunk = request.read() as Buffer | null) {
      if (this.#first === undefined) this.#first = chunk;
      else (this.#chunks ??= [this.#first]).push(chunk);
      this.#size += chunk.length;
      if (this.#size > this.#limit) {
        // Given back, so that a guard that only observes hands the whole body on.
        request.unshift(this.#bytes());
        this.settle('too-large');
        return;
      }
      // All of it is there, and the next `read` would end the stream.
      if (request.complete && request.readableLength === 0) break;
    }
    if (!request.complete) return;
    const bytes = this.#bytes();
    if (bytes.length > 0 && !request.readableEnded) request.unshift(bytes);
    this.settle(bytes);
  }

  end(): void {
    this.settle(this.#bytes());
  }

  #bytes(): Buffer {
    return this.#chunks === undefined ? (this.#first ?? Buffer.alloc(0)) : Buffer.concat(this.#chunks);
  }

  settle(outcome: ReadOutcome): void {
    const request = this.#request;
    request.off('readable', onReadable);
    request.off('close', onClose);
    if (!tellsCompletion(request)) request.off('end', onEnd);
    request[reading] = undefined;
    this.#resolve(outcome);
  }
}

/** Whether a request says that all of it is there before it ends: those of HTTP/2 and of what imitates Node's do not. */
function tellsCompletion(request: IncomingMessage): boolean {
  return request.httpVersionMajor === 1 && typeof request.complete === 'boolean';
}

// The same functions for all requests.
function onReadable(this: Read): void {
  this[reading]?.read();
}
function onEnd(this: Read): void {
  this[reading]?.end();
}
function onClose(this: Read): void {
  this[reading]?.settle('aborted');
}

/** Sees to it that whoever reads the stream finds the bytes that were checked, not those that they were inflated from. */
export function rewind(request: IncomingMessage, bytes: Uint8Array, inflated: boolean): void {
  if (request.readableEnded) {
    // Another reader was at the end already: the stream begins anew.
    Readable.call(request as unknown as Readable, { read() {} });
    request.push(bytes);
    request.push(null);
  } else if (inflated) {
    request.read();
    request.unshift(bytes);
  }
  if (inflated) {
    delete request.headers['content-encoding'];
    request.headers['content-length'] = String(bytes.length);
    delete request.headers['transfer-encoding'];
  }
}

/** Puts another query in the place of the one that came, for whoever reads it of the request. */
export function rewriteTarget(request: IncomingMessage, query: string): void {
  const rewritten = (target: string): string => `${target.split('?', 1)[0] ?? ''}${query === '' ? '' : `?${query}`}`;
  const { originalUrl } = request as { originalUrl?: unknown };
  request.url = rewritten(request.url ?? '');
  if (typeof originalUrl === 'string') Object.assign(request, { originalUrl: rewritten(originalUrl) });
}

/** Lets a tap see the body as it arrives, whoever reads it. */
export function tapRequest(request: IncomingMessage, tap: Tap): void {
  const { headers, httpVersionMajor } = request;
  if (httpVersionMajor === 1 && headers['content-length'] === undefined && headers['transfer-encoding'] === undefined)
    return;
  const { push } = request;
  request.push = function tapped(chunk: unknown, encoding?: BufferEncoding): boolean {
    if (chunk instanceof Uint8Array) tap.request.push(chunk);
    return push.call(this, chunk, encoding);
  };
}

/** Fields by which frameworks let a caller change the method or path after it was checked. Never handed on. */
export const overrideFields: ReadonlySet<string> = new Set([
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'x-original-url',
  'x-rewrite-url',
  'castellan-context',
]);

/**
 * Removes the override fields from what a framework reads.
 * @param observes only what says who calls is removed then: nobody but a guard may say that
 */
export function dropOverrides(request: IncomingMessage, observes: boolean): void {
  const raw = request.rawHeaders;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i];
    // Only names of these lengths can be meant: 13 to 22 letters.
    if (name === undefined || name.length < 13 || name.length > 22) continue;
    const lower = name.toLowerCase();
    if (observes ? lower !== 'castellan-context' : !overrideFields.has(lower)) continue;
    delete request.headers[lower];
    raw.splice(i, 2);
    i -= 2;
  }
}
