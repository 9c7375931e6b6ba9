import type { FieldSource } from '@castellan/contract';
import type { Exchange } from '../exchange.ts';
import { recordFailure } from '../failure.ts';
import type { Guard } from '../guard.ts';
import type { Refusal } from '../problem.ts';
import { revealingFields, securityFields, strictTransport } from '../security-fields.ts';
import { ItemStream } from '../stages/items.ts';
import { varied } from '../vary.ts';
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
  const { plan } = exchange;
  if (plan === undefined || plan.mode === 'off') return leave(guard, exchange, response, response.body);
  const contentType = response.headers.get('content-type') ?? undefined;
  const head = plan.release.head(exchange, response.status, contentType, fieldsOf(response.headers));
  if (head !== 'check') {
    if (head.action === 'items') return streamed(guard, exchange, response, new ItemStream(head.open(), exchange));
    if (head.action === 'pass') return leave(guard, exchange, response, response.body);
    if (plan.mode === 'observe') {
      if (head.action === 'withhold') (exchange.observed ??= []).push({ stage: 'release', refusal: head.refusal });
      return leave(guard, exchange, response, response.body);
    }
    if (head.action === 'replace') return leave(guard, exchange, response, head.body, head.contentType);
    return withheld(guard, exchange, head.refusal);
  }
  const body = await collect(response, guard.settings.maxResponse);
  if (body instanceof ReadableStream) {
    const refusal: Refusal = {
      type: 'response-withheld',
      status: guard.settings.withheldStatus,
      reason: 'response-over-limit',
    };
    if (plan.mode !== 'observe') {
      await body.cancel();
      return withheld(guard, exchange, refusal);
    }
    (exchange.observed ??= []).push({ stage: 'release', refusal });
    return leave(guard, exchange, response, body);
  }
  const outcome = await plan.release.body(exchange, response.status, contentType, body);
  if (outcome.action === 'pass')
    return leave(guard, exchange, response, body.length === 0 ? null : Uint8Array.from(body));
  if (plan.mode === 'observe') {
    if (outcome.action === 'withhold') (exchange.observed ??= []).push({ stage: 'release', refusal: outcome.refusal });
    exchange.removed = 0;
    return leave(guard, exchange, response, body.length === 0 ? null : Uint8Array.from(body));
  }
  if (outcome.action === 'replace') return leave(guard, exchange, response, outcome.body, outcome.contentType);
  return withheld(guard, exchange, outcome.refusal);
}

function withheld(guard: Guard, exchange: Exchange, refusal: Refusal): Response {
  exchange.verdict = { stage: 'release', refusal };
  return answered(guard, exchange);
}

function fieldsOf(headers: Headers): FieldSource {
  return {
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

function replayed(
  chunks: readonly Uint8Array[],
  reader: ReadableStreamDefaultReader<Uint8Array>,
): ReadableStream<Uint8Array> {
  const rest = [...chunks];
  return new ReadableStream({
    async pull(controller) {
      const chunk = rest.shift() ?? (await reader.read()).value;
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
    cancel: (reason) => reader.cancel(reason),
  });
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
  for (const name of revealingFields) headers.delete(name);
  if (body !== response.body) headers.delete('content-length');
  if (contentType !== undefined) headers.set('content-type', contentType);
  for (const [name, value] of securityFields) if (!headers.has(name)) headers.set(name, value);
  if (exchange.incoming.encrypted && !headers.has(strictTransport[0]))
    headers.set(strictTransport[0], strictTransport[1]);
  if (!headers.has('x-request-id')) headers.set('x-request-id', exchange.id);
  for (const [name, value] of guard.crossOrigin(exchange))
    headers.set(name, name === 'vary' ? varied(headers.get(name) ?? undefined, value) : value);
  exchange.status = statusLeft(exchange, response.status);
  if (ends) guard.close(exchange);
  // Runtimes differ in whether they drop the body of an answer to HEAD (RFC 9110 section 9.3.2); it was not checked.
  const sent = exchange.headOfGet ? null : body;
  if (sent !== body) void response.body?.cancel().catch(() => undefined);
  return new Response(sent, { status: response.status, statusText: response.statusText, headers });
}
