import type { SecurityScheme } from '@castellan/contract';
import type { AuthContext } from './auth-context.ts';
import type { IncomingRequest } from './incoming.ts';

/** What one verified credential says about its holder; merged into one AuthContext when a requirement has several. */
export type Identity = Pick<
  AuthContext,
  'subject' | 'issuer' | 'scopes' | 'groups' | 'claims' | 'credential' | 'tenant'
>;

export type SchemeOutcome =
  /** The credential is good. */
  | { readonly outcome: 'verified'; readonly identity: Identity }
  /** The request carries no credential of this scheme. */
  | { readonly outcome: 'missing' }
  /** It carries one that is not good. `reason` is stable kebab case and goes to the log, never to the caller. */
  | {
      readonly outcome: 'refused';
      readonly reason: string;
      /** Parameters for this scheme's challenge: `error="invalid_token"`. */ readonly challenge?: string | undefined;
      /** More header fields for the answer (`DPoP-Nonce`). */ readonly headers?:
        | Readonly<Record<string, string>>
        | undefined;
    }
  /** Nobody can say now: the provider or the key store is out of reach. Answered 503. */
  | { readonly outcome: 'unavailable'; readonly reason: string; readonly retryAfterSeconds: number }
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
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The request body, where a scheme needs it (Content-Digest). Undefined before it was read. */
  readonly body?: Uint8Array | undefined;
}

/** Verifies one security scheme of the contract. Made at load; synchronous where the answer is remembered. */
export interface SchemeVerifier {
  readonly scheme: SecurityScheme;
  /** The `WWW-Authenticate` challenge without parameters, `Bearer realm="…"`; undefined where HTTP has none. */
  readonly challenge: string | undefined;
  readonly verify: (request: SchemeRequest) => SchemeOutcome | Promise<SchemeOutcome>;
  /** What is weak about this configuration (`mock-identity`, `key-in-query`): said at start-up, refused in production where fatal. */
  readonly notices: readonly { readonly code: string; readonly message: string; readonly fatalInProduction: boolean }[];
  /** Ends timers and connections. */
  readonly close?: (() => Promise<void>) | undefined;
}
