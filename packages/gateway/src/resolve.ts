import type { IncomingHttpHeaders } from 'node:http';
import { isJson, parseJson } from '@castellan/contract';
import type { Exchange, Resolved } from '@castellan/guard';
import type { Dispatcher, Pool } from 'undici';
import { requestFields } from './fields.ts';

export interface ResolveOptions {
  /** `10.0.0.11:8080`: the host field for the upstream. */
  readonly host: string;
  /** Milliseconds for the whole answer. */
  readonly timeout: number;
  /** Bytes. */
  readonly maxBytes: number;
  readonly contextToken?: ((exchange: Exchange) => Promise<string> | string | undefined) | undefined;
}

/** Fields of the checked request that mean something else, or nothing, for the read before it. */
const dropped = /^(?:content-.*|if-.*|range|accept|expect|transfer-encoding|idempotency-key|prefer)$/;

/**
 * Reads one object from the upstream with the caller's own credential, as the caller could do itself.
 * @param target path with the upstream's prefix
 */
export async function resolveObject(
  pool: Pool,
  exchange: Exchange,
  target: string,
  options: ResolveOptions,
): Promise<Resolved> {
  const token = await options.contextToken?.(exchange);
  const fields = requestFields(exchange, { headers: {} }, options.host, token);
  const headers: string[] = ['accept', 'application/json, application/*+json;q=0.9'];
  for (let i = 0; i + 1 < fields.length; i += 2)
    if (!dropped.test(fields[i] ?? '')) headers.push(fields[i] ?? '', fields[i + 1] ?? '');
  let answer: Dispatcher.ResponseData;
  try {
    answer = await pool.request({ path: target, method: 'GET', headers, signal: AbortSignal.timeout(options.timeout) });
    return await read(answer, options.maxBytes);
  } catch (error) {
    const timeout = error instanceof Error && (error.name === 'TimeoutError' || /TIMEOUT/.test(codeOf(error)));
    return { failed: timeout ? 'timeout' : 'bad-gateway', log: codeOf(error) };
  }
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown }).code ?? (error instanceof Error ? error.name : error));
}

async function read(answer: Dispatcher.ResponseData, maxBytes: number): Promise<Resolved> {
  const { statusCode: status } = answer;
  if (status !== 200) {
    await answer.body.dump({ limit: maxBytes });
    if (status === 404 || status === 410) return { found: false };
    if (status === 401 || status === 403) return { failed: 'forbidden', log: `the upstream answered ${status}` };
    return { failed: 'bad-gateway', log: `the upstream answered ${status}` };
  }
  const type = typeOf(answer.headers);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > maxBytes) return { failed: 'bad-gateway', log: `more than ${maxBytes} bytes` };
    chunks.push(chunk);
  }
  if (!isJson(type)) return { failed: 'bad-gateway', log: `the media type is ${type || 'missing'}` };
  const parsed = parseJson(Buffer.concat(chunks), { ...jsonLimits, maxBytes });
  return 'value' in parsed
    ? { found: true, body: parsed.value }
    : { failed: 'bad-gateway', log: 'the body is not JSON' };
}

const jsonLimits = { maxDepth: 128, maxNodes: 1_000_000, maxString: 16 * 1024 * 1024, maxParts: 0 };

function typeOf(headers: IncomingHttpHeaders): string {
  const { 'content-type': type } = headers;
  return (type ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}
