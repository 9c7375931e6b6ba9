import type { IncomingMessage, ServerResponse } from 'node:http';
import { addedTo } from '../vary.ts';
import { revealingFields, securityFields, strictTransport } from '../security-fields.ts';
import { ServerResponse as NodeResponse } from './http.ts';

/** What the handler's own fields mean for the head; one bit each, so that a set of them is a number. */
const REVEALING = 1;
const TRANSFER_ENCODING = 2;
const CONTENT_LENGTH = 4;
const REQUEST_ID = 8;
const STRICT_TRANSPORT = 16;
const FIRST_SECURITY = 32;

const kinds = new Map<string, number>([
  ...revealingFields.map((name) => [name, REVEALING] as const),
  ['transfer-encoding', TRANSFER_ENCODING],
  ['content-length', CONTENT_LENGTH],
  ['x-request-id', REQUEST_ID],
  [strictTransport[0], STRICT_TRANSPORT],
  ...securityFields.map(([name], index) => [name, FIRST_SECURITY << index] as const),
]);

/** Head lines of the fields that are the same for every answer, by which of them the handler set itself. */
const blocks = new Map<number, string>();

function blockWithout(own: number): string {
  const set = own & ~(REVEALING | TRANSFER_ENCODING | CONTENT_LENGTH | REQUEST_ID);
  let block = blocks.get(set);
  if (block === undefined) {
    block = missing(set)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('');
    blocks.set(set, block);
  }
  return block;
}

function missing(own: number): (readonly [name: string, value: string])[] {
  const fields = securityFields.filter((_, index) => (own & (FIRST_SECURITY << index)) === 0);
  if ((own & STRICT_TRANSPORT) === 0) fields.push(strictTransport);
  return fields;
}

/** What the handler said about the body's length, before the body was checked. */
export interface OwnFraming {
  readonly transferEncoding: boolean;
  readonly contentLength: boolean;
}

/** By bits: neither, transfer coding, length, both. */
const framings: readonly OwnFraming[] = [false, true].flatMap((contentLength) =>
  [false, true].map((transferEncoding) => ({ transferEncoding, contentLength })),
);

type Internal = ServerResponse & { _storeHeader?: unknown; _header?: unknown };

/** Node's own writing of a head: `firstLine` with its line end, then the fields. */
type StoreHeader = (this: ServerResponse, firstLine: string, fields: unknown) => void;

const lines = Symbol('castellan.lines');
type Prefixed = ServerResponse & { [lines]?: string; _storeHeader?: StoreHeader };

const { _storeHeader: nodeStoreHeader } = NodeResponse.prototype as unknown as { _storeHeader?: StoreHeader };

function storeHeader(this: ServerResponse, firstLine: string, fields: unknown): void {
  nodeStoreHeader?.call(this, firstLine + ((this as Prefixed)[lines] ?? ''), fields);
}

/** Puts complete lines into a head that is not written yet. They were made here: no value of them comes from outside. */
function prefix(response: ServerResponse, text: string): void {
  const own = response as Prefixed;
  own[lines] = text;
  own._storeHeader = storeHeader;
}

/**
 * Whether lines can be put into a head as they are. `_storeHeader` is no documented part of Node, so it is tried out
 * once, and fields are set one by one where it is not what it was.
 */
const prefixable = ((): boolean => {
  try {
    const response: Internal = new NodeResponse({
      method: 'GET',
      httpVersionMajor: 1,
      httpVersionMinor: 1,
    } as IncomingMessage);
    prefix(response, 'x-tried: yes\r\n');
    response.setHeader('x-own', 'yes');
    response.writeHead(200);
    return (
      typeof response._header === 'string' &&
      /^HTTP\/1\.1 200 OK\r\nx-tried: yes\r\nx-own: yes\r\n(?:.+\r\n)*\r\n$/.test(response._header)
    );
  } catch {
    return false;
  }
})();

/**
 * Completes the handler's header fields with those that every answer carries, and takes out those that tell what
 * software answers.
 * @param names lower-case names of the fields that the handler set, as far as they matter here: Content-Type does not
 * @param encrypted whether the connection is TLS
 */
export function completeHead(
  response: ServerResponse,
  names: readonly string[],
  requestId: string,
  encrypted: boolean,
  more: readonly (readonly [name: string, value: string])[],
): OwnFraming {
  let own = encrypted ? 0 : STRICT_TRANSPORT;
  for (const name of names) {
    const kind = kinds.get(name);
    if (kind === undefined) continue;
    if (kind === REVEALING) response.removeHeader(name);
    own |= kind;
  }
  if (prefixable && (response as Internal)._storeHeader === nodeStoreHeader) {
    const block = blockWithout(own);
    prefix(response, (own & REQUEST_ID) === 0 ? `${block}x-request-id: ${requestId}\r\n` : block);
  } else {
    for (const [name, value] of missing(own)) response.setHeader(name, value);
    if ((own & REQUEST_ID) === 0) response.setHeader('x-request-id', requestId);
  }
  for (const [name, value] of more) response.setHeader(name, addedTo(name, response.getHeader(name), value));
  return framings[(own & (TRANSFER_ENCODING | CONTENT_LENGTH)) >> 1] ?? { transferEncoding: true, contentLength: true };
}

/** The head of an answer that nobody changes: only its request id is added, where the handler set none. */
export function labelHead(response: ServerResponse, names: readonly string[], requestId: string): OwnFraming {
  if (!names.includes('x-request-id')) response.setHeader('x-request-id', requestId);
  return {
    transferEncoding: names.includes('transfer-encoding'),
    contentLength: names.includes('content-length'),
  };
}
