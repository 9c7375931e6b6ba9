import { X509Certificate } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { DecodedParameters, Operation } from '@castellan/contract';
import type { AuthContext } from '../auth-context.ts';
import { noPolicies, type Authorize, type Permits } from '../authorize/handle.ts';
import type { Exchange } from '../exchange.ts';
import type { Guard } from '../guard.ts';
import type { IncomingRequest } from '../incoming.ts';

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
}

export type GuardedRequest = IncomingMessage & Guarded;

/** Puts what the stages learnt on the request. */
export function attach(guard: Guard, exchange: Exchange, request: IncomingMessage): GuardedRequest {
  const guarded = request as GuardedRequest;
  guarded.auth = exchange.auth;
  guarded.operation = exchange.match?.operation;
  guarded.parameters = exchange.parameters;
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
  guarded.body = exchange.value;
  guarded.requestId = exchange.id;
  guarded.authorize = guard.decides ? (...of) => guard.authorize(exchange, ...of) : noPolicies;
  guarded.permits = guard.decides ? (...of) => guard.permits(exchange, ...of) : noPolicies;
  return guarded;
}

/** Node's request as the guard reads it. */
export class NodeIncoming implements IncomingRequest {
  readonly #request: IncomingMessage;
  readonly method: string;
  readonly target: string;
  readonly rawHeaders: readonly string[];

  constructor(request: IncomingMessage, target: string) {
    this.#request = request;
    this.method = request.method ?? '';
    this.target = target;
    this.rawHeaders = request.rawHeaders;
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

  clientCertificate(): X509Certificate | undefined {
    const socket = this.#request.socket as Partial<TLSSocket>;
    if (socket.authorized !== true) return undefined;
    return socket.getPeerX509Certificate?.() ?? undefined;
  }

  readBody = (limit: number): Promise<Uint8Array | 'too-large' | 'aborted'> => readBody(this.#request, limit);
}

function readBody(request: IncomingMessage, limit: number): Promise<Uint8Array | 'too-large' | 'aborted'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (result: Uint8Array | 'too-large' | 'aborted'): void => {
      request.off('data', onData);
      request.off('end', onEnd);
      request.off('error', onAbort);
      request.off('close', onAbort);
      resolve(result);
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      chunks.push(chunk);
      if (size <= limit) return;
      request.pause();
      settle('too-large');
      // Given back, so that a guard that only observes hands the whole body on.
      request.unshift(Buffer.concat(chunks));
    };
    const onEnd = (): void =>
      settle(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks));
    const onAbort = (): void => settle('aborted');
    request.on('data', onData);
    request.on('end', onEnd);
    request.on('error', onAbort);
    request.on('close', onAbort);
  });
}

/**
 * Makes a request that the guard has read readable again from its first byte, so that a handler or body parser which
 * reads the stream itself finds what was checked.
 */
export function rewind(request: IncomingMessage, bytes: Uint8Array): void {
  Readable.call(request as unknown as Readable, { read() {} });
  request.push(bytes);
  request.push(null);
  if (request.headers['content-encoding'] !== undefined) {
    delete request.headers['content-encoding'];
    request.headers['content-length'] = String(bytes.length);
    delete request.headers['transfer-encoding'];
  }
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

/** Removes the override fields from what a framework reads. */
export function dropOverrides(request: IncomingMessage): void {
  const raw = request.rawHeaders;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i];
    // Only names of these lengths can be meant: 13 to 22 letters.
    if (name === undefined || name.length < 13 || name.length > 22) continue;
    const lower = name.toLowerCase();
    if (!overrideFields.has(lower)) continue;
    delete request.headers[lower];
    raw.splice(i, 2);
    i -= 2;
  }
}
