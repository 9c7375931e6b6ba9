import type { JSONWebKeySet } from 'jose';
import type { KeyStore, UserStore } from '../keys/store.ts';
import type { Identity, SchemeRequest } from '../scheme.ts';
import type { IntrospectionConfiguration, ProofConfiguration, ReplayMemory } from './token-configuration.ts';
import type {
  CertificatesConfiguration,
  CsrfConfiguration,
  SessionsConfiguration,
  SignaturesConfiguration,
} from './scheme-configuration.ts';

export type * from './token-configuration.ts';
export type * from './scheme-configuration.ts';

/** Who vouches for identities, by the security scheme names of the contract. */
export type SchemeConfigurations = Readonly<Record<string, SchemeConfiguration>>;

export type SchemeConfiguration =
  | TokenConfiguration
  | KeysConfiguration
  | KeyStoreConfiguration
  | UsersConfiguration
  | UserStoreConfiguration
  | SessionsConfiguration
  | CertificatesConfiguration
  | SignaturesConfiguration
  | VerifyConfiguration;

/** Signed JSON Web Tokens: `http` `bearer`, `oauth2`, `openIdConnect`. */
export interface TokenConfiguration {
  /** The exact `iss`. */
  readonly issuer: string;
  /** One of these must be in `aud`. */
  readonly audience: string | readonly string[];
  /** Accepted signature algorithms, never taken from the token. Default: the asymmetric ones of RFC 7518 and RFC 8037. */
  readonly algorithms?: readonly string[] | undefined;
  /** A key set, its address, or a file with one. Where absent it is found by discovery under the issuer. */
  readonly jwks?: JSONWebKeySet | URL | string | undefined;
  /** Seconds by which clocks may differ, at most 300. Default 30. */
  readonly clockSkew?: number | undefined;
  /** Required `typ` of the token's header, `at+jwt` for RFC 9068 access tokens. Default: absent, `JWT` or `at+jwt`. */
  readonly type?: string | undefined;
  /** Which claim holds the groups: `claims.groups`, `claims.realm_access.roles`. Default `claims.groups`. */
  readonly groups?: string | undefined;
  /** Which claim holds the tenant: `claims.tenant`. Default none. */
  readonly tenant?: string | undefined;
  /**
   * True where tokens of callers without groups have no such claim. Default false: where `groups` names a claim and a
   * token has it not, what policies could hold against a group is held against that caller.
   */
  readonly optionalGroups?: boolean | undefined;
  /** How many verified tokens are remembered, at least; 0 for none. Default 50,000. */
  readonly remember?: number | undefined;
  /** Seconds that a token may live at most, from `iat` to `exp`; one that lives longer is refused. Default any. */
  readonly maxLifetime?: number | undefined;
  /** True where every token has a `jti` and is good for one request (RFC 7519 section 4.1.7). Default false. */
  readonly once?: boolean | undefined;
  /** Where ids of used tokens are remembered; one store for several instances. Default this process. */
  readonly replay?: ReplayMemory | undefined;
  /** Asks the provider about tokens that are no JWT, or about all of them (RFC 7662). */
  readonly introspection?: IntrospectionConfiguration | undefined;
  /** Proof of possession (RFC 9449, RFC 8705). A token that is bound to a key is never accepted without its proof. */
  readonly proof?: ProofConfiguration | undefined;
  /** Private keys for tokens that are encrypted around their signature (RFC 7519 section 3), each with its `alg`. */
  readonly decryption?: JSONWebKeySet | undefined;
  /** Seconds after which a published key set is fetched again. Default 600. */
  readonly refresh?: number | undefined;
  /** Seconds for which the last key set is used when the provider is out of reach; then 503. Default 3,600. */
  readonly outage?: number | undefined;
  /** True: start even where the provider is out of reach, and answer 503 until it is there. Default false. */
  readonly lazy?: boolean | undefined;
}

/** API keys. Literal keys are hashed when the guard starts and not kept. */
export interface KeysConfiguration {
  /** For keys in cookies. */
  readonly csrf?: CsrfConfiguration | undefined;
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
  /** ISO 8601 with its zone, or milliseconds or seconds since the epoch. */
  readonly expiresAt?: string | number | undefined;
}

/** API keys in a store that `castellan keys` writes: a file, or an object with the same methods. */
export interface KeyStoreConfiguration {
  /** For keys in cookies. */
  readonly csrf?: CsrfConfiguration | undefined;
  readonly store: string | KeyStore;
}

/** Users in a store that `castellan keys` writes. */
export interface UserStoreConfiguration {
  /** Browsers send passwords by themselves: pages of which other origins may use them. */
  readonly csrf?: CsrfConfiguration | undefined;
  readonly store: string | UserStore;
}

/** Users with passwords (`http` `basic`). Literal passwords are hashed when the guard starts and not kept. */
export interface UsersConfiguration {
  /** Browsers send passwords by themselves: pages of which other origins may use them. */
  readonly csrf?: CsrfConfiguration | undefined;
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
  /** For credentials in cookies. */
  readonly csrf?: CsrfConfiguration | undefined;
  /**
   * @param credential the credential as sent, without the scheme's name: the token, the key, `user:password` decoded
   * @returns who it is; undefined where the credential is not good. What it throws is a refusal too, with the cause in
   *   the log; where that says that something is out of reach (`ECONNREFUSED`, a timeout, status 5xx), 503
   */
  readonly verify: (
    credential: string,
    request: SchemeRequest,
  ) => VerifiedIdentity | undefined | Promise<VerifiedIdentity | undefined>;
}

/** What a verifier of one's own must at least say. */
export type VerifiedIdentity = Pick<Identity, 'subject'> &
  Partial<Omit<Identity, 'subject' | 'credential' | 'unknown'>> & {
    /** Milliseconds or seconds since the epoch. */ readonly expiresAt?: number | undefined;
  };
