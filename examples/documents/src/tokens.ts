import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';

export const issuer = 'https://login.documents.example';
export const audience = 'documents';

/** People of the example and the groups that their identity provider puts them into. */
export const people = {
  ada: ['section-editors'],
  bob: ['approvers', 'reviewers'],
  eve: [],
} as const satisfies Record<string, readonly string[]>;

/** Issues tokens as the company's identity provider would. Its key lives as long as this process. */
export interface TokenIssuer {
  readonly jwks: { readonly keys: JWK[] };
  /** @param now milliseconds since the epoch */
  token(subject: keyof typeof people, now?: number, scopes?: string): Promise<string>;
  /** A token with the right claims that somebody else signed. */
  forged(subject: keyof typeof people): Promise<string>;
}

export async function createTokenIssuer(): Promise<TokenIssuer> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const stranger = await generateKeyPair('ES256');
  const sign = (key: CryptoKey, subject: keyof typeof people, now: number, scope: string): Promise<string> =>
    new SignJWT({ scope, groups: people[subject] })
      .setProtectedHeader({ alg: 'ES256', kid: 'documents-1', typ: 'at+jwt' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(subject)
      .setIssuedAt(Math.floor(now / 1000))
      .setExpirationTime(Math.floor(now / 1000) + 3600)
      .sign(key);
  const all = 'documents:read documents:write';
  return {
    jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'documents-1', alg: 'ES256', use: 'sig' }] },
    token: (subject, now = Date.now(), scopes = all) => sign(privateKey, subject, now, scopes),
    forged: (subject) => sign(stranger.privateKey, subject, Date.now(), all),
  };
}

/** Who is in which group, in Cedar's entities JSON: what the company's directory would say. */
export function directory(of: Readonly<Record<string, readonly string[]>> = people): readonly {
  readonly uid: { readonly type: string; readonly id: string };
  readonly parents: readonly { readonly type: string; readonly id: string }[];
}[] {
  return Object.entries(of).map(([id, groups]) => ({
    uid: { type: 'User', id },
    parents: groups.map((group) => ({ type: 'Group', id: group })),
  }));
}
