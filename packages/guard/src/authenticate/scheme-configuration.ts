import type { JWK } from 'jose';
import type { SessionStore } from './sessions.ts';
import type { ReplayMemory, TokenConfiguration } from './token-configuration.ts';

/** What a principal is given, whatever proves who it is. */
export interface Grant {
  readonly subject: string;
  readonly scopes?: readonly string[] | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly tenant?: string | undefined;
}

/** Client certificates (`mutualTLS`). The TLS server verifies the chain; this says who the holder is. */
export interface CertificatesConfiguration {
  /** Browsers send certificates by themselves: pages of which other origins may use them. */
  readonly csrf?: CsrfConfiguration | undefined;
  readonly certificates: {
    /**
     * Where the subject is written in the certificate: the common name, or the only name of its kind in the
     * subject alternative name. Not needed where `known` names every certificate.
     */
    readonly subject?: 'common-name' | 'dns' | 'uri' | 'email' | undefined;
    /** Holders by SHA-256 fingerprint of their certificate (hex, colons allowed) or by subject. Others are refused unless `anyone`. */
    readonly known?: Readonly<Record<string, Grant>> | undefined;
    /** True: every certificate that the TLS server verified is accepted, under the subject that it names. Default false. */
    readonly anyone?: boolean | undefined;
  };
}

/** HTTP Message Signatures of machine clients (RFC 9421; `http` scheme `signature`). */
export interface SignaturesConfiguration {
  readonly signatures: {
    /** Clients by `keyid`. */
    readonly keys: Readonly<Record<string, Grant & { readonly key: JWK | string }>>;
    /**
     * What a signature must cover besides the body. Default `@method`, `@authority`, `@path`, `@query`; a request with a
     * body must cover `content-digest` too (RFC 9530), which is compared with the bytes that came.
     */
    readonly components?: readonly string[] | undefined;
    /** Seconds that a signature is good for after `created`. Default 300. */
    readonly maxAge?: number | undefined;
    /** True: a signature needs a `nonce` and is good once. Default false: the signature itself is good once. */
    readonly nonce?: boolean | undefined;
    /** Required `tag`. Default none. */
    readonly tag?: string | undefined;
    readonly replay?: ReplayMemory | undefined;
  };
}

/** Credentials that what is behind the guard verifies: any scheme but `mutualTLS`. */
export interface UpstreamConfiguration {
  /** The credential must be there and well-formed, and is passed on. CSRF defence is the upstream's own, too. */
  readonly upstream: true;
}

/** Credentials that what is behind the guard verifies, and whose holder an operation of the API names. */
export interface WhoamiConfiguration {
  /** `operationId` of the operation that answers who calls: a GET without parameters in its path. */
  readonly whoami: string;
  /** Address of the API for the question, `http://127.0.0.1:8000`. Not needed in the gateway, which asks its upstream. */
  readonly at?: string | undefined;
  /** Where its answer names the caller; of several the first that is there. */
  readonly subject: string | readonly string[];
  /** Where it names groups, scopes and tenant. Default `groups`; `scope`, else `scp`; none. */
  readonly groups?: TokenConfiguration['groups'];
  readonly scopes?: string | readonly string[] | undefined;
  readonly tenant?: string | undefined;
  /** True where callers without groups have no such member. Default false. */
  readonly optionalGroups?: boolean | undefined;
  /** Seconds for which an answer holds, a refusal too, at most 3,600. Default 10. */
  readonly cache?: number | undefined;
}

/** Session cookies (`apiKey` in `cookie`). */
export interface SessionsConfiguration {
  readonly sessions: SessionStore;
  readonly csrf?: CsrfConfiguration | undefined;
}

/** How requests that change something prove that they were not sent by another site's page. */
export interface CsrfConfiguration {
  /** Origins whose pages may send them besides the API's own: `https://app.example.com`. */
  readonly origins?: readonly string[] | undefined;
  /** Secret that tokens are made with, the same on every instance, at least 32 characters. Default: one of this process. */
  readonly secret?: string | undefined;
  /** Header field of the token. Default `x-csrf-token`. */
  readonly header?: string | undefined;
  /**
   * `always`: the token is needed besides an origin that fits. `fallback`: it is needed where a browser did not say
   * where the request comes from. Default `always`.
   */
  readonly token?: 'always' | 'fallback' | undefined;
}
