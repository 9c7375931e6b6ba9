import type { Operation, SecurityScheme } from '@castellan/contract';
import type { AuthContext } from './auth-context.ts';
import type { Place } from './authenticate/shown.ts';
import type { IncomingRequest } from './incoming.ts';

/** What one verified credential says about its holder; merged into one AuthContext when a requirement has several. */
export type Identity = Pick<
  AuthContext,
  'subject' | 'issuer' | 'scopes' | 'groups' | 'claims' | 'credential' | 'tenant' | 'unknown'
> & {
  /** When the credential was issued, milliseconds since the epoch: revoking a subject ends what is older. */
  readonly issuedAt?: number | undefined;
};

export type SchemeOutcome =
  /** The credential is good. */
  | { readonly outcome: 'verified'; readonly identity: Identity }
  /** The request carries no credential of this scheme. */
  | { readonly outcome: 'missing' }
  /** It carries one that is not good. `reason` is stable kebab case and goes to the log, never to the caller. */
  | {
      readonly outcome: 'refused';
      readonly reason: string;
      /** More for the log: what a verifier threw. */ readonly log?: string | undefined;
      /** Parameters for this scheme's challenge: `error="invalid_token"`. */ readonly challenge?: string | undefined;
      /** More header fields for the answer (`DPoP-Nonce`). */ readonly headers?:
        | Readonly<Record<string, string>>
        | undefined;
    }
  /** It is good, and its holder may not call. Answered 403. */
  | { readonly outcome: 'forbidden'; readonly reason: string; readonly log?: string | undefined }
  /** Nobody can say now: the provider or the key store is out of reach. Answered 503. */
  | {
      readonly outcome: 'unavailable';
      readonly reason: string;
      readonly retryAfterSeconds: number;
      /** What is out of reach, since when and what to do: for the log. */ readonly log?: string | undefined;
    }
  /** Too many guesses. Answered 429. */
  | { readonly outcome: 'throttled'; readonly retryAfterSeconds: number };

/** What a verifier may look at. */
export interface SchemeRequest {
  readonly incoming: IncomingRequest;
  /** The `Authorization` field; a duplicate was refused before. */
  readonly authorization: string | undefined;
  /** The client's address after trusted proxies. */
  readonly address: string;
  /** `https://api.example.com/v1/orders`: what DPoP and message signatures bind to, without query. */
  readonly url: string;
  /** Milliseconds since the epoch, when it is asked. */
  readonly now: number;
  /**
   * Where the request is asked a second time, because its body was waited for: when it arrived, milliseconds since the
   * epoch. That is when its proofs had to be fresh.
   */
  readonly arrivedAt?: number | undefined;
  /** What this request used up: proofs that are good once. */
  usedUp?: Set<string> | undefined;
  /**
   * Set by a scheme whose signature covers the body: the `Content-Digest` field that the bytes, once read, must have
   * (RFC 9530). The `receive` stage compares them.
   */
  contentDigest?: string | undefined;
}

/** Verifies one security scheme of the contract. Made at load; synchronous where the answer is remembered. */
export interface SchemeVerifier {
  readonly scheme: SecurityScheme;
  /** Where the credential is, where it is not where the scheme has it. */
  readonly place?: Place | undefined;
  /** The `WWW-Authenticate` challenge without parameters, `Bearer realm="…"` (RFC 9110 section 15.5.2). */
  readonly challenge: string;
  readonly verify: (request: SchemeRequest) => SchemeOutcome | Promise<SchemeOutcome>;
  /** Another verifier of the same scheme where an operation needs one. */
  readonly forOperation?: ((operation: Operation) => SchemeVerifier | undefined) | undefined;
  /** Told of the status that what is behind answered to a request whose credential was passed on. */
  readonly answered?: ((request: SchemeRequest, status: number) => void) | undefined;
  /** What is weak about this configuration (`mock-identity`, `key-in-query`): said at start-up, refused in production where fatal. */
  readonly notices: readonly SchemeNotice[];
  /** True where browsers attach the credential by themselves, so that other sites' pages can use it. */
  readonly ambient?: boolean | undefined;
  /** Ends timers and connections. */
  readonly close?: (() => Promise<void>) | undefined;
}

export interface SchemeNotice {
  readonly code: string;
  readonly message: string;
  readonly fatalInProduction: boolean;
  /** What to do in production instead. */
  readonly mend?: string | undefined;
}
