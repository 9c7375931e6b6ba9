import type { KeyStore, UserStore } from '../keys/store.ts';
import type { Identity, SchemeRequest } from '../scheme.ts';
import type { IssuersConfiguration, PresetConfiguration, TokenConfiguration } from './token-configuration.ts';
import type {
  CertificatesConfiguration,
  CsrfConfiguration,
  SessionsConfiguration,
  SignaturesConfiguration,
  UpstreamConfiguration,
  WhoamiConfiguration,
} from './scheme-configuration.ts';

export type * from './token-configuration.ts';
export type * from './scheme-configuration.ts';

/**
 * Who vouches for identities, by the security scheme names of the contract. A list: several issuers, each with what holds
 * for its tokens.
 */
export type SchemeConfigurations = Readonly<
  Record<string, SchemeConfiguration | PresetConfiguration | readonly (TokenConfiguration | PresetConfiguration)[]>
>;

export type SchemeConfiguration =
  | TokenConfiguration
  | IssuersConfiguration
  | KeysConfiguration
  | KeyStoreConfiguration
  | UsersConfiguration
  | UserStoreConfiguration
  | SessionsConfiguration
  | CertificatesConfiguration
  | SignaturesConfiguration
  | UpstreamConfiguration
  | WhoamiConfiguration
  | VerifyConfiguration;

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
   * @returns who it is; undefined where the credential is not good (401); `{ forbidden: 'suspended' }` where it is, and its holder may
   *   not call (403), with the reason for the log. What it throws is a refusal too, with the cause in
   *   the log; where that says that something is out of reach (`ECONNREFUSED`, a timeout, status 5xx), 503
   */
  readonly verify: (
    credential: string,
    request: SchemeRequest,
  ) => VerifiedIdentity | Forbidden | undefined | Promise<VerifiedIdentity | Forbidden | undefined>;
  /**
   * Whether it is also asked where a request has no credential of this scheme, with an empty text: for callers who are known by something
   * else, such as their address. Not by a cookie: nothing would keep pages of other sites from using it. Default false.
   */
  readonly anonymous?: boolean | undefined;
  /**
   * Seconds for which a good answer holds, at most 3,600, and never past its `expiresAt`; one question at a time for each
   * credential. Refusals are never kept. Default 0: asked for each request.
   */
  readonly cache?: number | undefined;
}

/** A caller who is known and may not call. */
export interface Forbidden {
  /** Why, for the log; the caller is not told. */
  readonly forbidden: string;
}

/** What a verifier of one's own must at least say. */
export type VerifiedIdentity = Pick<Identity, 'subject'> &
  Partial<Omit<Identity, 'subject' | 'credential' | 'unknown'>> & {
    /** Milliseconds or seconds since the epoch. */ readonly expiresAt?: number | undefined;
  };
