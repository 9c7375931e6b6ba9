/** How opaque tokens are asked about (RFC 7662). */
export interface IntrospectionConfiguration {
  /**
   * The introspection endpoint. Where absent it is found by discovery under the issuer. Where it is given and `jwks` is
   * not, every token is asked about and no keys are fetched.
   */
  readonly endpoint?: string | undefined;
  /** How this API identifies itself there (RFC 6749 section 2.3.1). */
  readonly client: { readonly id: string; readonly secret: string };
  /** Asks about signed tokens too, after their signature was verified. Default false: only tokens that are no JWT. */
  readonly all?: boolean | undefined;
  /** Seconds for which an answer may be used again; never past the token's `exp`. Default 0. */
  readonly cache?: number | undefined;
}

/** Proof of possession of the key that a token is bound to. */
export interface ProofConfiguration {
  /** True: tokens that are bound to nothing are refused. Default false. */
  readonly required?: boolean | undefined;
  /** Which proofs are taken. Default both. */
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
  /** Where used proofs are remembered; one store for several instances. Default this process. */
  readonly replay?: ReplayMemory | undefined;
}

/** Remembers what may be used once. */
export interface ReplayMemory {
  /**
   * @param key names what was used
   * @param until milliseconds since the epoch, until when it must be remembered
   * @param now milliseconds since the epoch
   * @returns `fresh` where it was not known before, `used` where it was, `full` where nothing more can be remembered
   */
  use(key: string, until: number, now: number): ReplayOutcome | Promise<ReplayOutcome>;
}

export type ReplayOutcome = 'fresh' | 'used' | 'full';
