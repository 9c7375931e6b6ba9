import type { JSONWebKeySet } from 'jose';
import type { Identity, SchemeRequest } from '../scheme.ts';

/** Who vouches for identities, by the security scheme names of the contract. */
export type SchemeConfigurations = Readonly<Record<string, SchemeConfiguration>>;

export type SchemeConfiguration = TokenConfiguration | KeysConfiguration | UsersConfiguration | VerifyConfiguration;

/** Signed JSON Web Tokens: `http` `bearer`, `oauth2`, `openIdConnect`. */
export interface TokenConfiguration {
  /** The exact `iss`. */
  readonly issuer: string;
  /** One of these must be in `aud`. */
  readonly audience: string | readonly string[];
  /** Accepted signature algorithms, never taken from the token. Default: the asymmetric ones of RFC 7518 and RFC 8037. */
  readonly algorithms?: readonly string[] | undefined;
  /** A key set, or where it is published. Where absent it is found by discovery under the issuer. */
  readonly jwks?: JSONWebKeySet | URL | string | undefined;
  /** Seconds by which clocks may differ. Default 30. */
  readonly clockSkew?: number | undefined;
  /** Required `typ` of the token's header, `at+jwt` for RFC 9068 access tokens. Default: not required. */
  readonly type?: string | undefined;
  /** Which claim holds the groups: `claims.groups`, `claims.realm_access.roles`. Default `claims.groups`. */
  readonly groups?: string | undefined;
  /** Which claim holds the tenant: `claims.tenant`. Default none. */
  readonly tenant?: string | undefined;
  /** How many verified tokens are remembered, at least; 0 for none. Default 50,000. */
  readonly remember?: number | undefined;
}

/** API keys. Literal keys are hashed when the guard starts and not kept. */
export interface KeysConfiguration {
  /** By the key itself, or a list. */
  readonly keys: Readonly<Record<string, KeyHolder>> | readonly (KeyHolder & { readonly key: string })[];
}

export interface KeyHolder {
  readonly subject: string;
  /** Names the key in the log; made from its hash where absent. */
  readonly id?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly tenant?: string | undefined;
  /** ISO 8601, or milliseconds since the epoch. */
  readonly expiresAt?: string | number | undefined;
}

/** Users with passwords (`http` `basic`). Literal passwords are hashed when the guard starts and not kept. */
export interface UsersConfiguration {
  /** By user name, or a list. */
  readonly users: Readonly<Record<string, User>> | readonly (User & { readonly name: string })[];
}

export interface User {
  /** The password itself, or `hash` made from it: `$argon2id$v=19$m=…,t=…,p=…$salt$hash`. */
  readonly password?: string | undefined;
  readonly hash?: string | undefined;
  readonly subject?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly tenant?: string | undefined;
}

/** A verifier of one's own, for any scheme. */
export interface VerifyConfiguration {
  /**
   * @param credential the credential as sent, without the scheme's name: the token, the key, `user:password` decoded
   * @returns who it is; undefined where the credential is not good
   */
  readonly verify: (
    credential: string,
    request: SchemeRequest,
  ) => VerifiedIdentity | undefined | Promise<VerifiedIdentity | undefined>;
}

/** What a verifier of one's own must at least say. */
export type VerifiedIdentity = Pick<Identity, 'subject'> &
  Partial<Omit<Identity, 'subject' | 'credential'>> & { readonly expiresAt?: number | undefined };
