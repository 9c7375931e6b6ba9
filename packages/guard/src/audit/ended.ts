import type { AuthContext } from '../auth-context.ts';
import type { Decisions } from '../authorize/decisions.ts';
import type { AttemptFact } from '../facts/facts.ts';
import type { Probe } from '../facts/probe.ts';
import type { StageTimings } from '../facts/stage-timer.ts';
import type { Change, Exchange, RemovedObject, Verdict } from '../exchange.ts';
import type { LeniencyUse } from '../lenient/index.ts';
import type { TraceContext } from '../trace-context.ts';
import type { HandedOut } from '../limits/handed-out.ts';
import type { UndocumentedUse } from '../undocumented.ts';
import { thrownPlaces } from './thrown.ts';

const maxAgent = 512;
/** What a method is called; anything else is a caller's text. */
const methodName = /^[A-Z]{1,12}(?:-[A-Z]{1,12})?$/;

/** What the event of an ended exchange is written from: no body, no header field, nothing that keeps a connection alive. */
export class Ended {
  readonly id: string;
  readonly now: number;
  /** Milliseconds. */
  readonly duration: number;
  readonly auth: AuthContext | undefined;
  readonly address: string;
  readonly method: string;
  /** The canonical path, or that of the target as received where there was none to be found. Never the query. */
  readonly path: string;
  readonly status: number;
  readonly verdict: Verdict | undefined;
  readonly observed: readonly Verdict[] | undefined;
  readonly explained: string | undefined;
  /** What policies permitted. */
  readonly decisions: Decisions | undefined;
  readonly removed: number;
  readonly undocumented: readonly UndocumentedUse[] | undefined;
  readonly leniencies: readonly LeniencyUse[] | undefined;
  readonly outside: string | undefined;
  readonly trace: TraceContext | undefined;
  readonly changes: readonly Change[] | undefined;
  readonly removedObjects: readonly RemovedObject[] | undefined;
  readonly timings: StageTimings | undefined;
  /** What was thrown and where; never what it says. */
  readonly failure: string | undefined;
  /** The exchange goes on: its event says what is known so far. */
  begun = false;
  /** The event, where it was written already: it is made once. */
  line: string | undefined = undefined;
  /** `User-Agent`, cut to 512 characters. */
  readonly agent: string | undefined;
  /** What was presented and refused; looked for only where somebody asks for facts. */
  readonly attempt: AttemptFact | undefined;
  /** What its values look like an attempt at, where it was refused. */
  readonly probe: Probe | undefined;
  /** What the answer gave away; counted only where somebody wants to know. */
  readonly handedOut: HandedOut | undefined;
  readonly bytesIn: number;
  readonly bytesOut: number;

  /** @param now monotonic milliseconds */
  constructor(exchange: Exchange, now: number, attempt?: AttemptFact, probe?: Probe) {
    this.attempt = attempt;
    this.probe = probe;
    const { incoming, path, failure } = exchange;
    this.id = exchange.id;
    this.now = exchange.now;
    this.duration = now - exchange.startedAt;
    this.auth = exchange.auth;
    this.address = exchange.address;
    this.method = methodName.test(incoming.method) ? incoming.method : 'OTHER';
    this.path = path === '' ? (incoming.target.split('?', 1)[0] ?? '') : path;
    this.status = exchange.status;
    this.verdict = exchange.verdict;
    this.observed = exchange.observed;
    this.decisions = exchange.rulings?.decisions;
    this.explained = exchange.rulings?.explained;
    this.removed = exchange.removed;
    this.undocumented = exchange.undocumented;
    this.leniencies = exchange.leniencies;
    this.outside = exchange.outside;
    this.trace = exchange.trace;
    this.changes = exchange.changes;
    this.removedObjects = exchange.removedObjects;
    this.timings = exchange.timer?.timings;
    this.agent = exchange.fields?.userAgent?.slice(0, maxAgent);
    this.bytesIn = exchange.body?.length ?? lengthOf(exchange.fields?.contentLength);
    this.handedOut = exchange.handedOut;
    this.bytesOut = exchange.bytesOut === 0 ? (exchange.handedOut?.bytes ?? 0) : exchange.bytesOut;
    this.failure = failure === undefined ? undefined : thrownPlaces(failure);
  }

  /** Says that the exchange goes on. */
  asBegun(): this {
    this.begun = true;
    return this;
  }
}

/** What a request says of its body that nobody had to read. */
function lengthOf(told: string | undefined): number {
  return told !== undefined && /^\d{1,15}$/.test(told) ? Number(told) : 0;
}
