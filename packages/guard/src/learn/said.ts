import { escapePointer } from '@castellan/contract';
import type { KeyedHash } from './keyed-hash.ts';
import { kindOfName } from './names.ts';
import type { SaidRecord } from './record.ts';

const maxSaid = 40;
const maxValues = 20;
const maxText = 64;
/** Claims about the token and not about its holder (RFC 7519 section 4.1, RFC 9068 section 2.2). */
const aboutToken = new Set(
  'iss aud azp exp iat nbf jti sid typ nonce at_hash auth_time acr amr scope scp cnf act'.split(' '),
);
/** Names of what a caller may do, beside those of choices. */
const rights =
  /^(?:permissions?|authorit(?:y|ies)|privileges?|entitlements?|groups?|staff|superuser|superadmin|administrator|moderator|editor|manager|position|department|clearance|rights)$/i;

/**
 * What claims say of a caller, one level down too (`/data/username`): of who it is, keyed hashes; of what it may do (`/role`,
 * `/isAdmin`), the values themselves, because proposals need them.
 */
export function saidBy(
  claims: Readonly<Record<string, unknown>>,
  hash: KeyedHash,
): Readonly<Record<string, SaidRecord>> | undefined {
  const found = new Map<string, SaidRecord>();
  const look = (from: Readonly<Record<string, unknown>>, at: string): void => {
    for (const [name, value] of Object.entries(from).slice(0, 200)) {
      if (found.size >= maxSaid) return;
      if (at === '' && aboutToken.has(name)) continue;
      const pointer = `${at}/${escapePointer(name.slice(0, 100))}`;
      if (at === '' && typeof value === 'object' && value !== null && !Array.isArray(value)) {
        look(value as Readonly<Record<string, unknown>>, pointer);
        continue;
      }
      const said = saidOf(name, value, hash);
      if (said !== undefined) found.set(pointer, said);
    }
  };
  look(claims, '');
  return found.size === 0 ? undefined : Object.fromEntries(found);
}

function saidOf(name: string, value: unknown, hash: KeyedHash): SaidRecord | undefined {
  const values = (Array.isArray(value) ? (value as unknown[]) : [value]).filter(
    (one): one is string | number | boolean =>
      (typeof one === 'string' && one !== '' && one.length <= 256) ||
      typeof one === 'number' ||
      typeof one === 'boolean',
  );
  const [first] = values;
  if (first === undefined || values.some((one) => typeof one !== typeof first)) return undefined;
  const one = typeof first === 'string' ? 'text' : typeof first === 'number' ? 'number' : 'boolean';
  const type = Array.isArray(value) ? (one === 'text' ? 'texts' : undefined) : one;
  const kind = rights.test(name) ? 'choice' : kindOfName(name);
  if (type === undefined || kind === 'secret') return undefined;
  if (kind === 'choice' || type === 'boolean') {
    if (kind !== 'choice' && !rights.test(name)) return undefined;
    const texts = values.filter((text) => String(text).length <= maxText);
    return { type, values: texts.slice(0, maxValues).map(String) };
  }
  if (type === 'texts' || (kind !== 'identifier' && !/name$/i.test(name))) return undefined;
  return { type, hashes: values.slice(0, 1).map(hash) };
}
