import type { Incident, IncidentChange, WrittenDetection } from '@castellan/detect';
import type { Exchange, GuardOptions } from '@castellan/guard';
import type { ContextOptions } from './context-token.ts';

/** How a gateway is set up: a guard's options, and where to listen and forward. */
export interface GatewayOptions extends GuardOptions {
  /** `http://10.0.0.11:8080`, or several that share the requests. A path prefix is put before every forwarded path. */
  readonly upstream: string | URL | readonly UpstreamOptions[];
  /** 0 takes a free port. Default 8080. */
  readonly port?: number | undefined;
  /** Default `127.0.0.1`: being reachable from outside is a decision. */
  readonly host?: string | undefined;
  readonly tls?: TlsFileOptions | undefined;
  /** The signed `castellan-context` field for the upstream; `false` sends none. */
  readonly context?: ContextOptions | false | undefined;
  /** Milliseconds: towards the upstream, in the queue, and towards callers that do not read. */
  readonly timeouts?: Partial<Timeouts> | undefined;
  /** For each upstream. */
  readonly capacity?: Partial<Capacity> | undefined;
  /**
   * Names under which callers reach the API, beside those of the document's servers and `origin`: `api.example.com`. The
   * upstream gets no other (`X-Forwarded-Host`).
   */
  readonly hosts?: readonly string[] | undefined;
  /** Makes the `castellan-context` of a request in place of the gateway; undefined sends none. */
  readonly contextToken?: ((exchange: Exchange) => Promise<string> | string | undefined) | undefined;
  /**
   * Address of health and metrics, never that of the API: `127.0.0.1:9901`, or a port of the loopback address. Default
   * nowhere.
   */
  readonly admin?: string | number | undefined;
  /** Looks for attacks in what happens: `true`, or how. Incidents go to `onIncident` and to the admin address. */
  readonly detect?: boolean | WrittenDetection | undefined;
  /** Called with each incident, when it opens, when it becomes another one, and when it ends. */
  readonly onIncident?: ((incident: Incident, change: IncidentChange) => void) | undefined;
}

/** One of several upstreams. */
export interface UpstreamOptions {
  readonly url: string | URL;
  /** Its share of the requests: a whole number, beside those of the others; 0 gets none. Default 1. */
  readonly weight?: number | undefined;
  /** PEM file of the authorities that its certificate is checked against. Default: those that Node knows. */
  readonly ca?: string | undefined;
}

/** PEM files. With `clientCa` callers are asked for a certificate; the contract says who needs one (`mutualTLS`). */
export interface TlsFileOptions {
  readonly cert: string;
  readonly key: string;
  readonly clientCa?: string | undefined;
  /** Default `TLSv1.2`. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3' | undefined;
}

/** Time limits, in milliseconds. */
export interface Timeouts {
  /** For a connection to the upstream. Default 5,000. */
  readonly connect: number;
  /** For the head of an answer. Default 30,000. */
  readonly head: number;
  /** Between two pieces of an answer. Default 30,000. */
  readonly body: number;
  /** The same for event streams and other sequences of items, which may be silent. Default 3,600,000. */
  readonly stream: number;
  /** For a place on the way to the upstream, before 503. Default 5,000. */
  readonly queue: number;
  /** How long a caller may leave all of what waits for it unread, before its connection ends. Default 30,000. */
  readonly send: number;
}

/** How many requests are under way at once. */
export interface Capacity {
  /** Exchanges with the upstream, beside those that may stream. Default 128. */
  readonly connections: number;
  /** Exchanges of operations that document event streams or other sequences of items. Default 10,000. */
  readonly streams: number;
  /** Requests that wait for a place; more are answered 503. Default 1,000. */
  readonly queue: number;
}
