import type { Facts } from '../facts/facts.ts';

/** Requests of one method, template and day, as a report has them. Times in milliseconds. */
export interface ReportedCounts {
  readonly method: string;
  readonly template: string;
  readonly documented: boolean;
  readonly day: string;
  hits: number;
  ok: number;
  redirected: number;
  refused: number;
  failed: number;
  bytesIn: number;
  bytesOut: number;
  duration: number;
  first: number;
  last: number;
}

/** Who called what. */
export interface ReportedConsumer {
  readonly operation: string;
  readonly principal: string;
  readonly credential: string;
  hits: number;
  last: number;
}

/** Entries of each kind between two reports: whoever calls can make as many as they like. */
const most = 2_000;

const nothing = {
  hits: 0,
  ok: 0,
  redirected: 0,
  refused: 0,
  failed: 0,
  bytesIn: 0,
  bytesOut: 0,
  duration: 0,
} as const;

/** Whoever calls may write any method. */
function wordOf(method: string): string {
  const letters = method.toUpperCase().replaceAll(/[^A-Z]/g, '');
  return letters === '' ? 'OTHER' : letters.slice(0, 20);
}

/** Adds up facts until they are reported. */
export class ReportCounts {
  readonly #sightings = new Map<string, ReportedCounts>();
  readonly #consumers = new Map<string, ReportedConsumer>();
  /** Exchanges that no entry was free for, or whose caller had none. */
  dropped = 0;

  add({ time, duration, operation, method, template, status, bytesIn, bytesOut, principal }: Facts): void {
    const day = new Date(time).toISOString().slice(0, 10);
    const key = `${method} ${template} ${day}`;
    let counts = this.#sightings.get(key);
    if (counts === undefined) {
      if (this.#sightings.size >= most) {
        this.dropped += 1;
        return;
      }
      counts = {
        ...nothing,
        method: wordOf(method),
        template: template.slice(0, 1_000),
        documented: operation !== '',
        day,
        first: time,
        last: time,
      };
      this.#sightings.set(key, counts);
    }
    counts.hits += 1;
    if (status < 300) counts.ok += 1;
    else if (status < 400) counts.redirected += 1;
    else if (status < 500) counts.refused += 1;
    else counts.failed += 1;
    counts.bytesIn += bytesIn;
    counts.bytesOut += bytesOut;
    counts.duration += duration;
    counts.first = Math.min(counts.first, time);
    counts.last = Math.max(counts.last, time);
    if (principal !== undefined && operation !== '')
      this.#consumer(operation, `${principal.issuer} ${principal.subject}`, principal.credentialKind, time);
  }

  #consumer(operation: string, principal: string, credential: string, time: number): void {
    const key = `${operation} ${credential} ${principal}`;
    const known = this.#consumers.get(key);
    if (known !== undefined) {
      known.hits += 1;
      known.last = Math.max(known.last, time);
    } else if (this.#consumers.size >= most) this.dropped += 1;
    else this.#consumers.set(key, { operation: operation.slice(0, 300), principal, credential, hits: 1, last: time });
  }

  /**
   * What was added up, and begins anew.
   * @param callers whether who called can be told; otherwise that goes on being added up
   */
  take(callers: boolean): {
    readonly sightings: readonly ReportedCounts[];
    readonly consumers: readonly ReportedConsumer[];
  } {
    const taken = {
      sightings: [...this.#sightings.values()],
      consumers: callers ? [...this.#consumers.values()] : [],
    };
    this.#sightings.clear();
    if (callers) this.#consumers.clear();
    return taken;
  }
}
