import { isJson, parseJson, shapeOf, subschemasOf, type Contract, type Operation } from '@castellan/contract';
import type { GuardCore } from '../core.ts';
import { leaksInternals } from '../error-body.ts';
import type { Exchange } from '../exchange.ts';
import { isSecret } from '../authorize/refusals.ts';
import { essenceOf } from './release.ts';

/** Whether an error answer that nobody documented may leave as it came. */
export type Harmless = (exchange: Exchange, contentType: string | undefined, body: string | Uint8Array) => boolean;

/** Bytes of such an answer at most. */
const longest = 16 * 1024;
const limits = { maxBytes: longest, maxDepth: 8, maxNodes: 500, maxString: longest, maxParts: 0 };

/** Names under which APIs tell of errors; they say nothing about an object. */
const ofErrors = new Set(
  ['code', 'status', 'statuscode', 'message', 'msg', 'error', 'errors', 'title', 'type', 'detail', 'details', 'reason']
    .concat(['description', 'errordescription', 'field', 'fields', 'path', 'loc', 'instance', 'requestid', 'traceid'])
    .concat(['timestamp', 'name', 'success', 'ok']),
);

const secret =
  /pass(?:word|wd|phrase|code)|secret|token|api_?key|private_?key|credential|hash|salt|^otp$|^pin$|cookie|session/i;

/**
 * Compiles the look at error answers without a documented form: small JSON in which nothing looks like the inside of the
 * application, like a secret, or like data. Where policies decide, nothing that could be an object of the API leaves so.
 */
export function compileHarmless(core: GuardCore, operation: Operation): Harmless {
  const guarded = core.authority !== undefined;
  let closed: ReadonlySet<string> | undefined;
  return (exchange, contentType, body) => {
    if (body.length > longest || !isJson(essenceOf(contentType) ?? '')) return false;
    if (guarded && (isSecret(core, operation) || exchange.ledger?.isOpen === true)) return false;
    const parsed = parseJson(typeof body === 'string' ? Buffer.from(body) : body, limits);
    if (!('value' in parsed) || leaksInternals(body)) return false;
    closed ??= closedNames(core.contract, guarded);
    return !holds(parsed.value, closed);
  };
}

function holds(value: unknown, closed: ReadonlySet<string>): boolean {
  if (Array.isArray(value)) return value.some((inner) => holds(inner, closed));
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, inner]) => closed.has(name) || secret.test(name) || holds(inner, closed));
}

/** Names of properties that not everybody may read; with policies also those of objects. */
function closedNames(contract: Contract, withObjects: boolean): ReadonlySet<string> {
  const names = new Set<string>();
  const seen = new Set<unknown>();
  const look = (raw: unknown): void => {
    if (typeof raw !== 'object' || raw === null || seen.has(raw)) return;
    seen.add(raw);
    for (const { place, key, raw: inner } of subschemasOf(raw as Readonly<Record<string, unknown>>)) {
      if (place === 'property' && key !== undefined && isClosed(inner)) names.add(key);
      look(inner);
    }
  };
  for (const { raw } of contract.schemas.values()) look(raw);
  for (const { body, responses } of contract.operations)
    for (const { content } of [...(body === undefined ? [] : [body]), ...responses])
      for (const { schema } of content) look(schema?.raw);
  if (withObjects)
    for (const { schema } of contract.resources.values())
      for (const name of shapeOf(contract, schema).properties.keys())
        if (!ofErrors.has(name.replaceAll(/[^A-Za-z]/g, '').toLowerCase())) names.add(name);
  return names;
}

function isClosed(raw: Readonly<Record<string, unknown>>): boolean {
  if (raw['writeOnly'] === true || raw['format'] === 'password') return true;
  const { read, sensitivity } = (raw['x-castellan'] ?? {}) as { read?: unknown; sensitivity?: unknown };
  return read !== undefined || (sensitivity !== undefined && sensitivity !== 'public');
}
