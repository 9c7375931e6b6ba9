import type { ResponseAction, Severity, Subject } from '../detector.ts';

/** One thing that a detector saw, in an incident. */
export interface Detection {
  readonly detector: string;
  readonly title: string;
  /** Milliseconds since the epoch, from the facts. */
  readonly time: number;
  readonly about: Subject;
  readonly why: string;
  readonly strength: number;
  readonly severity: Severity;
  /** Id of the request that decided. */
  readonly request: string;
  readonly operation: string;
  readonly address: string;
  /** Who called; undefined where nobody was authenticated. */
  readonly principal: { readonly subject: string; readonly issuer: string } | undefined;
  readonly credential: string | undefined;
  /** Others got in from this address within two weeks: to bar it would bar them. */
  readonly shared: boolean;
}

/** How often something was part of an incident. */
export interface Tally {
  readonly name: string;
  readonly count: number;
}

/** What was handed out to those whom an incident is about. */
export interface GotOut {
  /** Answers 2xx and 3xx. */
  readonly answers: number;
  readonly objects: number;
  readonly records: number;
  readonly bytes: number;
  /** How often a sensitive property was handed out, by its name. */
  readonly sensitive: Readonly<Record<string, number>>;
}

/** Detections that belong together: an attack, as far as it can be told. */
export interface Incident {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly status: 'open' | 'closed';
  /** Somebody said that it is dealt with, or was none. */
  readonly dismissed?: { readonly time: number; readonly note: string } | undefined;
  /** Milliseconds since the epoch. */
  readonly start: number;
  readonly end: number;
  readonly owasp: readonly string[];
  /** Ids of the detectors. */
  readonly detectors: readonly string[];
  /** The time line: at most 50; the first and the latest stay. */
  readonly detections: readonly Detection[];
  readonly detectionCount: number;
  /** Most frequent first, at most 100 of each. */
  readonly principals: readonly Tally[];
  readonly credentials: readonly Tally[];
  readonly addresses: readonly Tally[];
  readonly operations: readonly Tally[];
  /** Type and keyed hash of objects, with what was decided: at most 100. */
  readonly objects: readonly { readonly type: string; readonly id: string; readonly verdict: string }[];
  /** Requests of those whom it is about since it began. */
  readonly requests: number;
  /** What was refused of them, by stage and problem type. */
  readonly refused: readonly Tally[];
  readonly gotOut: GotOut;
  /** What the callers had got in the hours before the first detection, as far as it is remembered. */
  readonly before: { readonly requests: number; readonly objects: number; readonly records: number };
  readonly remediation: string;
  /** What would be done automatically. */
  readonly action: ResponseAction;
}
