import type { ServerResponse } from 'node:http';
import type { Answer } from '../answer.ts';
import type { Exchange } from '../exchange.ts';
import { recordFailure } from '../failure.ts';
import type { Guard } from '../guard.ts';
import type { ProblemType, Refusal } from '../problem.ts';
import { fitReplacement, weaken } from '../replaced-fields.ts';
import { tapOf } from '../learn/tap.ts';
import { ItemStream } from '../stages/items.ts';
import type { Released } from '../stages/release.ts';
import { bytesOf, callbackIn, isList, joined, originalOf, valueOf, type HeadFields } from './original.ts';
import { holdBeside, sendTrailers } from './beside.ts';
import { STATUS_CODES } from './http.ts';
import { answerFields } from './answer-fields.ts';
import { codingOf, contentTypeOf, dropCoding, fieldsIn, isBodiless } from './answered-fields.ts';
import { completeHead, labelHead, type OwnFraming } from './head.ts';
import { Held, key, type HeldResponse, tellLength } from './held.ts';
import { headSent, keepHead, putBack, sayEnded } from './kept-head.ts';

/**
 * Holds a response back until the contract has released it: the handler writes as always, and what it wrote leaves
 * only after it was checked. Bodies whose media type is documented and is not JSON stream through.
 */
export function hold(guard: Guard, exchange: Exchange, response: ServerResponse, release = exchange.ruling): void {
  const own = response as HeldResponse;
  const plain = response.getHeaderNames().length === 0;
  own[key] = new Held(guard, exchange, release, originalOf(response), plain ? undefined : response.getHeaders());
  own.setHeader = setHeader;
  own.writeHead = writeHead as unknown as HeldResponse['writeHead'];
  own.write = write as unknown as HeldResponse['write'];
  own.end = end as unknown as HeldResponse['end'];
  own.flushHeaders = flushHeaders;
  if (exchange.ledger?.isOpen === true || response.req.httpVersionMajor !== 1) holdBeside(own);
}

/** Sees to it that the exchange of a held response ends when its connection does, where it has not ended already. */
export function watch(response: ServerResponse): void {
  const held = (response as Partial<HeldResponse>)[key];
  if (held !== undefined && !held.closed) response.once('close', onClose);
}

/** Answers in the handler's place; what the handler wrote so far is dropped. False where its head has left already. */
export function answer(response: ServerResponse, own: Answer): boolean {
  const held = (response as Partial<HeldResponse>)[key];
  if (held !== undefined && (held.state === 'pass' || held.state === 'done')) return false;
  if (held !== undefined) held.take();
  const before = held === undefined ? response.getHeaders() : held.before;
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  const fields = answerFields(own, before);
  const { writeHead, end } = held?.original ?? originalOf(response);
  const body = own.status === 204 || response.req.method === 'HEAD' ? '' : own.body;
  if (own.status !== 204) fields.push('content-length', String(Buffer.byteLength(own.body)));
  // A framework or handler may have set a reason phrase for another status. HTTP/2 has none.
  if (response.req.httpVersionMajor === 1) response.statusMessage = STATUS_CODES[own.status] ?? '';
  writeHead.call(response, own.status, fields);
  if (held !== undefined) held.ending = true;
  end.call(response, body, 'utf8');
  if (held !== undefined) held.ending = false;
  return true;
}

/** The guard that holds a response. */
export function guardOf(response: ServerResponse): Guard | undefined {
  return (response as Partial<HeldResponse>)[key]?.guard;
}

/** The exchange of a held response. */
export function exchangeOf(response: ServerResponse): Exchange | undefined {
  return (response as Partial<HeldResponse>)[key]?.exchange;
}

/**
 * Ends a held exchange whose handler or upstream failed: a problem where nothing has left yet, otherwise the
 * connection is cut, because a half-sent body must not look whole.
 */
export function fail(
  guard: Guard,
  exchange: Exchange,
  response: ServerResponse,
  error: unknown,
  type: ProblemType = 'internal-error',
): void {
  const held = (response as Partial<HeldResponse>)[key];
  // What fails after the whole answer was given changes nothing of it.
  if (held?.state === 'done' || held?.given === true) return;
  if (error !== exchange.raised || error === undefined) recordFailure(exchange, error, type);
  const own = guard.answer(exchange);
  // Nothing leaves to a caller that has gone away.
  exchange.status = response.socket?.destroyed === true ? 0 : own.status;
  if (!answer(response, own)) response.destroy();
  if (held !== undefined) settle(held);
}

/** {@link fail} for whoever has only the response. False where no guard holds it. */
export function failHeld(response: ServerResponse, error: unknown, type: ProblemType): boolean {
  const held = (response as Partial<HeldResponse>)[key];
  if (held !== undefined) fail(held.guard, held.exchange, response, error, type);
  return held !== undefined;
}

/** Every way of setting a field comes through here. */
function setHeader(this: HeldResponse, name: string, value: number | string | readonly string[]): HeldResponse {
  const held = this[key];
  if (held.keptHead !== undefined) throw headSent();
  if (held.plain && (name.length !== 12 || name.toLowerCase() !== 'content-type')) held.plain = false;
  held.original.setHeader.call(this, name, value);
  return this;
}

function writeHead(
  this: HeldResponse,
  status: number,
  reasonOrFields?: string | HeadFields,
  fields?: HeadFields,
): ServerResponse {
  const held = this[key];
  // The guard is sending, and Node asks for the head.
  if (held.state === 'done') {
    held.original.writeHead.call(this, status);
    return this;
  }
  if (held.state === 'pass') throw new Error('the head of the response was sent already');
  this.statusCode = status;
  // A reason phrase of the handler's own may tell what is withheld; under `observe` it leaves as it came.
  if (typeof reasonOrFields === 'string' && held.exchange.responseMode !== 'enforce')
    this.statusMessage = reasonOrFields;
  const given = typeof reasonOrFields === 'object' ? reasonOrFields : fields;
  if (given === undefined) return this;
  if (isList(given)) {
    for (let i = 0; i + 1 < given.length; i += 2) this.removeHeader(String(given[i]));
    for (let i = 0; i + 1 < given.length; i += 2) this.appendHeader(String(given[i]), valueOf(given[i + 1]));
  } else {
    for (const name in given) {
      const value = given[name];
      if (value !== undefined) this.setHeader(name, value);
    }
  }
  return this;
}

function flushHeaders(this: HeldResponse): void {
  if (this[key].state === 'pass') this[key].original.flushHeaders.call(this);
}

function write(
  this: HeldResponse,
  chunk: string | Uint8Array,
  encoding?: BufferEncoding | ((error?: Error | null) => void),
  callback?: (error?: Error | null) => void,
): boolean {
  const held = this[key];
  const done = typeof encoding === 'function' ? encoding : callback;
  const coding = typeof encoding === 'string' ? encoding : 'utf8';
  if (held.state === 'open') {
    decideHead(this, held);
    if ((held.state as Held['state']) === 'check') held.keptHead = keepHead(this);
  }
  if (!held.ending && held.state !== 'done') tapOf(held.exchange)?.answer.copy(chunk, coding);
  if (held.state === 'pass')
    return held.items === undefined
      ? held.original.write.call(this, chunk, coding, done)
      : sendItems(this, held, held.items.push(bytesOf(chunk, coding)), done);
  if (held.ending) return held.original.write.call(this, chunk, coding, done);
  // Whose chunk it is may fill it anew once it was taken.
  if (held.state === 'check' && !held.given)
    collect(this, held, typeof chunk === 'string' ? chunk : Buffer.from(chunk), coding);
  if (done !== undefined) process.nextTick(done);
  return true;
}

function end(this: HeldResponse, chunk?: unknown, encoding?: unknown, callback?: unknown): ServerResponse {
  const held = this[key];
  const done = callbackIn(chunk, encoding, callback);
  if (held.state === 'done' || held.given) {
    if (done !== undefined) process.nextTick(done);
    return this;
  }
  if (done !== undefined) this.once('finish', done);
  const last = typeof chunk === 'string' || chunk instanceof Uint8Array ? chunk : undefined;
  const coding = typeof encoding === 'string' ? (encoding as BufferEncoding) : undefined;
  if (held.state === 'open') {
    held.whole = Buffer.byteLength(last ?? '', coding);
    decideHead(this, held, held.whole <= held.guard.settings.maxResponse);
  }
  if (last !== undefined) tapOf(held.exchange)?.answer.copy(last, coding);
  if (held.state === 'pass') {
    held.exchange.status = this.statusCode;
    if (held.items !== undefined) {
      if (last !== undefined) sendItems(this, held, held.items.push(bytesOf(last, coding)));
      if ((held.state as Held['state']) === 'pass') sendItems(this, held, held.items.end());
      if ((held.state as Held['state']) !== 'pass') return this;
      held.state = 'done';
      held.original.end.call(this);
      settle(held);
      return this;
    }
    held.state = 'done';
    held.ending = true;
    held.original.end.call(this, last ?? '', coding ?? 'utf8');
    held.ending = false;
    settle(held);
    return this;
  }
  if (held.state === 'check') {
    if (last !== undefined) collect(this, held, last, coding);
    if ((held.state as Held['state']) === 'check') releaseBody(this, held);
  }
  return this;
}

/** Decides on the head: whether the body has to be collected, may stream, or nothing may leave. `whole`: it is there, and short. */
function decideHead(response: HeldResponse, held: Held, whole = false): void {
  tapOf(held.exchange)?.head(held.exchange, response);
  if (held.release === undefined) {
    startStream(response, held);
    return;
  }
  const head = held.release.head(held.exchange, response.statusCode, contentTypeOf(response), response);
  if (head === 'check' || (whole && head.action === 'items' && head.counted === true)) {
    held.state = 'check';
  } else if (head.action === 'pass' || head.action === 'items') {
    if (head.action === 'items') held.items = new ItemStream(head.open(), held.exchange);
    else if (head.weak === true) weaken(fieldsIn(response));
    startStream(response, held);
  } else if (head.action === 'replace') {
    fitReplacement(fieldsIn(response), response.statusCode);
    sendWhole(response, held, head.body, head.contentType);
  } else withhold(response, held, head.refusal);
}

/** Sends the items that may leave, and cuts the connection where one may not. */
function sendItems(
  response: HeldResponse,
  held: Held,
  { bytes, cut }: ReturnType<ItemStream['push']>,
  done?: (error?: Error | null) => void,
): boolean {
  if (cut) {
    held.state = 'done';
    held.exchange.status = response.statusCode;
    held.original.write.call(response, bytes, 'utf8', () => response.destroy());
    settle(held);
    return false;
  }
  if (bytes.length > 0) return held.original.write.call(response, bytes, 'utf8', done);
  if (done !== undefined) process.nextTick(done);
  return true;
}

function collect(
  response: HeldResponse,
  held: Held,
  chunk: string | Uint8Array,
  encoding: BufferEncoding | undefined,
): void {
  const piece =
    typeof chunk === 'string'
      ? encoding === undefined || encoding === 'utf8' || encoding === 'utf-8'
        ? chunk
        : Buffer.from(chunk, encoding)
      : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (held.size === 0) held.first = piece;
  else (held.chunks ??= [held.first]).push(piece);
  held.size += piece.length;
  if (held.size <= held.guard.settings.maxResponse) return;
  putBack(held);
  const released = held.release?.overLimit(held.exchange);
  if (released?.action === 'withhold') withhold(response, held, released.refusal);
  else if (released?.action === 'replace') {
    fitReplacement(fieldsIn(response), response.statusCode);
    sendWhole(response, held, released.body, released.contentType);
  } else {
    startStream(response, held);
    for (const one of held.chunks ?? [held.first]) held.original.write.call(response, one, 'utf8');
    drop(held);
  }
}

function releaseBody(response: HeldResponse, held: Held): void {
  putBack(held);
  const body = held.chunks === undefined ? held.first : joined(held.chunks);
  const { exchange } = held;
  const type = contentTypeOf(response);
  const coding = codingOf(response);
  const released = held.release?.body(exchange, response.statusCode, type, body, coding) ?? { action: 'pass' };
  if (!(released instanceof Promise)) {
    sendReleased(response, held, body, released);
    return;
  }
  held.keptHead = keepHead(response);
  held.given = true;
  sayEnded(response);
  released.then(
    (settled) => {
      if (held.closed) return;
      putBack(held);
      sendReleased(response, held, body, settled);
    },
    (error: unknown) => {
      putBack(held);
      fail(held.guard, exchange, response, error);
    },
  );
}

function sendReleased(response: HeldResponse, held: Held, body: string | Buffer, released: Released): void {
  if (held.closed) return;
  if (released.action === 'pass')
    sendWhole(response, held, body, undefined, released.ascii === true ? 'latin1' : 'utf8');
  else if (released.action === 'replace') {
    fitReplacement(fieldsIn(response), response.statusCode);
    sendWhole(response, held, released.body, released.contentType);
  } else withhold(response, held, released.refusal);
}

function withhold(response: HeldResponse, held: Held, refusal: Refusal): void {
  const { exchange } = held;
  drop(held);
  if (exchange.verdict?.refusal !== refusal) exchange.verdict = { stage: 'release', refusal };
  const own = held.guard.answer(exchange);
  exchange.status = own.status;
  answer(response, own);
  settle(held);
}

function drop(held: Held): void {
  held.chunks = undefined;
  held.first = '';
}

/** Sends the head; what the handler writes from now on leaves as it comes. */
function startStream(response: HeldResponse, held: Held): void {
  complete(response, held);
  tellLength(response, held);
  held.state = 'pass';
  held.original.writeHead.call(response, response.statusCode);
}

/**
 * Sends status, fields and a body that is complete.
 * @param encoding of a text; `latin1`, which Node need not count, where all of it is known to be ASCII
 */
function sendWhole(
  response: HeldResponse,
  held: Held,
  body: string | Buffer,
  contentType: string | undefined,
  encoding: 'utf8' | 'latin1' = 'utf8',
): void {
  held.state = 'done';
  drop(held);
  const { exchange } = held;
  exchange.status = response.statusCode;
  exchange.bytesOut = body.length;
  if (contentType !== undefined) response.setHeader('content-type', contentType);
  const own = complete(response, held);
  dropCoding(response, own.transferEncoding);
  // The length that the handler told may be that of another body.
  if (own.contentLength && !isBodiless(response)) response.setHeader('content-length', Buffer.byteLength(body));
  if (body.length === 0) held.original.end.call(response);
  else {
    held.ending = true;
    held.original.end.call(response, body, encoding);
    held.ending = false;
  }
  settle(held);
}

const none: readonly string[] = [];

function complete(response: HeldResponse, { exchange, guard, plain, trailers }: Held): OwnFraming {
  const { id, incoming } = exchange;
  if (trailers !== undefined) sendTrailers(response);
  if (exchange.responseMode !== 'enforce') return labelHead(response, plain ? none : response.getHeaderNames(), id);
  return completeHead(
    response,
    plain ? none : response.getHeaderNames(),
    id,
    incoming.encrypted,
    guard.addedFields(exchange),
  );
}

function settle(held: Held): void {
  if (held.closed) return;
  held.closed = true;
  held.guard.close(held.exchange);
}

/** The connection ended before the handler did. */
function onClose(this: HeldResponse): void {
  const held = this[key];
  if (held.closed) return;
  held.exchange.status = held.state === 'pass' ? this.statusCode : 0;
  // What `pipeline` ends a response with.
  held.exchange.failure ??= this.errored ?? undefined;
  settle(held);
}
