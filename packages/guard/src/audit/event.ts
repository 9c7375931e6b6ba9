/**
 * One event per request: OCSF 1.5 class 6003 (API Activity). What OCSF has no field for stands under
 * `unmapped.castellan`. Bodies, query strings, header values and credentials never enter it.
 */
export interface GuardEvent {
  readonly class_uid: 6003;
  readonly category_uid: 6;
  /** 1 create, 2 read, 3 update, 4 delete, 99 other. */
  readonly activity_id: 1 | 2 | 3 | 4 | 99;
  readonly type_uid: number;
  /** 1 informational, 3 medium (refused), 4 high (withheld or failed), 5 critical (nobody decided). */
  readonly severity_id: 1 | 3 | 4 | 5;
  /** 1 success, 2 failure. */
  readonly status_id: 1 | 2;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Milliseconds, a whole number; facts and traces have it exactly. */
  readonly duration: number;
  readonly metadata: {
    readonly version: string;
    readonly uid: string;
    readonly product: { readonly name: string; readonly vendor_name: string };
  };
  readonly api: { readonly operation: string; readonly version: string; readonly service: { readonly name: string } };
  readonly actor: {
    /** `{ name: 'unknown', type_id: 0 }` where nobody was recognised. */
    readonly user?: { readonly uid?: string; readonly name?: string; readonly type_id?: 0 };
    readonly session?: { readonly uid: string; readonly issuer: string };
  };
  readonly src_endpoint: { readonly ip: string };
  readonly http_request: { readonly http_method: string; readonly url: { readonly path: string } };
  readonly http_response: { readonly code: number };
  readonly unmapped: { readonly castellan: CastellanEvent };
}

export interface CastellanEvent {
  readonly mode: 'enforce' | 'observe' | 'off';
  /** Of answers, where it is another one. */
  readonly responseMode?: 'enforce' | 'observe' | 'off';
  /** The contract's digest, first 12 hex digits. */
  readonly contract: string;
  /** The documented path template; absent where no operation was found. */
  readonly template?: string;
  /** Where the request stands in a trace, as a trusted proxy said (W3C Trace Context). */
  readonly trace?: {
    readonly traceId: string;
    readonly spanId: string;
    readonly parentId: string;
    readonly flags: number;
  };
  /** The request is for no part of the API and passed: the entry of `outside` that names it. */
  readonly outside?: string;
  /** What the contract does not name and was removed or passed: names, places (RFC 6901), statuses. */
  readonly undocumented?: readonly {
    readonly what: string;
    readonly done: string;
    readonly places: readonly string[];
  }[];
  /** What is written otherwise than the contract asks and was let through: which leniency, and where (RFC 6901). */
  readonly lenient?: readonly { readonly what: string; readonly places: readonly string[] }[];
  /** What was refused: by which stage, problem type and reason. */
  readonly refused?: RefusedEvent;
  /** What policies permitted, of a request that was not refused. */
  readonly allowed?: readonly AllowedEvent[];
  /** Why policies allowed the request, in words; only where the guard was asked to explain. */
  readonly explained?: string;
  /** Who called, under a key of that person, where people have pseudonyms (`audit.pseudonyms`). */
  readonly sealed?: string;
  /** Who acts for the subject (RFC 8693 section 4.1). */
  readonly act?: ActorEvent;
  /** What policies raise that decided (`@alarm("break-glass")`). */
  readonly alarms?: readonly string[];
  /** What would have been refused, or in the answer been changed (type `response-changed`), in mode `enforce`. */
  readonly observed?: readonly RefusedEvent[];
  /** Properties and objects that were removed from the response. */
  readonly removed?: number;
  /** What was changed in the answer, and where: RFC 6901 pointers, at most 20, or why an error body was replaced. */
  readonly changed?: readonly { readonly reason: string; readonly places: readonly string[] }[];
  /** An exception of the handler or of a stage: its name, code and the places of its stack, never what it says. */
  readonly failure?: string;
}

/** An action that policies permitted, on objects of one type. */
interface AllowedEvent {
  readonly action: string;
  /** Ids of the policies that permitted it, at most 20. */
  readonly policies: readonly string[];
  readonly object: ObjectEvent;
  /** How many objects were decided on at once, where there were several. */
  readonly objects?: number;
}

/** An object as a log may name it. */
interface ObjectEvent {
  readonly type: string;
  /** A keyed hash of the id (`audit.key`): the same object is the same text. Absent where it is about none or several. */
  readonly id?: string;
}

/** The claim `act` without anything but names. */
export interface ActorEvent {
  readonly sub: string;
  readonly iss?: string;
  readonly act?: ActorEvent;
}

export interface RefusedEvent {
  readonly stage: string;
  readonly type: string;
  readonly reason?: string;
  /** Names and places, never values. */
  readonly log?: string;
  /** Of a refusal by policy: what was asked about what, and ids of the policies that forbid it; none where none permits it. */
  readonly action?: string;
  readonly policies?: readonly string[];
  readonly object?: ObjectEvent;
  /** `pointer keyword` of the first issues. */
  readonly issues?: readonly string[];
}
