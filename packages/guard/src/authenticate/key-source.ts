import type { CryptoKey, JSONWebKeySet } from 'jose';
import { CastellanError } from '@castellan/contract';
import type { SchemeNotice } from '../scheme.ts';
import { isKnownSecret } from '../secrets/strength.ts';
import type { TokenHeader } from './signature.ts';
import { readVerificationKeys, type VerificationKeys } from './verification-keys.ts';

/** Where the keys of an issuer come from. */
export interface KeySource {
  /** Until when the keys at hand may be used, and when to look for newer ones: milliseconds since the epoch. */
  readonly trustedUntil: number;
  readonly refreshAt: number;
  /** Goes up whenever a key left the set: what it verified must be forgotten. */
  readonly epoch: number;
  /**
   * The key for a token's header.
   * @param issuer whose key it must be, where the set says of its keys whose they are
   * @throws KeysUnavailable where no keys can be had
   */
  readonly find: (
    header: TokenHeader,
    now: number,
    issuer?: string,
  ) => CryptoKey | undefined | Promise<CryptoKey | undefined>;
  /** Looks for newer keys without making anybody wait. */
  readonly refresh: (now: number) => void;
  /** The algorithms that the keys name, where they were given. */
  readonly algorithms: readonly string[] | undefined;
  readonly notices: readonly SchemeNotice[];
}

/** Nobody can say which keys are good now. `message` is for the log. */
export class KeysUnavailable extends Error {
  readonly reason: 'keys-out-of-reach' | 'keys-too-old' | 'bad-key-set';

  constructor(reason: KeysUnavailable['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Nothing is verified by its signature. */
export const noKeys: KeySource = {
  trustedUntil: Number.POSITIVE_INFINITY,
  refreshAt: Number.POSITIVE_INFINITY,
  epoch: 0,
  find: () => undefined,
  refresh() {},
  algorithms: undefined,
  notices: [],
};

/**
 * Keys that were given.
 * @param where names the configuration for the message
 * @throws CastellanError `bad-jwks`, `weak-key`
 */
export async function givenKeys(where: string, jwks: JSONWebKeySet): Promise<KeySource> {
  const keys = await readVerificationKeys(jwks);
  if ('unusable' in keys) {
    throw new CastellanError({
      code: keys.code,
      message: `${where} ${keys.unusable}`,
      mend:
        keys.code === 'weak-key'
          ? 'use a random secret as long as its hash, RSA of 2048 bits or more, or an elliptic curve'
          : 'give a JSON Web Key Set, { "keys": […] }, with the public part of at least one signature key',
    });
  }
  // Whoever writes a set by hand can mend it; one that is published is not theirs.
  const problem = keys.problems.find(({ problem: { code } }) => mends.has(code));
  if (problem !== undefined) {
    throw new CastellanError({
      code: problem.problem.code,
      message: `${where}.keys[${problem.index}] ${problem.problem.message}`,
      mend: mends.get(problem.problem.code) ?? 'remove it',
    });
  }
  return {
    trustedUntil: Number.POSITIVE_INFINITY,
    refreshAt: Number.POSITIVE_INFINITY,
    epoch: 0,
    find: (header, _now, issuer) => keyOf(keys, header, issuer),
    refresh() {},
    algorithms: [...new Set(keys.keys.flatMap((key) => key.algorithms))],
    notices: [...leftOut(where, keys), ...knownSecrets(where, jwks)],
  };
}

const mends: ReadonlyMap<string, string> = new Map([
  ['private-key', 'give the public part only'],
  ['weak-key', 'replace it by a stronger one'],
  ['ambiguous-key', 'give each key its own kid'],
  ['mixed-keys', 'give secrets and public keys to different schemes'],
]);

/** Shared secrets that everybody can sign with. */
function knownSecrets(where: string, jwks: JSONWebKeySet): readonly SchemeNotice[] {
  return jwks.keys.flatMap((key, index) => {
    if (key.kty !== 'oct' || !('k' in key) || !isKnownSecret(Buffer.from(String(key.k), 'base64url'))) return [];
    return [
      {
        code: 'mock-identity',
        message: `${where}: the secret of key ${index} is a known default or example`,
        fatalInProduction: true,
        mend: 'make a random one (openssl rand -base64 64), or better use keys of two parts',
      },
    ];
  });
}

/** What is said of the keys of a set that are not used; undefined where all are, or are for something else. */
export function leftOut(where: string, { problems }: VerificationKeys): readonly SchemeNotice[] {
  const told = problems.filter(({ problem: { code } }) => code !== 'not-for-signatures');
  if (told.length === 0) return [];
  const some = told.slice(0, 3).map(({ index, problem }) => `key ${index} ${problem.message}`);
  return [
    {
      code: 'unusable-keys',
      message: `${where}: ${told.length} of its keys are not used: ${some.join('; ')}${told.length > 3 ? '; …' : ''}`,
      fatalInProduction: false,
    },
  ];
}

export function keyOf(
  keys: VerificationKeys,
  header: TokenHeader,
  issuer: string | undefined,
): Promise<CryptoKey> | undefined {
  return keys.find(header.kid, header.alg, issuer)?.import(header.alg);
}
