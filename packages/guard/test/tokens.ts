import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';

export const issuer = 'https://login.example.com';
export const audience = 'orders';

/** A signing key, its public key set, and tokens made with it. */
export async function createIssuer() {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' };
  return {
    jwks: { keys: [jwk] },
    privateKey,
    token: (claims: JWTPayload = {}, header: Record<string, unknown> = {}, key: CryptoKey = privateKey) => {
      const now = Math.floor(Date.now() / 1000);
      return new SignJWT({
        scope: 'orders:read orders:write',
        iss: issuer,
        aud: audience,
        sub: 'ada',
        iat: now,
        exp: now + 600,
        ...claims,
      })
        .setProtectedHeader({ alg: 'ES256', kid: 'k1', ...header })
        .sign(key);
    },
  };
}
