import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Exchange } from '../exchange.ts';
import type { Guard } from '../guard.ts';
import type { ItemStream } from '../stages/items.ts';
import type { Ruling } from '../stages/ruling.ts';
import type { Original } from './original.ts';

export const key = Symbol('castellan');

/** The state of one held response. */
export class Held {
  readonly guard: Guard;
  readonly exchange: Exchange;
  readonly release: Ruling | undefined;
  readonly original: Original;
  /** What was written so far, where that is more than `first`. */
  chunks: (string | Buffer)[] | undefined = undefined;
  first: string | Buffer = '';
  size = 0;
  /** Whether no field but Content-Type has been set. */
  plain: boolean;
  /** `open`: not decided; `check`: collecting; `pass`: streaming; `done`: answered. */
  state: 'open' | 'check' | 'pass' | 'done' = 'open';
  closed = false;
  /** Whether the handler has given all of the answer, and what becomes of it is not settled yet. */
  given = false;
  /** Puts status and fields back to what they were when the body began; undefined where all of it came at once. */
  keptHead: (() => void) | undefined = undefined;
  /** While `end` is at work: that of HTTP/2 comes back to `write`. */
  ending = false;
  /** Set where the body streams item by item. */
  items: ItemStream | undefined = undefined;
  /** Bytes of the body, where all of it is given with the end. */
  whole: number | undefined = undefined;
  /** Trailers that wait for the answer to leave. */
  trailers: Parameters<ServerResponse['addTrailers']>[0][] | undefined = undefined;

  /** What was set before the guard; undefined where nothing was. */
  before: OutgoingHttpHeaders | undefined;

  constructor(
    guard: Guard,
    exchange: Exchange,
    release: Ruling | undefined,
    original: Original,
    before: OutgoingHttpHeaders | undefined,
  ) {
    this.guard = guard;
    this.exchange = exchange;
    this.release = release;
    this.original = original;
    this.before = before;
    this.plain = before === undefined;
  }

  /** Another answer takes the place of the handler's. */
  take(): void {
    this.state = 'done';
    this.keptHead = undefined;
    this.given = false;
  }
}

export type HeldResponse = ServerResponse & { [key]: Held };

/** Says how long a body is whose bytes are all there, as Node does where nobody holds the answer. */
export function tellLength(response: ServerResponse, { whole, items }: Held): void {
  const { statusCode, req } = response;
  if (whole === undefined || items !== undefined || req.httpVersionMajor !== 1 || req.method === 'HEAD') return;
  if (statusCode < 200 || statusCode === 204 || statusCode === 304) return;
  if (['content-length', 'transfer-encoding', 'trailer'].some((name) => response.hasHeader(name))) return;
  response.setHeader('content-length', whole);
}

/** Notes fields that were set before the guard and that the response does not have yet. */
export function holdBefore(response: ServerResponse, fields: OutgoingHttpHeaders): void {
  for (const _ in fields) {
    const held = (response as HeldResponse)[key];
    held.before = { ...held.before, ...fields };
    return;
  }
}
