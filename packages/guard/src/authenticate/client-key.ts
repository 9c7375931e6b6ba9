import {
  constants,
  createHmac,
  createPublicKey,
  timingSafeEqual,
  verify as verifySignature,
  type KeyObject,
} from 'node:crypto';
import type { JWK } from 'jose';
import { CastellanError } from '@castellan/contract';
import type { InnerList } from './structured-fields.ts';
import { readVerificationKey } from './verification-key.ts';

/** A machine client's key, with the one algorithm of RFC 9421 section 3.3 that it is used with. */
export interface ClientKey {
  readonly algorithm: string;
  /** Why the signature's own parameters do not fit this key. */
  readonly problem: (input: InnerList) => string | undefined;
  readonly verify: (base: Buffer, signature: Buffer) => boolean;
}

/**
 * Reads a client's key: a public JWK, a public key in PEM, or a shared secret of at least 32 characters.
 * @throws CastellanError `bad-authentication`, `weak-key`
 */
export async function readClientKey(where: string, key: JWK | string): Promise<ClientKey> {
  if (typeof key === 'string' && !key.includes('-----BEGIN')) {
    if (key.length < 32) throw weak(where, 'is a secret of fewer than 32 characters');
    return hmac(Buffer.from(key));
  }
  const jwk = typeof key === 'string' ? pemAsJwk(where, key) : key;
  const read = await readVerificationKey(jwk);
  if ('problem' in read) {
    if (read.problem.code === 'weak-key') throw weak(where, read.problem.message);
    throw new CastellanError({
      code: 'bad-authentication',
      message: `${where}.key ${read.problem.message}`,
      mend: 'give a public key: EC P-256 or P-384, Ed25519, or RSA of 2048 bits or more',
    });
  }
  if (read.key.symmetric) return hmac(Buffer.from('k' in jwk ? String(jwk.k) : '', 'base64url'));
  return asymmetric(createPublicKey({ key: jwk as never, format: 'jwk' }), read.key.algorithms);
}

function weak(where: string, message: string): CastellanError {
  return new CastellanError({
    code: 'weak-key',
    message: `${where}.key ${message}`,
    mend: 'use a random secret (openssl rand -base64 32) or a public key',
  });
}

function pemAsJwk(where: string, pem: string): JWK {
  try {
    if (pem.includes('PRIVATE KEY')) throw new Error('private');
    return createPublicKey(pem).export({ format: 'jwk' }) as JWK;
  } catch (cause) {
    throw new CastellanError({
      code: 'bad-authentication',
      message: `${where}.key is no public key in PEM`,
      mend: 'give the output of: openssl pkey -in key.pem -pubout',
      cause,
    });
  }
}

function named(algorithm: string, verify: ClientKey['verify']): ClientKey {
  return {
    algorithm,
    // The key has its algorithm; what the signature names may only agree with it.
    problem({ parameters }) {
      const alg = parameters.get('alg');
      return alg === undefined || (alg.type === 'string' && alg.value === algorithm)
        ? undefined
        : 'algorithm-not-allowed';
    },
    verify,
  };
}

function hmac(secret: Buffer): ClientKey {
  return named('hmac-sha256', (base, signature) => {
    const expected = createHmac('sha256', secret).update(base).digest();
    return expected.length === signature.length && timingSafeEqual(expected, signature);
  });
}

function asymmetric(key: KeyObject, algorithms: readonly string[]): ClientKey {
  const [algorithm = ''] = algorithms;
  if (algorithm === 'ES256' || algorithm === 'ES384') {
    const hash = algorithm === 'ES256' ? 'sha256' : 'sha384';
    const name = algorithm === 'ES256' ? 'ecdsa-p256-sha256' : 'ecdsa-p384-sha384';
    return named(name, (base, signature) => verifySignature(hash, base, { key, dsaEncoding: 'ieee-p1363' }, signature));
  }
  if (algorithm === 'EdDSA' || algorithm === 'Ed25519')
    return named('ed25519', (base, signature) => verifySignature(undefined, base, key, signature));
  if (algorithms.length === 1 && algorithm === 'RS256')
    return named('rsa-v1_5-sha256', (base, signature) => verifySignature('sha256', base, key, signature));
  if (key.asymmetricKeyType === 'rsa') {
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    return named('rsa-pss-sha512', (base, signature) =>
      verifySignature('sha512', base, { key, padding, saltLength: 64 }, signature),
    );
  }
  return named('unsupported', () => false);
}
