import type { JSONWebKeySet } from 'jose';
import { readVerificationKey, type KeyProblem, type VerificationKey } from './verification-key.ts';

/** The keys of one issuer at one time. */
export interface VerificationKeys {
  readonly keys: readonly VerificationKey[];
  /** Keys that are not used, and why; `index` counts from 0. */
  readonly problems: readonly { readonly index: number; readonly problem: KeyProblem }[];
  /** The key for a token's header; undefined where none or more than one fits. */
  readonly find: (kid: string | undefined, algorithm: string) => VerificationKey | undefined;
}

/** More keys than this are no key set: each costs an import. */
const maxKeys = 100;

/**
 * Reads a JSON Web Key Set for verification (RFC 7517 section 5). A key that must not be used is left out and named;
 * the set as a whole is refused where it mixes shared secrets with public keys or names one key twice, because then
 * the token would choose what it is verified with.
 * @returns the keys, or why the set cannot be used
 */
export async function readVerificationKeys(
  jwks: JSONWebKeySet,
): Promise<VerificationKeys | { readonly unusable: string; readonly code: string }> {
  if (typeof jwks !== 'object' || jwks === null || !Array.isArray(jwks.keys) || jwks.keys.length === 0)
    return { code: 'bad-jwks', unusable: 'has no keys' };
  if (jwks.keys.length > maxKeys) return { code: 'bad-jwks', unusable: `has more than ${maxKeys} keys` };
  const keys: VerificationKey[] = [];
  const problems: { index: number; problem: KeyProblem }[] = [];
  const seen = new Set<string>();
  for (const [index, jwk] of jwks.keys.entries()) {
    // The same key once more is no other key (RFC 7517 section 4.5).
    const text = keyText(jwk);
    if (seen.has(text)) continue;
    seen.add(text);
    const result = await readVerificationKey(jwk);
    if ('key' in result) keys.push(result.key);
    else problems.push({ index, problem: result.problem });
  }
  const [first] = problems;
  if (keys.length === 0) {
    return {
      code: first?.problem.code === 'weak-key' ? 'weak-key' : 'bad-jwks',
      unusable: `has no usable key: key ${first?.index ?? 0} ${first?.problem.message ?? 'is missing'}`,
    };
  }
  if (keys.some((key) => key.symmetric) && keys.some((key) => !key.symmetric))
    return { code: 'bad-jwks', unusable: 'mixes shared secrets with public keys' };
  const names = keys.map((key) => `${key.kid ?? ''} ${key.algorithms.join(' ')}`);
  const twice = keys.find((key, index) => key.kid !== undefined && names.indexOf(names[index] ?? '') !== index);
  if (twice !== undefined) return { code: 'bad-jwks', unusable: `names two keys '${(twice.kid ?? '').slice(0, 60)}'` };
  return { keys, problems, find: (kid, algorithm) => findKey(keys, kid, algorithm) };
}

/** What tells one key from another: all that it says, in one order. */
export function keyText(jwk: unknown): string {
  if (typeof jwk !== 'object' || jwk === null) return JSON.stringify(jwk) ?? '';
  return JSON.stringify(Object.entries(jwk).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function findKey(
  keys: readonly VerificationKey[],
  kid: string | undefined,
  algorithm: string,
): VerificationKey | undefined {
  let found: VerificationKey | undefined;
  for (const key of keys) {
    if (!key.algorithms.includes(algorithm)) continue;
    if (kid !== undefined && key.kid !== undefined && key.kid !== kid) continue;
    // A set whose keys have names is asked by name; one nameless key may stand for itself.
    if (kid !== undefined && key.kid === undefined && keys.length > 1) continue;
    if (found !== undefined) return undefined;
    found = key;
  }
  return found;
}
