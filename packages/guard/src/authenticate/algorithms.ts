/** A signature algorithm of JOSE (RFC 7518 section 3.1, RFC 8037, RFC 9864) and the keys that it takes. */
export interface SignatureAlgorithm {
  readonly kty: 'RSA' | 'EC' | 'OKP' | 'oct';
  readonly crv?: string;
  /** Fewest bytes of a shared secret: as many as the hash has (RFC 7518 section 3.2). */
  readonly minSecret?: number;
}

/** Every algorithm that a scheme may be pinned to. `none` is no algorithm. */
export const signatureAlgorithms: ReadonlyMap<string, SignatureAlgorithm> = new Map([
  ['ES256', { kty: 'EC', crv: 'P-256' }],
  ['ES384', { kty: 'EC', crv: 'P-384' }],
  ['ES512', { kty: 'EC', crv: 'P-521' }],
  ['EdDSA', { kty: 'OKP', crv: 'Ed25519' }],
  ['Ed25519', { kty: 'OKP', crv: 'Ed25519' }],
  ['PS256', { kty: 'RSA' }],
  ['PS384', { kty: 'RSA' }],
  ['PS512', { kty: 'RSA' }],
  ['RS256', { kty: 'RSA' }],
  ['RS384', { kty: 'RSA' }],
  ['RS512', { kty: 'RSA' }],
  ['HS256', { kty: 'oct', minSecret: 32 }],
  ['HS384', { kty: 'oct', minSecret: 48 }],
  ['HS512', { kty: 'oct', minSecret: 64 }],
] as const satisfies readonly (readonly [string, SignatureAlgorithm])[]);

/** Those with a public key: who can verify these cannot sign. */
export const asymmetricAlgorithms: readonly string[] = [...signatureAlgorithms]
  .filter(([, { kty }]) => kty !== 'oct')
  .map(([name]) => name);
