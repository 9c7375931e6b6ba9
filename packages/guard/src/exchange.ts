import type { DecodedParameters, Mode, Operation, RouteMatch } from '@castellan/contract';
import type { Answer } from './answer.ts';
import type { AuthContext } from './auth-context.ts';
import type { Authorization } from './authorize/authorization.ts';
import type { Ledger } from './authorize/ledger.ts';
import type { StageTimer } from './facts/stage-timer.ts';
import type { Fields } from './fields.ts';
import type { HandedOut } from './limits/handed-out.ts';
import type { IncomingRequest } from './incoming.ts';
import type { LeniencyUse } from './lenient/index.ts';
import type { UndocumentedUse } from './undocumented.ts';
import type { Tap } from './learn/tap.ts';
import type { Plan } from './plan.ts';
import type { TraceContext } from './trace-context.ts';
import type { Refusal } from './problem.ts';
import type { StageName } from './stage.ts';
import type { Ruling } from './stages/ruling.ts';

const noParameters: DecodedParameters = Object.freeze({
  path: Object.freeze({}),
  query: Object.freeze({}),
  header: Object.freeze({}),
  cookie: Object.freeze({}),
});

/** A refusal, and the stage that decided it. */
export interface Verdict {
  readonly stage: StageName;
  readonly refusal: Refusal;
}

/** What became of an answer that left all the same. */
export interface Change {
  readonly reason: 'undocumented-property' | 'unreadable-property' | 'denied-object' | 'error-replaced' | 'list-cut';
  /** Where, as RFC 6901 pointers; or why. Never values. */
  readonly places: readonly string[];
}

/** An object that was taken out of an answer. */
export interface RemovedObject {
  readonly type: string;
  /** Empty where it does not say. */
  readonly id: string;
}

/** Objects that were removed and are named at most. */
const maxRemoved = 100;
/** Places that an event names at most. */
const maxPlaces = 20;

/**
 * One request on its journey and everything that the stages learnt about it.
 * Made once per request; every field is set in the constructor so that all exchanges have one shape.
 */
export class Exchange {
  /** The request id: in the problem details, in the event, in `x-request-id`. */
  readonly id: string;
  readonly incoming: IncomingRequest;
  readonly origin: string | undefined;
  /** Milliseconds since the epoch, from the guard's clock. */
  readonly now: number;
  /** Monotonic milliseconds, for the duration. */
  readonly startedAt: number;

  /** Where the request stands in a trace, as a trusted proxy says; undefined where none does. */
  trace: TraceContext | undefined = undefined;
  /** Set by `frame`: the header fields that the stages need, found in one pass. */
  fields: Fields | undefined = undefined;
  /** Set by `frame`: the client's address, after trusted proxies. */
  address = '';
  /** Set by `route`: canonical path and raw query. */
  path = '';
  query = '';
  match: RouteMatch | undefined = undefined;
  plan: Plan | undefined = undefined;
  /** Set by `route` where the request is for no part of the API, and passes: what names it. */
  outside: string | undefined = undefined;
  /** True where a HEAD request is answered by the GET operation. */
  headOfGet = false;
  /** Set by `authenticate`. */
  auth: AuthContext | undefined = undefined;
  /** Set by `authenticate` where a signature covers the body: the `Content-Digest` that the bytes must have. */
  contentDigest: string | undefined = undefined;
  /** Set by `authenticate`: proofs that were good for this request only. */
  usedUp: Set<string> | undefined = undefined;
  /** The body was waited for, and what may have ended since is asked a second time. */
  again = false;
  /** Set by `authorize`, where there are policies: what was decided in this request. */
  rulings: Authorization | undefined = undefined;
  /** Set by `authorize`, where a policy has to decide: the question that is open until it was. */
  ledger: Ledger | undefined = undefined;
  /** Set by `receive`: the request body's bytes, inflated. */
  body: Uint8Array | undefined = undefined;
  /** Set by `validate`: the decoded parameters, and the decoded body. */
  parameters: DecodedParameters = noParameters;
  value: unknown = undefined;

  /** The first refusal in force, request or response side. */
  verdict: Verdict | undefined = undefined;
  /** An answer of the guard's own that is no refusal (OPTIONS, the problems page). */
  answer: Answer | undefined = undefined;
  /** What would have been refused, where the mode is `observe`. */
  observed: Verdict[] | undefined = undefined;
  /** Status of the answer that left, 0 where the connection was cut. */
  status = 0;
  /** Bytes of the answer's body, where known. */
  bytesOut = 0;
  /** Set by `route` where the answer of a request that reaches no operation is held back all the same. */
  release: Ruling | undefined = undefined;
  /** The mode of requests that counts: of the API until the operation is known, then of the operation. */
  mode: Mode = 'enforce';
  /** The same of answers. */
  responseMode: Mode = 'enforce';
  /** What the answer gives away, where something counts it: a budget, a cost, a sink of facts. */
  handedOut: HandedOut | undefined = undefined;
  /** Measures stages, where somebody is given facts. */
  timer: StageTimer | undefined = undefined;
  /** Objects that `release` took out of the answer, or under `observe` would have; the first of them. */
  removedObjects: RemovedObject[] | undefined = undefined;
  /** Number of properties and objects that `release` removed. */
  removed = 0;
  /** What `release` changed in the answer, or under `observe` would have. */
  changes: Change[] | undefined = undefined;
  /** What the contract does not name and was not refused. */
  undocumented: UndocumentedUse[] | undefined = undefined;
  /** Where a value is written otherwise than the contract asks, and was let through. */
  leniencies: LeniencyUse[] | undefined = undefined;
  /** Whether the query or body that goes on is another one than came. */
  rewritten = false;
  /** The exception of a handler, for the log only. */
  failure: unknown = undefined;
  /** The error that the refusal was handed to the application as. */
  raised: unknown = undefined;
  /** Where exchanges are recorded for `castellan learn`: what passes of this one. */
  tap: Tap | undefined = undefined;
  /** Runs once when the exchange ended: counters to give back, requests to count. */
  finish: (() => void) | undefined = undefined;

  constructor(
    id: string,
    incoming: IncomingRequest,
    now: number,
    startedAt: number,
    /** The configured origin of the API, where it is not what the connection says. */
    origin: string | undefined,
  ) {
    this.id = id;
    this.origin = origin;
    this.incoming = incoming;
    this.now = now;
    this.startedAt = startedAt;
  }

  /**
   * Notes a change of the answer.
   * @param count how many properties or objects were removed
   */
  change(reason: Change['reason'], places: readonly string[], count = 0): void {
    this.removed += count;
    (this.changes ??= []).push({ reason, places: places.slice(0, maxPlaces) });
  }

  /** Notes objects that were taken out of the answer. */
  removeObjects(objects: readonly RemovedObject[]): void {
    const known = (this.removedObjects ??= []);
    for (const one of objects) if (known.length < maxRemoved) known.push(one);
  }

  /** Notes what the contract does not name and was not refused. */
  tolerate(what: UndocumentedUse['what'], done: UndocumentedUse['done'], places: readonly string[]): void {
    (this.undocumented ??= []).push({
      what,
      done,
      places: places.slice(0, maxPlaces).map((place) => place.slice(0, 100)),
    });
  }

  /** Notes what is written otherwise than the contract asks, and was let through. */
  lenient(what: LeniencyUse['what'], places: readonly string[]): void {
    if (places.length === 0) return;
    (this.leniencies ??= []).push({
      what,
      places: places.slice(0, maxPlaces).map((place) => place.slice(0, 100)),
    });
  }

  get operation(): Operation | undefined {
    return this.match?.operation;
  }

  /** What decides on the answer; undefined where it leaves as it comes. */
  get ruling(): Ruling | undefined {
    return this.plan === undefined ? this.release : this.plan.responseMode === 'off' ? undefined : this.plan.release;
  }

  get authorization(): string | undefined {
    return this.fields?.authorization;
  }

  /** The address that the caller used, without the query: what proofs of possession are bound to (RFC 9449 section 4.3). */
  get url(): string {
    const origin = this.origin ?? `${this.incoming.encrypted ? 'https' : 'http'}://${this.fields?.host ?? ''}`;
    return `${origin}${this.path}`;
  }
}
