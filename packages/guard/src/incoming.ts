import type { X509Certificate } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** A request as an adapter hands it over: nothing decoded, nothing trusted. */
export interface IncomingRequest {
  /** As received, case kept. */
  readonly method: string;
  /** The request target as received: `/v1/orders?limit=20`. */
  readonly target: string;
  /** Name, value, name, value… as received. */
  readonly rawHeaders: readonly string[];
  /** The same by lower-cased name, as Node joins them. */
  readonly headers: IncomingHttpHeaders;
  /** `1.1`, `2.0`. */
  readonly httpVersion: string;
  /** The peer's address, before trusted proxies are considered. */
  readonly remoteAddress: string;
  /** Whether the connection that reached this process is TLS. */
  readonly encrypted: boolean;
  /** What stands for the connection that the request came on, the same object for all of its requests. Imitated requests have none. */
  readonly connection?: object | null | undefined;
  /** The verified client certificate of a mutual-TLS connection; set by `authenticate` where a trusted proxy names it. */
  clientCertificate?: (() => X509Certificate | undefined) | undefined;
  /** Whether the body is one that a parser before the guard has read, and inflated, whatever the fields say. */
  readonly inflated?: boolean | undefined;
  /**
   * Reads the whole body.
   * @param limit bytes
   * @returns the bytes; `too-large` as soon as there are more than `limit`, the rest being unread;
   * `aborted` where the connection ended before the body did
   */
  readonly readBody?: ((limit: number) => Promise<Uint8Array | 'too-large' | 'aborted'>) | undefined;
}
