// Keys and tokens of every algorithm that the benchmark compares.
import { createSecretKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { audience, issuer, readScope, writeScope } from './work.ts';

/** What a server needs to verify, and a token to send. */
export interface Credential {
  readonly token: string;
  readonly jwks: { readonly keys: readonly object[] };
  /** Public key, for the peers; empty where the algorithm shares a secret. */
  readonly pem: string;
}

/** Makes a key and signs a token with it, valid for two hours. */
export async function credential(algorithm: string): Promise<Credential> {
  const { sign, verify } = keys(algorithm);
  const token = await new SignJWT({ scope: `${readScope} ${writeScope}` })
    .setProtectedHeader({ alg: algorithm, kid: 'bench' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject('user-1')
    .setIssuedAt()
    .setExpirationTime('2h')
    .sign(sign);
  return {
    token,
    jwks: { keys: [{ ...verify.export({ format: 'jwk' }), kid: 'bench', alg: algorithm }] },
    pem: verify.type === 'secret' ? '' : verify.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

function keys(algorithm: string): { readonly sign: KeyObject; readonly verify: KeyObject } {
  if (algorithm.startsWith('HS')) {
    const secret = createSecretKey(randomBytes(64));
    return { sign: secret, verify: secret };
  }
  const { privateKey, publicKey } = pair(algorithm);
  return { sign: privateKey, verify: publicKey };
}

function pair(algorithm: string): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  if (algorithm.startsWith('RS') || algorithm.startsWith('PS'))
    return generateKeyPairSync('rsa', { modulusLength: 2048 });
  if (algorithm === 'EdDSA') return generateKeyPairSync('ed25519');
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}
