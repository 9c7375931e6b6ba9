import type { Exchange } from '../exchange.ts';
import type { Guard } from '../guard.ts';
import type { Refusal } from '../problem.ts';
import { revealingFields, securityFields, strictTransport } from '../security-fields.ts';

/** The guard's own answer as a Fetch response. */
export function answered(guard: Guard, exchange: Exchange): Response {
  const own = guard.answer(exchange);
  exchange.status = own.status;
  guard.close(exchange);
  const headers = new Headers(own.headers);
  for (const [name, value] of securityFields) headers.set(name, value);
  const bodiless = own.status === 204 || own.status === 304 || exchange.incoming.method === 'HEAD';
  return new Response(bodiless ? null : own.body, { status: own.status, headers });
}

/** The handler's response after the contract has released it. */
export async function released(guard: Guard, exchange: Exchange, response: Response): Promise<Response> {
  const { plan } = exchange;
  if (plan === undefined || plan.mode === 'off') return leave(guard, exchange, response, response.body);
  const contentType = response.headers.get('content-type') ?? undefined;
  const head = plan.release.head(exchange, response.status, contentType);
  if (head !== 'check') {
    if (head.action === 'pass') return leave(guard, exchange, response, response.body);
    if (plan.mode === 'observe') return leave(guard, exchange, response, response.body);
    if (head.action === 'replace') return leave(guard, exchange, response, head.body, head.contentType);
    return withheld(guard, exchange, head.refusal);
  }
  const body = await collect(response, guard.settings.maxResponse);
  if (body === undefined) {
    return withheld(guard, exchange, {
      type: 'response-withheld',
      status: guard.settings.withheldStatus,
      reason: 'response-over-limit',
    });
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

async function collect(response: Response, limit: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function leave(
  guard: Guard,
  exchange: Exchange,
  response: Response,
  body: ConstructorParameters<typeof Response>[0],
  contentType?: string,
): Response {
  const headers = new Headers(response.headers);
  for (const name of revealingFields) headers.delete(name);
  if (body !== response.body) headers.delete('content-length');
  if (contentType !== undefined) headers.set('content-type', contentType);
  for (const [name, value] of securityFields) if (!headers.has(name)) headers.set(name, value);
  if (exchange.incoming.encrypted && !headers.has(strictTransport[0]))
    headers.set(strictTransport[0], strictTransport[1]);
  if (!headers.has('x-request-id')) headers.set('x-request-id', exchange.id);
  for (const [name, value] of guard.crossOrigin(exchange)) headers.set(name, value);
  exchange.status = response.status;
  guard.close(exchange);
  return new Response(body, { status: response.status, statusText: response.statusText, headers });
}
