/** What is kept of requests of one template and method on one day. */
export interface Counts {
  hits: number;
  ok: number;
  redirected: number;
  refused: number;
  failed: number;
  bytesIn: number;
  bytesOut: number;
  /** Milliseconds, summed; 0 where the log does not say. */
  duration: number;
  /** Milliseconds since the epoch. */
  first: number;
  last: number;
}

/** One request of a log. */
export interface LoggedRequest {
  readonly method: string;
  /** Path and query, as it was sent. */
  readonly target: string;
  /** 0 where no answer came. */
  readonly status: number;
  /** Milliseconds since the epoch; NaN where the log does not say. */
  readonly time: number;
  readonly host: string;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Milliseconds. */
  readonly duration: number;
}

export function countsOf({ status, time, bytesIn, bytesOut, duration }: LoggedRequest): Counts {
  return {
    hits: 1,
    ok: status >= 100 && status < 300 ? 1 : 0,
    redirected: status >= 300 && status < 400 ? 1 : 0,
    refused: status >= 400 && status < 500 ? 1 : 0,
    failed: status >= 500 || status < 100 ? 1 : 0,
    bytesIn,
    bytesOut,
    duration,
    first: Number.isNaN(time) ? Infinity : time,
    last: Number.isNaN(time) ? -Infinity : time,
  };
}

/** Adds to what was counted before. */
export function addCounts(into: Counts, from: Counts): Counts {
  into.hits += from.hits;
  into.ok += from.ok;
  into.redirected += from.redirected;
  into.refused += from.refused;
  into.failed += from.failed;
  into.bytesIn += from.bytesIn;
  into.bytesOut += from.bytesOut;
  into.duration += from.duration;
  into.first = Math.min(into.first, from.first);
  into.last = Math.max(into.last, from.last);
  return into;
}
