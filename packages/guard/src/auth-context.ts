import type { Actor } from './actor.ts';

/** How the caller proved who it is; `id` names the credential without being usable as one. */
export interface Credential {
  readonly kind: 'jwt' | 'opaque-token' | 'api-key' | 'password' | 'certificate' | 'session' | 'signature' | 'custom';
  /** `jti`, key id, user name, certificate thumbprint…; a keyed hash where nothing else names it. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt?: number | undefined;
  /** Proof-of-possession: the thumbprint of the key or certificate that the credential is bound to. */
  readonly boundTo?: string | undefined;
}

/** What a credential should say of its holder. */
export type Unknown = 'groups' | 'tenant';

/** Who calls. The same whatever the scheme, frozen, in every adapter under the framework's own idiom. */
export interface AuthContext {
  readonly subject: string;
  /** The token's issuer, or the name of the store of users or keys. */
  readonly issuer: string;
  /** Names of the security schemes that were satisfied. */
  readonly schemes: readonly string[];
  readonly scopes: readonly string[];
  readonly groups: readonly string[];
  readonly claims: Readonly<Record<string, unknown>>;
  readonly credential: Credential;
  /** Milliseconds since the epoch. */
  readonly authenticatedAt: number;
  readonly tenant?: string | undefined;
  /** Who acts for the subject, where the credential says so (`act`, RFC 8693 section 4.1). */
  readonly actor?: Actor | undefined;
  /**
   * What the credential should say by its entry and does not: a policy that could hold it against the caller refuses.
   * Absent where it says all.
   */
  readonly unknown?: readonly Unknown[] | undefined;
}
