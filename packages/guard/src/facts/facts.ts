import type { Probe } from './probe.ts';
import type { StageTimings } from './stage-timer.ts';

/**
 * What happened in one exchange, as plain values: what sinks, detectors, evidence and sightings are given. No body, no value
 * of a parameter, no credential: ids of objects and accounts are keyed hashes.
 */
export interface Facts {
  /** The request id. */
  readonly id: string;
  /** When the request came: milliseconds since the epoch. */
  readonly time: number;
  /** Milliseconds until the answer was sent. */
  readonly duration: number;
  /** Title of the contract, and its digest (first 12 hex digits). */
  readonly api: string;
  readonly contract: string;
  /** `operationId`, or method and template; empty where the request reached no operation. */
  readonly operation: string;
  readonly method: string;
  /** The documented path template; of what reached no operation the path, identifiers in it as keyed hashes. */
  readonly template: string;
  readonly status: number;
  readonly address: string;
  /** A keyed hash of `User-Agent`; empty without one. */
  readonly agent: string;
  /** Who called; undefined where nobody was authenticated. */
  readonly principal: PrincipalFact | undefined;
  /** A credential that was refused: by the guard, or by the application where it signs people in itself. */
  readonly attempt: AttemptFact | undefined;
  /** By which stage it was refused, and why; undefined where it was not. */
  readonly refused: RefusedFact | undefined;
  /** What the values of a refused request look like an attempt at: `sql`, `script`, `path` and others. Never the values; absent where they do not. */
  readonly probe?: Probe | undefined;
  /** What `enforce` would have refused, where the mode is `observe`. */
  readonly observed: readonly RefusedFact[];
  /** Objects that were decided on or handed out, at most 100; `objectCount` says how many there were. */
  readonly objects: readonly ObjectFact[];
  readonly objectCount: number;
  /** Records in the answer. */
  readonly records: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** How often a sensitive property was handed out, by its name. */
  readonly sensitive: Readonly<Record<string, number>>;
  /** Properties and objects that were removed from the answer. */
  readonly removed: number;
  /** What was removed from the answer or replaced in it, or under `observe` would have been; absent where nothing was. */
  readonly changes?: readonly ChangeFact[] | undefined;
  /**
   * Milliseconds that each stage took, with what it waited for; stages that did not run are absent. `handler` is from the handler's door
   * to the end of the answer, with what `release` took.
   */
  readonly timings?: StageTimings | undefined;
  /** Alarms of the policies that decided (`@alarm`). */
  readonly alarms: readonly string[];
  /** W3C trace context. */
  readonly trace:
    | {
        readonly traceId: string;
        readonly spanId: string;
        /** What asked, and whether it records its part. */
        readonly parentId?: string | undefined;
        readonly sampled?: boolean | undefined;
      }
    | undefined;
}

export interface PrincipalFact {
  readonly subject: string;
  readonly issuer: string;
  readonly tenant: string | undefined;
  /** What it was authenticated by (`bearer`, `api-key`, `basic` …), and the id of that credential (never the credential). */
  readonly credentialKind: string;
  readonly credentialId: string;
}

export interface AttemptFact {
  readonly kind: string;
  /** Keyed hash of the account that was named, where one was. */
  readonly account: string | undefined;
  /** Keyed hash of what was presented: the same password for many accounts has one. */
  readonly secret: string | undefined;
}

export interface RefusedFact {
  readonly stage: string;
  /** Problem type, without its base. */
  readonly type: string;
  readonly reason: string | undefined;
}

export interface ChangeFact {
  /** `undocumented-property`, `unreadable-property`, `denied-object`, `error-replaced`, `list-cut`. */
  readonly reason: string;
  /** Where, as RFC 6901 pointers without values, at most 20; or why an error body was replaced. */
  readonly places: readonly string[];
}

export interface ObjectFact {
  readonly type: string;
  /** Keyed hash of the id. */
  readonly id: string;
  /** `removed`: it was taken out of the answer, because a policy does not let the caller read it. */
  readonly verdict: 'permitted' | 'refused' | 'removed';
}

/** Is given each exchange once, after it ended; must not throw, and is not waited for. */
export type FactSink = (facts: Facts) => void;
