import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { ServerResponse as NodeResponse } from './http.ts';

export type HeadFields = OutgoingHttpHeaders | readonly OutgoingHttpHeader[];

/** The response's own methods, in the forms that are used here. */
export interface Original {
  setHeader(this: ServerResponse, name: string, value: number | string | readonly string[]): unknown;
  writeHead(this: ServerResponse, status: number, reason?: string | HeadFields, fields?: HeadFields): unknown;
  write(
    this: ServerResponse,
    chunk: string | Uint8Array,
    encoding: BufferEncoding,
    callback?: (error?: Error | null) => void,
  ): boolean;
  end(this: ServerResponse, chunk?: string | Uint8Array, encoding?: BufferEncoding): unknown;
  flushHeaders(this: ServerResponse): void;
}

const unchanged = methodsOf(NodeResponse.prototype);

/** The methods that a response has now; those of Node itself where nobody replaced them. */
export function originalOf(response: ServerResponse): Original {
  return response.setHeader === unchanged.setHeader &&
    response.writeHead === unchanged.writeHead &&
    response.write === unchanged.write &&
    response.end === unchanged.end &&
    response.flushHeaders === unchanged.flushHeaders
    ? unchanged
    : methodsOf(response);
}

function methodsOf({
  setHeader: set,
  writeHead: head,
  write: some,
  end: all,
  flushHeaders: flush,
}: ServerResponse): Original {
  return { setHeader: set, writeHead: head, write: some, end: all, flushHeaders: flush } as Original;
}

export function isList(fields: HeadFields): fields is readonly OutgoingHttpHeader[] {
  return Array.isArray(fields);
}

/** One value of a list of fields, as `appendHeader` takes it. */
export function valueOf(value: OutgoingHttpHeader | undefined): string | readonly string[] {
  return typeof value === 'number' || value === undefined ? String(value) : value;
}

/** The callback among the arguments of `write` and `end`, which may leave out what stands before it. */
export function callbackIn(chunk: unknown, encoding: unknown, callback: unknown): (() => void) | undefined {
  const found = typeof chunk === 'function' ? chunk : typeof encoding === 'function' ? encoding : callback;
  return typeof found === 'function' ? (found as () => void) : undefined;
}

export function bytesOf(chunk: string | Uint8Array, encoding: BufferEncoding | undefined): Uint8Array {
  return typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
}

/** Pieces as one: a text where all of them are. */
export function joined(chunks: readonly (string | Buffer)[]): string | Buffer {
  if (chunks.every((chunk) => typeof chunk === 'string')) return chunks.join('');
  return Buffer.concat(chunks.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk)));
}
