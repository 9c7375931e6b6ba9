import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import { framing, readFields, type Fields } from '../fields.ts';
import type { Refusal } from '../problem.ts';

const maxTarget = 8192;
const maxFields = 100;
const maxFieldBytes = 32 * 1024;
const methodToken = /^[A-Z][A-Z0-9-]{0,30}$/;

/**
 * The message itself: method, target length, number and size of header fields, fields that may stand only once, and
 * how the body's end is told (RFC 9112 section 6.3: `Content-Length` together with `Transfer-Encoding` is an attack).
 */
export function frame(core: GuardCore, exchange: Exchange): Refusal | undefined {
  const { incoming } = exchange;
  const { rawHeaders } = incoming;
  const over = overLimit(incoming.target, rawHeaders);
  if (over !== undefined && exchange.mode === 'enforce') return over;

  const fields = readFields(rawHeaders);
  const { duplicate } = fields;
  const twice =
    duplicate === undefined
      ? undefined
      : malformed('duplicate-field', `The header field '${duplicate}' is there more than once.`);
  const hard = duplicate !== undefined && framing.has(duplicate) ? twice : ambiguous(fields);
  if (hard !== undefined) return hard;
  exchange.fields = fields;
  if (fields.forwardedFor !== undefined || fields.forwarded !== undefined) core.untrustedProxy?.note();
  exchange.address = core.clientAddress(incoming.remoteAddress, fields.forwardedFor);

  if (over !== undefined) return over;
  if (twice !== undefined) return twice;
  if (!knownMethods.has(incoming.method) && !methodToken.test(incoming.method)) {
    return malformed('bad-method', 'The method is not a token of upper-case letters.');
  }
  return undefined;
}

function overLimit(target: string, rawHeaders: readonly string[]): Refusal | undefined {
  if (target.length > maxTarget) return { type: 'uri-too-long', reason: 'target-over-limit' };
  if (rawHeaders.length > maxFields * 2) return { type: 'headers-too-large', reason: 'too-many-fields' };
  let size = 0;
  for (let i = 0; i < rawHeaders.length; i++) size += rawHeaders[i]?.length ?? 0;
  return size > maxFieldBytes ? { type: 'headers-too-large', reason: 'fields-over-limit' } : undefined;
}

/** A message whose end or fields the next server reads otherwise; nobody can pass it on as it is. */
function ambiguous(fields: Fields): Refusal | undefined {
  if (fields.transferEncoding !== undefined) {
    if (fields.contentLength !== undefined)
      return malformed('length-conflict', 'Content-Length and Transfer-Encoding contradict each other.');
    if (fields.transferEncoding !== 'chunked')
      return malformed('transfer-encoding', "The only Transfer-Encoding accepted is 'chunked'.");
  }
  if (fields.contentLength !== undefined && !isDigits(fields.contentLength)) {
    return malformed('bad-content-length', 'Content-Length is not a number.');
  }
  if (fields.connection !== undefined && !namesConnectionOnly(fields.connection)) {
    return malformed('connection-option', 'Connection names a header field of the message.');
  }
  return undefined;
}

/** What `Connection` may name. */
const connectionOptions = new Set([
  'close',
  'keep-alive',
  'upgrade',
  'te',
  'trailer',
  'http2-settings',
  'proxy-connection',
]);

/**
 * A proxy removes every field that `Connection` names (RFC 9110 section 7.6.1): with the name of a credential or a
 * parameter in it, the message means one thing here and another behind the next proxy.
 */
function namesConnectionOnly(connection: string): boolean {
  if (connection === 'keep-alive' || connection === 'close') return true;
  for (const option of connection.split(',')) {
    const name = option.trim().toLowerCase();
    if (name !== '' && !connectionOptions.has(name)) return false;
  }
  return true;
}

const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY']);

function malformed(reason: string, detail: string): Refusal {
  return { type: 'malformed-request', reason, detail };
}

function isDigits(text: string): boolean {
  if (text.length === 0 || text.length > 15) return false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 48 || code > 57) return false;
  }
  return true;
}
