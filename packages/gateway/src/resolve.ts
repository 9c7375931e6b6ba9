import type { IncomingHttpHeaders } from 'node:http';
import { isJson, parseJson, type Operation } from '@castellan/contract';
import type { Exchange, Resolved } from '@castellan/guard';
import type { Dispatcher } from 'undici';
import { documentedFields } from './documented-fields.ts';
import { readFields, type Written } from './fields.ts';
import type { Way } from './targets.ts';

export interface ResolveOptions {
  readonly written: Written;
  /** Milliseconds for the whole answer. */
  readonly timeout: number;
  /** Bytes. */
  readonly maxBytes: number;
}

/**
 * Reads one object from the upstream with the caller's own credential, as the caller could do itself.
 * @param read the operation that is called
 * @param target its path, with the upstream's prefix
 */
export async function resolveObject(
  { pool, lane }: Way,
  exchange: Exchange,
  read: Operation,
  target: string,
  { written, timeout, maxBytes }: ResolveOptions,
): Promise<Resolved> {
  if (!(await lane.enter())) return { failed: 'unavailable', log: 'no place on the way to the upstream' };
  try {
    const answer = await pool.request({
      path: target + credentialsOf(exchange, read),
      method: 'GET',
      headers: readFields(exchange, read, written),
      signal: AbortSignal.timeout(timeout),
    });
    return await objectOf(answer, maxBytes);
  } catch (error) {
    const late = error instanceof Error && (error.name === 'TimeoutError' || /TIMEOUT/.test(codeOf(error)));
    return { failed: late ? 'timeout' : 'bad-gateway', log: codeOf(error) };
  } finally {
    lane.leave();
  }
}

/** The credentials that the request carries in its query, as it carries them. */
function credentialsOf({ operation, query }: Exchange, read: Operation): string {
  const keys = new Set([...documentedFields(operation).queryKeys, ...documentedFields(read).queryKeys]);
  if (keys.size === 0) return '';
  const kept = query.split('&').filter((pair) => keys.has(decoded(pair.split('=', 1)[0] ?? '')));
  return kept.length === 0 ? '' : `?${kept.join('&')}`;
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll('+', ' '));
  } catch {
    return name;
  }
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown }).code ?? (error instanceof Error ? error.name : error));
}

async function objectOf(answer: Dispatcher.ResponseData, maxBytes: number): Promise<Resolved> {
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
