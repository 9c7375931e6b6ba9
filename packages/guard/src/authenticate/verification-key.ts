import { importJWK, type CryptoKey, type JWK } from 'jose';
import { asymmetricAlgorithms, signatureAlgorithms } from './algorithms.ts';
import { isRoca } from './roca.ts';

/** A key that signatures are verified with, and nothing else. */
export interface VerificationKey {
  readonly kid: string | undefined;
  /** The algorithms that this key may be used with: the one that it names, or those that fit its type. */
  readonly algorithms: readonly string[];
  /** The key, ready for one of its algorithms. Remembered. */
  readonly import: (algorithm: string) => Promise<CryptoKey>;
  /** Whether it is a shared secret. */
  readonly symmetric: boolean;
  /** Whose key it is, where the set says so of each: an issuer, or one with a place for the tenant. */
  readonly issuer: string | undefined;
}

export type KeyResult = { readonly key: VerificationKey } | { readonly problem: KeyProblem };

/** Why a key is not used. `code` is stable, `message` completes "the key …". */
export interface KeyProblem {
  readonly code:
    | 'not-for-signatures'
    | 'unknown-algorithm'
    | 'mismatched-key'
    | 'weak-key'
    | 'broken-key'
    | 'private-key'
    | 'ambiguous-key'
    | 'mixed-keys';
  readonly message: string;
}

/** Bits of an RSA modulus: fewer can be factored, more cost the verifier what the provider decides. */
const rsaBits = { least: 2048, most: 8192 };

/**
 * Reads one JSON Web Key for verification (RFC 7517, RFC 8725 section 3.5). Says why it must not be used: made for
 * encryption, an algorithm that does not fit, too weak, or not a key at all.
 */
export async function readVerificationKey(jwk: JWK): Promise<KeyResult> {
  const problem = usable(jwk) ?? algorithmProblem(jwk) ?? strengthProblem(jwk);
  if (problem !== undefined) return { problem };
  const algorithms = algorithmsOf(jwk);
  const imported = new Map<string, Promise<CryptoKey>>();
  const importFor = (algorithm: string): Promise<CryptoKey> => {
    let key = imported.get(algorithm);
    if (key === undefined) imported.set(algorithm, (key = importKey(jwk, algorithm)));
    return key;
  };
  try {
    // A point that is not on its curve, a modulus that is no number: said now, not with the first token.
    await importFor(algorithms[0] ?? '');
  } catch {
    return { problem: { code: 'broken-key', message: 'cannot be imported' } };
  }
  return {
    key: {
      kid: typeof jwk.kid === 'string' ? jwk.kid : undefined,
      algorithms,
      import: importFor,
      symmetric: jwk.kty === 'oct',
      issuer: 'issuer' in jwk && typeof jwk['issuer'] === 'string' ? jwk['issuer'] : undefined,
    },
  };
}

function usable(jwk: JWK): KeyProblem | undefined {
  if (typeof jwk !== 'object' || jwk === null || typeof jwk.kty !== 'string')
    return { code: 'broken-key', message: 'is no JSON Web Key' };
  if (jwk.use !== undefined && jwk.use !== 'sig')
    return { code: 'not-for-signatures', message: `has use '${String(jwk.use).slice(0, 20)}'` };
  const { key_ops: operations } = jwk;
  if (operations !== undefined && (!Array.isArray(operations) || !operations.includes('verify')))
    return { code: 'not-for-signatures', message: "has key_ops without 'verify'" };
  if (jwk.kty !== 'oct' && 'd' in jwk && jwk.d !== undefined)
    return { code: 'private-key', message: 'holds its private part' };
  return undefined;
}

/** The name of the key's algorithm. `ES521` is how RFC 7520's key is often labelled; its curve says what is meant. */
function namedAlgorithm(jwk: JWK): string | undefined {
  if (jwk.alg === undefined) return undefined;
  return jwk.alg === 'ES521' && 'crv' in jwk && jwk.crv === 'P-521' ? 'ES512' : String(jwk.alg);
}

function algorithmProblem(jwk: JWK): KeyProblem | undefined {
  const named = namedAlgorithm(jwk);
  if (named === undefined) {
    // A secret that is too short for every hash is weak; what it is for is not in question.
    if (jwk.kty === 'oct') return undefined;
    return algorithmsOf(jwk).length === 0
      ? {
          code: 'unknown-algorithm',
          message: `has type '${String(jwk.kty).slice(0, 20)}', which nothing here verifies with`,
        }
      : undefined;
  }
  const algorithm = signatureAlgorithms.get(named);
  if (algorithm === undefined)
    return {
      code: 'unknown-algorithm',
      message: `is for '${named.slice(0, 20)}', which is no signature algorithm here`,
    };
  if (
    algorithm.kty !== jwk.kty ||
    (algorithm.crv !== undefined && algorithm.crv !== ('crv' in jwk ? jwk.crv : undefined))
  )
    return { code: 'mismatched-key', message: `names ${named} and is of another type` };
  return undefined;
}

function algorithmsOf(jwk: JWK): readonly string[] {
  const named = namedAlgorithm(jwk);
  if (named !== undefined) return [named];
  const crv = 'crv' in jwk ? jwk.crv : undefined;
  // A secret that names no algorithm verifies with those only whose hash it is at least as long as.
  const bytes = jwk.kty === 'oct' ? secretBytes(jwk) : 0;
  return [...signatureAlgorithms]
    .filter(
      ([, fits]) =>
        fits.kty === jwk.kty && (fits.crv === undefined || fits.crv === crv) && (fits.minSecret ?? 0) <= bytes,
    )
    .map(([name]) => name);
}

function strengthProblem(jwk: JWK): KeyProblem | undefined {
  if (jwk.kty === 'oct') {
    const least = Math.min(64, ...algorithmsOf(jwk).map((name) => signatureAlgorithms.get(name)?.minSecret ?? 32));
    const fewest = algorithmsOf(jwk).length === 0 ? 32 : least;
    const bytes = secretBytes(jwk);
    return bytes < fewest
      ? {
          code: 'weak-key',
          message: `is a secret of ${bytes * 8} bits; its algorithm needs at least ${fewest * 8} (${fewest} bytes)`,
        }
      : undefined;
  }
  if (jwk.kty !== 'RSA') return undefined;
  const modulus = integer(jwk.n);
  const exponent = integer(jwk.e);
  if (modulus === undefined || exponent === undefined)
    return { code: 'broken-key', message: 'has no modulus or exponent' };
  const bits = modulus.toString(2).length;
  if (bits < rsaBits.least) return { code: 'weak-key', message: `is RSA of ${bits} bits, fewer than ${rsaBits.least}` };
  if (bits > rsaBits.most) return { code: 'weak-key', message: `is RSA of ${bits} bits, more than ${rsaBits.most}` };
  if (exponent < 3n || exponent % 2n === 0n || exponent > 0xffff_ffffn)
    return { code: 'weak-key', message: 'is RSA with an unsafe public exponent' };
  if (isRoca(modulus)) return { code: 'weak-key', message: 'was made by a broken generator (ROCA, CVE-2017-15361)' };
  return undefined;
}

function secretBytes(jwk: JWK): number {
  return 'k' in jwk && typeof jwk.k === 'string' ? Buffer.from(jwk.k, 'base64url').length : 0;
}

function integer(text: unknown): bigint | undefined {
  if (typeof text !== 'string' || text.length > 4096 || !/^[A-Za-z0-9_-]+$/.test(text)) return undefined;
  return BigInt(`0x${Buffer.from(text, 'base64url').toString('hex')}`);
}

async function importKey(jwk: JWK, algorithm: string): Promise<CryptoKey> {
  const { use: _use, key_ops: _operations, alg: _alg, ext: _ext, ...rest } = jwk as JWK & { ext?: unknown };
  const key = await importJWK({ ...rest, alg: algorithm } as JWK, algorithm);
  if (key instanceof Uint8Array) {
    const hash = `SHA-${algorithm.slice(2)}`;
    // Extractable, because node:crypto takes no other: `quick-signature.ts`. It never leaves this folder.
    return crypto.subtle.importKey('raw', Buffer.from(key), { name: 'HMAC', hash }, true, ['verify']);
  }
  return key;
}

/** The default pins of keys that are given: what they say of themselves, never what a token says. */
export function pinnedAlgorithms(keys: readonly VerificationKey[]): readonly string[] {
  const all = new Set(keys.flatMap((key) => key.algorithms));
  return all.size === 0 ? asymmetricAlgorithms : [...all];
}
