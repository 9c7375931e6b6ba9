import type { Random } from './random.ts';

/** A request that is still in pieces, so that each can be spoilt alone. */
export interface Message {
  method: string;
  path: string;
  query: string;
  version: string;
  fields: [name: string, value: string][];
  body: Buffer;
  /** Goes out as it is instead of the request line made of the parts. */
  requestLine?: string;
  /** How the end of the body is told. `own`: the fields were written already. */
  framing: 'none' | 'length' | 'chunked' | 'own';
  /** Set where the message may make a server wait or close: it then gets a connection of its own. */
  alone: boolean;
  lineEnd: string;
}

export type Mutation = (message: Message, random: Random) => void;

/** The bytes of a message. */
export function bytesOf(message: Message, id: string): Buffer {
  const { method, path, query, version, lineEnd, body, framing } = message;
  const line = message.requestLine ?? `${method} ${path}${query === '' ? '' : `?${query}`} HTTP/${version}`;
  const fields = [...message.fields, ['Case', id] as const];
  let sent = body;
  if (framing === 'length') fields.push(['Content-Length', String(body.length)]);
  if (framing === 'chunked') {
    fields.push(['Transfer-Encoding', 'chunked']);
    sent = chunked(body);
  }
  const head = [line, ...fields.map(([name, value]) => `${name}: ${value}`), '', ''].join(lineEnd);
  return Buffer.concat([Buffer.from(head, 'latin1'), sent]);
}

/** The chunked coding of a body (RFC 9112 section 7.1), in two chunks where there is enough. */
export function chunked(body: Buffer, extension = '', trailer = ''): Buffer {
  const half = Math.ceil(body.length / 2);
  const chunks = [body.subarray(0, half), body.subarray(half)].filter((chunk) => chunk.length > 0);
  return Buffer.concat([
    ...chunks.flatMap((chunk) => [
      Buffer.from(`${chunk.length.toString(16)}${extension}\r\n`),
      chunk,
      Buffer.from('\r\n'),
    ]),
    Buffer.from(`0\r\n${trailer}\r\n`),
  ]);
}
