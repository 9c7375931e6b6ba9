import type { JSONWebKeySet } from 'jose';
import { isKeyOf } from './issuer-choice.ts';
import { readVerificationKey, type KeyProblem, type VerificationKey } from './verification-key.ts';

/** The keys of one issuer at one time. */
export interface VerificationKeys {
  readonly keys: readonly VerificationKey[];
  /** Keys that are not used, and why; `index` counts from 0. */
  readonly problems: readonly { readonly index: number; readonly problem: KeyProblem }[];
  /** The key for a token's header; undefined where none or more than one fits. */
  readonly find: (kid: string | undefined, algorithm: string, issuer?: string) => VerificationKey | undefined;
}

/** More keys than this are no key set: each costs an import. */
const maxKeys = 100;

/**
 * Reads a JSON Web Key Set for verification (RFC 7517 section 5). A key that must not be used is left out and named, and
 * spoils none of the others: so are keys of one name, of which the token would choose one, and shared secrets beside
 * public keys, because a set that is published is no secret.
 * @returns the keys, or why the set cannot be used
 */
export async function readVerificationKeys(
  jwks: JSONWebKeySet,
): Promise<VerificationKeys | { readonly unusable: string; readonly code: string }> {
  if (typeof jwks !== 'object' || jwks === null || !Array.isArray(jwks.keys) || jwks.keys.length === 0)
    return { code: 'bad-jwks', unusable: 'has no keys' };
  if (jwks.keys.length > maxKeys) return { code: 'bad-jwks', unusable: `has more than ${maxKeys} keys` };
  const read: { readonly index: number; readonly key: VerificationKey }[] = [];
  const problems: { index: number; problem: KeyProblem }[] = [];
  const seen = new Set<string>();
  for (const [index, jwk] of jwks.keys.entries()) {
    // The same key once more is no other key (RFC 7517 section 4.5).
    const text = keyText(jwk);
    if (seen.has(text)) continue;
    seen.add(text);
    const result = await readVerificationKey(jwk);
    if ('key' in result) read.push({ index, key: result.key });
    else problems.push({ index, problem: result.problem });
  }
  const anyPublic = read.some(({ key }) => !key.symmetric);
  const keys: VerificationKey[] = [];
  for (const { index, key } of read) {
    const problem = problemBeside(key, read, anyPublic);
    if (problem === undefined) keys.push(key);
    else problems.push({ index, problem });
  }
  const [first] = problems;
  if (keys.length === 0) {
    return {
      code: first?.problem.code === 'weak-key' ? 'weak-key' : 'bad-jwks',
      unusable: `has no usable key: key ${first?.index ?? 0} ${first?.problem.message ?? 'is missing'}`,
    };
  }
  return { keys, problems, find: (kid, algorithm, issuer) => findKey(keys, kid, algorithm, issuer) };
}

/** Why a key that is good by itself is not used beside the others. */
function problemBeside(
  key: VerificationKey,
  all: readonly { readonly key: VerificationKey }[],
  anyPublic: boolean,
): KeyProblem | undefined {
  if (key.symmetric && anyPublic) return { code: 'mixed-keys', message: 'is a shared secret beside public keys' };
  const { kid, algorithms } = key;
  if (kid === undefined) return undefined;
  const twice = all.some(
    (other) =>
      other.key !== key && other.key.kid === kid && other.key.algorithms.some((name) => algorithms.includes(name)),
  );
  return twice
    ? { code: 'ambiguous-key', message: `is one of several with the name '${kid.slice(0, 60)}'` }
    : undefined;
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
  issuer: string | undefined,
): VerificationKey | undefined {
  let found: VerificationKey | undefined;
  for (const key of keys) {
    if (!key.algorithms.includes(algorithm)) continue;
    if (issuer !== undefined && key.issuer !== undefined && !isKeyOf(key.issuer, issuer)) continue;
    if (kid !== undefined && key.kid !== undefined && key.kid !== kid) continue;
    // A set whose keys have names is asked by name; one nameless key may stand for itself.
    if (kid !== undefined && key.kid === undefined && keys.length > 1) continue;
    if (found !== undefined) return undefined;
    found = key;
  }
  return found;
}
