import type { Exchange } from '../exchange.ts';
import { recordFailure } from '../failure.ts';
import type { Guard } from '../guard.ts';
import { fitReplacement, weaken } from '../replaced-fields.ts';
import { revealingFields, securityFields, strictTransport } from '../security-fields.ts';
import type { AnswerFields } from '../stages/hidden-fields.ts';
import { ItemStream } from '../stages/items.ts';
import type { Released } from '../stages/release.ts';
import { addedTo } from '../vary.ts';
import { tapOf } from '../learn/tap.ts';
import { replayed } from './replayed.ts';
import { tapped } from './tapped.ts';
import type { FetchIncoming } from './request.ts';

/** The guard's own answer as a Fetch response. */
export function answered(guard: Guard, exchange: Exchange): Response {
  const own = guard.answer(exchange);
  exchange.status = statusLeft(exchange, own.status);
  guard.close(exchange);
  const headers = new Headers(own.headers);
  for (const [name, value] of securityFields) headers.set(name, value);
  const bodiless = own.status === 204 || own.status === 304 || exchange.incoming.method === 'HEAD';
  return new Response(bodiless ? null : own.body, { status: own.status, headers });
}

/** Nothing leaves to a caller that has gone away. */
function statusLeft(exchange: Exchange, status: number): number {
  return (exchange.incoming as FetchIncoming).aborted ? 0 : status;
}

/** The handler's response after the contract has released it. */
export async function released(guard: Guard, exchange: Exchange, response: Response): Promise<Response> {
  const release = exchange.ruling;
  if (release === undefined) return leave(guard, exchange, response, response.body);
  const contentType = response.headers.get('content-type') ?? undefined;
  const head = release.head(exchange, response.status, contentType, fieldsOf(response.headers));
  if (head !== 'check') {
    if (head.action === 'items') return streamed(guard, exchange, response, new ItemStream(head.open(), exchange));
    return settled(guard, exchange, response, response.body, head);
  }
  const body = await collect(response, guard.settings.maxResponse);
  if (body instanceof ReadableStream) {
    const over = release.overLimit(exchange);
    if (over.action !== 'pass') await body.cancel();
    return settled(guard, exchange, response, body, over);
  }
  const coding = response.headers.get('content-encoding') ?? undefined;
  const outcome = await release.body(exchange, response.status, contentType, body, coding);
  return settled(guard, exchange, response, body.length === 0 ? null : Uint8Array.from(body), outcome);
}

function settled(
  guard: Guard,
  exchange: Exchange,
  response: Response,
  body: ConstructorParameters<typeof Response>[0],
  released: Released,
): Response {
  if (released.action === 'pass') {
    const left = leave(guard, exchange, response, body);
    if (released.weak === true) weaken(fieldsIn(left.headers));
    return left;
  }
  if (released.action === 'replace') return leave(guard, exchange, response, released.body, released.contentType);
  exchange.verdict = { stage: 'release', refusal: released.refusal };
  return answered(guard, exchange);
}

function fieldsIn(headers: Headers): Parameters<typeof weaken>[0] {
  return {
    get: (name) => headers.get(name) ?? undefined,
    set: (name, value) => headers.set(name, value),
    delete: (name) => headers.delete(name),
  };
}

function fieldsOf(headers: Headers): AnswerFields {
  return {
    removeHeader(name) {
      try {
        headers.delete(name);
      } catch {
        // Those of an answer that was fetched cannot be changed: it is withheld, since the field is still there.
      }
    },
    getHeader(name) {
      if (name !== 'set-cookie') return headers.get(name) ?? undefined;
      const cookies = headers.getSetCookie();
      return cookies.length === 0 ? undefined : cookies;
    },
  };
}

/** The whole body; where it is longer than the limit, a stream of all of it. */
async function collect(response: Response, limit: number): Promise<Uint8Array | ReadableStream<Uint8Array>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  for (let next = await reader?.read(); next?.value !== undefined; next = await reader?.read()) {
    size += next.value.byteLength;
    chunks.push(next.value);
    if (size > limit && reader !== undefined) return replayed(chunks, reader);
  }
  return Buffer.concat(chunks);
}

/** The body item by item; the exchange ends with it. */
function streamed(guard: Guard, exchange: Exchange, response: Response, items: ItemStream): Response {
  let closed = false;
  const close = (): void => {
    if (!closed) guard.close(exchange);
    closed = true;
  };
  const reader = response.body?.getReader();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      // Until something may leave: pull is not called again before something was enqueued.
      for (;;) {
        let chunk: Uint8Array | undefined;
        try {
          chunk = (await reader?.read())?.value;
        } catch (error) {
          recordFailure(exchange, error);
          close();
          throw error;
        }
        const { bytes, cut } = chunk === undefined ? items.end() : items.push(chunk);
        if (bytes.length > 0) controller.enqueue(bytes);
        if (cut) {
          close();
          await reader?.cancel();
          controller.error(new Error('an item of the response does not match the contract'));
          return;
        }
        if (chunk === undefined) {
          close();
          controller.close();
          return;
        }
        if (bytes.length > 0) return;
      }
    },
    async cancel(reason) {
      close();
      await reader?.cancel(reason);
    },
  });
  return leave(guard, exchange, response, body, undefined, false);
}

function leave(
  guard: Guard,
  exchange: Exchange,
  response: Response,
  body: ConstructorParameters<typeof Response>[0],
  contentType?: string,
  ends = true,
): Response {
  const headers = new Headers(response.headers);
  // What writes the answer counts the bytes; beside a length a coding makes a message that nobody reads (RFC 9112 section 6.2).
  if (body !== response.body) for (const name of ['content-length', 'transfer-encoding']) headers.delete(name);
  if (typeof body === 'string') fitReplacement(fieldsIn(headers), response.status);
  if (contentType !== undefined) headers.set('content-type', contentType);
  if (exchange.responseMode === 'enforce') complete(guard, exchange, headers);
  if (!headers.has('x-request-id')) headers.set('x-request-id', exchange.id);
  exchange.status = statusLeft(exchange, response.status);
  const tap = tapOf(exchange);
  tap?.head(exchange, fieldsOf(response.headers));
  if (tap !== undefined && body instanceof Uint8Array) tap.answer.copy(body);
  const streams = tap !== undefined && ends && body instanceof ReadableStream && !exchange.headOfGet;
  if (ends && !streams) guard.close(exchange);
  // Runtimes differ in whether they drop the body of an answer to HEAD (RFC 9110 section 9.3.2); it was not checked.
  const sent = exchange.headOfGet ? null : body;
  if (sent !== body) void response.body?.cancel().catch(() => undefined);
  const left =
    streams && sent instanceof ReadableStream
      ? tapped(sent as ReadableStream<Uint8Array>, tap.answer, () => guard.close(exchange))
      : sent;
  return new Response(left, { status: response.status, statusText: response.statusText, headers });
}

/** Adds what every answer carries, and takes out what tells what software answers. */
function complete(guard: Guard, exchange: Exchange, headers: Headers): void {
  for (const name of revealingFields) headers.delete(name);
  for (const [name, value] of securityFields) if (!headers.has(name)) headers.set(name, value);
  if (exchange.incoming.encrypted && !headers.has(strictTransport[0]))
    headers.set(strictTransport[0], strictTransport[1]);
  for (const [name, value] of guard.addedFields(exchange))
    headers.set(name, addedTo(name, headers.get(name) ?? undefined, value));
}
