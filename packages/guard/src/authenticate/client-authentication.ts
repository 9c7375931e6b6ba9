import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { importJWK, importPKCS8, SignJWT, type CryptoKey, type JWK } from 'jose';
import { CastellanError } from '@castellan/contract';
import type { ProviderClient } from './token-configuration.ts';

/** What a client adds to a request, by which it is known. */
interface ClientProof {
  readonly headers: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
}

/** @param now milliseconds since the epoch */
export type AuthenticateClient = (now: number) => Promise<ClientProof>;

/** Seconds for which an assertion is good. */
const assertionLife = 60;

/**
 * How this API proves to a provider which client it is (RFC 6749 section 2.3.1, RFC 7523 section 2.2, RFC 8705 section 2).
 * @param where names the client in messages
 * @param audience of assertions: the provider's issuer
 * @throws CastellanError `bad-authentication`
 */
export async function clientAuthentication(
  where: string,
  client: ProviderClient,
  audience: string,
  hasCertificate: boolean,
): Promise<AuthenticateClient> {
  const {
    id,
    secret,
    key,
    auth = key === undefined ? (secret === undefined ? 'mtls' : 'basic') : 'private_key_jwt',
  } = client;
  if (secret !== undefined && key !== undefined) throw bad(`${where} has a secret and a key`, 'keep one of them');
  const named = { client_id: id };
  switch (auth) {
    case 'basic': {
      const pair = `${encoded(id)}:${encoded(needed(where, 'secret', secret, auth))}`;
      const proof = { headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }, parameters: {} };
      return () => Promise.resolve(proof);
    }
    case 'post': {
      const parameters = { ...named, client_secret: needed(where, 'secret', secret, auth) };
      return () => Promise.resolve({ headers: {}, parameters });
    }
    case 'mtls':
      if (!hasCertificate)
        throw bad(
          `${where} has ${client.auth === undefined ? 'no secret' : 'auth mtls'}, and there is no certificate`,
          'add secret, or key, or connection: { certificate, key }',
        );
      return () => Promise.resolve({ headers: {}, parameters: named });
    case 'private_key_jwt': {
      const { alg, kid, key: signer } = await readKey(where, needed(where, 'key', key, auth));
      return async (now) => {
        const seconds = Math.floor(now / 1000);
        const assertion = await new SignJWT({ jti: randomUUID() })
          .setProtectedHeader({ alg, ...(kid === undefined ? {} : { kid }) })
          .setIssuer(id)
          .setSubject(id)
          .setAudience(audience)
          .setIssuedAt(seconds)
          .setExpirationTime(seconds + assertionLife)
          .sign(signer);
        const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
        return { headers: {}, parameters: { ...named, client_assertion_type: type, client_assertion: assertion } };
      };
    }
  }
}

/** RFC 6749 section 2.3.1: id and secret are form-encoded before they are joined. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll('%20', '+');
}

function needed<T>(where: string, name: string, value: T | undefined, auth: string): T {
  if (value !== undefined) return value;
  throw bad(`${where}.auth is ${auth}, and there is no ${name}`, `add ${name}`);
}

/** A private key: a JWK, a file of one, or PKCS #8 in PEM. */
async function readKey(
  where: string,
  written: JWK | string,
): Promise<{ readonly alg: string; readonly kid: string | undefined; readonly key: CryptoKey }> {
  const mend = 'give a private JWK with its alg, or a file with one or with PKCS #8 in PEM (for RS256)';
  try {
    const text = typeof written === 'string' && !isWhole(written) ? readFileSync(written, 'utf8') : written;
    if (typeof text === 'string' && text.includes('-----BEGIN'))
      return { alg: 'RS256', kid: undefined, key: await importPKCS8(text, 'RS256') };
    const jwk = typeof text === 'string' ? (JSON.parse(text) as JWK) : text;
    const alg = jwk.alg ?? (jwk.kty === 'RSA' ? 'RS256' : 'ES256');
    const key = await importJWK(jwk, alg);
    if (key instanceof Uint8Array || key.type !== 'private') throw new Error('it is no private key');
    return { alg, kid: jwk.kid, key };
  } catch (cause) {
    throw bad(`${where}.key cannot be used (${(cause as NodeJS.ErrnoException).code ?? 'no private key'})`, mend);
  }
}

function isWhole(text: string): boolean {
  return text.includes('-----BEGIN') || text.trimStart().startsWith('{');
}

function bad(message: string, mend: string): CastellanError {
  return new CastellanError({ code: 'bad-authentication', message, mend });
}
