import type { IncomingHttpHeaders } from 'node:http';
import type { Operation } from '@castellan/contract';
import { traceParent, type Exchange } from '@castellan/guard';
import { overrideFields } from '@castellan/guard/node';
import { documentedFields } from './documented-fields.ts';
import { saidByProxies } from './proxy-fields.ts';

/** Fields that belong to one connection, not to the message (RFC 9110 section 7.6.1). */
export const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

/** Fields that only this gateway may write for the upstream. */
const own = new Set([
  'host',
  'content-length',
  'content-encoding',
  'accept-encoding',
  'expect',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-real-ip',
  // RFC 9440 section 2.4: what came in is of whoever is in front of this gateway, and says nothing behind it.
  'client-cert',
  'client-cert-chain',
]);

/** A name that CGI-like servers cannot tell from its twin with hyphens is passed on only where it is documented. */
const plainName = /^[a-z0-9!#$%&'*+.^`|~-]+$/;

/** What becomes of a field: it never goes on, it goes on, or only where the operation documents it. */
type Fate = 'never' | 'documented' | 'passed';

interface Spelling {
  readonly name: string;
  readonly fate: Fate;
}

/** By the spellings seen so far; bounded, so that callers cannot grow it. */
const spellings = new Map<string, Spelling>();
const spellingsLimit = 1000;

function spellingOf(raw: string): Spelling {
  let known = spellings.get(raw);
  if (known === undefined) {
    const name = raw.toLowerCase();
    known = { name, fate: fateOf(name) };
    if (spellings.size < spellingsLimit) spellings.set(raw, known);
  }
  return known;
}

function fateOf(name: string): Fate {
  if (hopByHop.has(name) || own.has(name) || overrideFields.has(name)) return 'never';
  // Frameworks that read `_` as `-` would take the twin for the field itself.
  const spelt = name.replaceAll('_', '-');
  if (spelt !== name && (own.has(spelt) || overrideFields.has(spelt))) return 'never';
  return name === 'x-request-id' || !plainName.test(name) || saidByProxies(name) ? 'documented' : 'passed';
}

/** What requests get from this gateway, beside what the caller sent. */
export interface Written {
  /** The host field for the upstream: `10.0.0.11:8080`. */
  readonly host: string;
  /** The name under which the caller called, where it is one of the API's: `api.example.com`. */
  readonly calledAs: string | undefined;
  /** The signed `castellan-context`. */
  readonly token: string | undefined;
}

/**
 * The header fields for the upstream: what the caller sent, less what belongs to the connection, what could change the
 * meaning of the checked request, and what only a proxy may say.
 */
export function requestFields(
  exchange: Exchange,
  request: { readonly headers: IncomingHttpHeaders },
  written: Written,
): string[] {
  const out: string[] = ['host', written.host];
  const raw = exchange.incoming.rawHeaders;
  const named = connectionNames(raw);
  const { fields, twins } = documentedFields(exchange.operation);
  let hasId = false;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const { name, fate } = spellingOf(raw[i] ?? '');
    if (fate === 'never' || named.has(name)) continue;
    if (fate === 'documented' ? !fields.has(name) : twins.size > 0 && twins.has(name)) continue;
    if (name === 'x-request-id') hasId = true;
    // The guard is a step of the trace of its own.
    if (name === 'traceparent' && exchange.trace !== undefined) continue;
    out.push(name, raw[i + 1] ?? '');
  }
  // Only an answer in plain bytes can be checked.
  out.push('accept-encoding', 'identity');
  writeOwn(out, exchange, written);
  if (!hasId) out.push('x-request-id', exchange.id);
  if (exchange.body !== undefined) out.push('content-length', String(exchange.body.length));
  else {
    const length = request.headers['content-length'];
    if (length !== undefined) out.push('content-length', length);
    if (exchange.fields?.contentEncoding !== undefined) out.push('content-encoding', exchange.fields.contentEncoding);
  }
  return out;
}

function writeOwn(out: string[], exchange: Exchange, { calledAs, token }: Written): void {
  const protocol = exchange.incoming.encrypted ? 'https' : 'http';
  out.push('x-forwarded-for', exchange.address, 'x-forwarded-proto', protocol);
  if (exchange.trace !== undefined) out.push('traceparent', traceParent(exchange.trace));
  if (calledAs !== undefined) out.push('x-forwarded-host', calledAs);
  if (token !== undefined) out.push('castellan-context', token);
}

/**
 * The header fields of a read that a decision stands on: the caller's credentials, and what the read documents. Anything
 * else could make it tell of another state, language or tenant than the request that follows.
 */
export function readFields(exchange: Exchange, read: Operation, written: Written): string[] {
  const out: string[] = ['host', written.host, 'accept', 'application/json, application/*+json;q=0.9'];
  const asked = documentedFields(exchange.operation);
  const documented = documentedFields(read);
  const cookies = new Set([...asked.keyCookies, ...documented.cookies]);
  const raw = exchange.incoming.rawHeaders;
  let hasId = false;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const { name, fate } = spellingOf(raw[i] ?? '');
    const value = raw[i + 1] ?? '';
    if (fate === 'never' || ofTheWrite.test(name)) continue;
    if (name === 'cookie') {
      const kept = value.split(';').filter((pair) => cookies.has(pair.split('=', 1)[0]?.trim() ?? ''));
      if (kept.length > 0) out.push(name, kept.map((pair) => pair.trim()).join('; '));
    } else if (credentials.has(name) || documented.fields.has(name) || asked.keys.has(name)) {
      if (name === 'x-request-id') hasId = true;
      out.push(name, value);
    }
  }
  out.push('accept-encoding', 'identity');
  writeOwn(out, exchange, written);
  if (!hasId) out.push('x-request-id', exchange.id);
  return out;
}

/** Fields that mean something else, or nothing, for the read before a write, also where both document them. */
const ofTheWrite = /^(?:content-.*|if-.*|range|accept|expect|transfer-encoding|idempotency-key|prefer)$/;

/** Fields that are credentials, whatever the contract says of them. */
const credentials = new Set(['authorization', 'dpop']);

function connectionNames(raw: readonly string[]): ReadonlySet<string> {
  let names: Set<string> | undefined;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    if (raw[i]?.length !== 10 || raw[i]?.toLowerCase() !== 'connection') continue;
    for (const name of (raw[i + 1] ?? '').split(',')) {
      const lower = name.trim().toLowerCase();
      // `Connection: authorization` would strip the credential that was checked; only real hop-by-hop names count.
      if (lower !== '' && !keptFields.has(lower)) (names ??= new Set()).add(lower);
    }
  }
  return names ?? none;
}

const none: ReadonlySet<string> = new Set();
/** Fields of the message, whatever `Connection` says. */
export const keptFields: ReadonlySet<string> = new Set(['authorization', 'cookie', 'content-type', 'dpop', 'host']);
