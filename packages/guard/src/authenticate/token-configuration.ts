import type { JSONWebKeySet, JWK } from 'jose';
import type { CsrfConfiguration } from './scheme-configuration.ts';

/** Signed JSON Web Tokens: `http` `bearer`, `oauth2`, `openIdConnect`, and `apiKey` schemes that carry one. */
export interface TokenConfiguration {
  /**
   * The exact `iss`; several where the same holds for all of them; one with a place for the tenant,
   * `https://login.company.com/{tenant}/v2.0`; or, only in code, a function that says what holds for an issuer. Not needed
   * with `secret`.
   */
  readonly issuer?: string | readonly string[] | IssuerResolver | undefined;
  /** Tenants that may stand in the place of an issuer that has one. `any` is everybody who is a tenant there. */
  readonly tenants?: readonly string[] | undefined;
  /** One of these must be in `aud`. Not needed where `require` names the client, or the secret is this API's alone. */
  readonly audience?: string | readonly string[] | undefined;
  /** Claims that a token must have, and what each must be or, where it is a list, hold; of several values one. */
  readonly require?: Readonly<Record<string, RequiredClaim>> | undefined;
  /**
   * True where the key set signs tokens for this API's clients only, so that no claim has to say whom they are for. Default
   * false.
   */
  readonly dedicatedKeys?: boolean | undefined;
  /** Shared secrets of `HS256` tokens, at least 32 bytes each; the first that fits. */
  readonly secret?: string | readonly string[] | undefined;
  /** Where the token is, where it is not in `Authorization`. */
  readonly from?: TokenPlace | undefined;
  /** For tokens in cookies. */
  readonly csrf?: CsrfConfiguration | undefined;
  /** Accepted signature algorithms, never taken from the token. Default: the asymmetric ones of RFC 7518 and RFC 8037. */
  readonly algorithms?: readonly string[] | undefined;
  /** A key set, its address, or a file with one. Where absent it is found by discovery under the issuer. */
  readonly jwks?: JSONWebKeySet | URL | string | undefined;
  /** How the provider is reached. */
  readonly connection?: ConnectionConfiguration | undefined;
  /** Seconds by which clocks may differ, at most 300. Default 30. */
  readonly clockSkew?: number | undefined;
  /** Required `typ` of the token's header, `at+jwt` for RFC 9068 access tokens. Default: absent, `JWT` or `at+jwt`. */
  readonly type?: string | undefined;
  /** Which claim holds the subject; of several the first that is there. Default `sub`, then `client_id`. */
  readonly subject?: string | readonly string[] | undefined;
  /** Which claims hold the groups: `claims.groups`, `/realm_access/roles`. Default `claims.groups`. */
  readonly groups?: string | readonly string[] | GroupsClaim | undefined;
  /** Which claims hold the scopes. Default `scope`, else `scp`. */
  readonly scopes?: string | readonly string[] | undefined;
  /** Which claim holds the tenant: `claims.tenant`. Default none, or the issuer's place for it. */
  readonly tenant?: string | undefined;
  /**
   * True where tokens of callers without groups have no such claim. Default false: where `groups` names a claim and a
   * token has it not, what policies could hold against a group is held against that caller.
   */
  readonly optionalGroups?: boolean | undefined;
  /** How many verified tokens are cached, at least; 0 for none. Default 50,000. */
  readonly cachedTokens?: number | undefined;
  /** @deprecated Older name of `cachedTokens`. */
  readonly remember?: number | undefined;
  /** Seconds that a token may live at most, from `iat` to `exp`; one that lives longer is refused. Default any. */
  readonly maxLifetime?: number | undefined;
  /** True where every token has a `jti` and is good for one request (RFC 7519 section 4.1.7). Default false. */
  readonly once?: boolean | undefined;
  /** Where ids of used tokens are kept; one store for several instances. Default this process. */
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

/** Several issuers of one scheme; written as a list. */
export interface IssuersConfiguration {
  readonly issuers: readonly TokenConfiguration[];
}

/** What a provider's tokens are like, by its name, with that provider's parameters; what stands beside them comes first. */
export interface PresetConfiguration extends Omit<TokenConfiguration, 'issuer'> {
  readonly preset: string;
  readonly [parameter: string]: unknown;
}

/** Only in code: says what holds for an issuer that a token names; undefined where it is not trusted. */
export type IssuerResolver = (
  issuer: string,
) => Partial<TokenConfiguration> | undefined | Promise<Partial<TokenConfiguration> | undefined>;

/** What a claim must be; of several values one. */
export type RequiredClaim = string | number | boolean | readonly (string | number | boolean)[];

/** Groups that are written in another way than as a list or one text. */
export interface GroupsClaim {
  readonly claim: string | readonly string[];
  /** What stands between groups that are one text: a space, a comma. */
  readonly separator?: string | undefined;
  /** Groups that are the member names of an object: all of them, or those that name the caller's tenant. */
  readonly members?: 'names' | 'names-of-tenant' | undefined;
}

/** Where a token is; one of them. */
export interface TokenPlace {
  readonly header?: string | undefined;
  readonly cookie?: string | undefined;
  readonly query?: string | undefined;
}

/** How a provider is reached whose certificate or name only this network knows. */
export interface ConnectionConfiguration {
  /** File of the authorities that its certificate may be of, in PEM. */
  readonly ca?: string | undefined;
  /** File of the certificate of this API as a client, in PEM (RFC 8705 section 2). */
  readonly certificate?: string | undefined;
  /** File of its private key, in PEM. */
  readonly key?: string | undefined;
  /** Names of hosts that are the provider of production although they look like this machine or one for tests. */
  readonly hosts?: readonly string[] | undefined;
}

/** How this API proves to a provider which client it is. */
export interface ProviderClient {
  readonly id: string;
  readonly secret?: string | undefined;
  /** Private key: a JWK, a file of one, or PKCS #8 in PEM for RS256. */
  readonly key?: JWK | string | undefined;
  /**
   * `basic` or `post` with the secret (RFC 6749 section 2.3.1), `private_key_jwt` with the key (RFC 7523), `mtls` with the
   * certificate of `connection` (RFC 8705). Default: `basic` where there is a secret, `private_key_jwt` where there is a key.
   */
  readonly auth?: 'basic' | 'post' | 'private_key_jwt' | 'mtls' | undefined;
}

/** How opaque tokens are asked about (RFC 7662). */
export interface IntrospectionConfiguration {
  /**
   * The introspection endpoint. Where absent it is found by discovery under the issuer. Where it is given and `jwks` is
   * not, every token is asked about and no keys are fetched.
   */
  readonly endpoint?: string | undefined;
  /** How this API proves there which client it is. */
  readonly client: ProviderClient;
  /** Asks about signed tokens too, after their signature was verified. Default false: only tokens that are no JWT. */
  readonly all?: boolean | undefined;
  /** Seconds for which an answer may be used again; never past the token's `exp`. Default 0. */
  readonly cache?: number | undefined;
}

/** Proof of possession of the key that a token is bound to. */
export interface ProofConfiguration {
  /** True: tokens that are bound to nothing are refused. Default false. */
  readonly required?: boolean | undefined;
  /** Which proofs are accepted. Default both. */
  readonly kinds?: readonly ('dpop' | 'certificate')[] | undefined;
  /** Algorithms of DPoP proofs. Default ES256, ES384, EdDSA, Ed25519, PS256, RS256. */
  readonly algorithms?: readonly string[] | undefined;
  /** Seconds that a proof is good for. Default 60. */
  readonly maxAge?: number | undefined;
  /**
   * Demands a nonce of this server in every proof (RFC 9449 section 9). True makes a secret of this process; several
   * instances share one: `${env:DPOP_NONCE_SECRET}`, at least 32 characters. Default false.
   */
  readonly nonce?: boolean | string | undefined;
  /** Where used proofs are kept; one store for several instances. Default this process. */
  readonly replay?: ReplayMemory | undefined;
}

/** Remembers what may be used once. */
export interface ReplayMemory {
  /**
   * @param key names what was used
   * @param until milliseconds since the epoch, until when it must be kept
   * @param now milliseconds since the epoch
   * @returns `fresh` where it was not known before, `used` where it was, `full` where nothing more can be kept
   */
  use(key: string, until: number, now: number): ReplayOutcome | Promise<ReplayOutcome>;
}

export type ReplayOutcome = 'fresh' | 'used' | 'full';
