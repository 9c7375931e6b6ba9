import type { ObservedCall } from './observed.ts';
import { fenceOf, peakOf, quantile, rounded } from './peaks.ts';

/** A limit that honest callers of an operation never met. */
export interface ProposedLimit {
  /** `GET /orders/{id}`. */
  readonly call: string;
  readonly operation: string;
  readonly by: 'principal' | 'address';
  /** Rates as documents write them: `30/minute`, `300/hour`. */
  readonly rates: readonly string[];
  /** Why, in words: on what it rests, and who was left out. */
  readonly reason: string;
  /** Callers that were left out, with why; at most 20. */
  readonly leftOut: readonly { readonly caller: string; readonly why: string }[];
}

export interface LimitsProposal {
  readonly limits: readonly ProposedLimit[];
  /** Operations for which nothing can be proposed, with why. */
  readonly without: readonly { readonly call: string; readonly why: string }[];
  readonly calls: number;
}

const windows = [
  { name: 'minute', milliseconds: 60_000 },
  { name: 'hour', milliseconds: 3_600_000 },
] as const;

/** Callers without whom nobody can say what is usual. */
const fewest = 5;
/** Of so many calls of one caller this share refused is no accident. */
const refusals = { calls: 20, share: 0.2 };
/** What is left above the peak that was seen. */
const headroom = 1.25;
/** Nobody is to meet a limit by calling a few times. */
const least = 5;

interface Caller {
  readonly name: string;
  readonly known: boolean;
  readonly times: number[];
}

/**
 * Proposes for each operation a limit per caller that the honest 99.9 % never met. Who was mostly refused, and who called far more than
 * nearly all others, is left out: a day's attack raises no limit.
 */
export function proposeLimits(calls: Iterable<ObservedCall>): LimitsProposal {
  const operations = new Map<string, { readonly operation: string; readonly callers: Map<string, Caller> }>();
  const records = new Map<string, { calls: number; refused: number }>();
  let count = 0;
  for (const { call, operation, caller, known, time, refused } of calls) {
    count += 1;
    let of = operations.get(call);
    if (of === undefined) operations.set(call, (of = { operation, callers: new Map() }));
    let one = of.callers.get(caller);
    if (one === undefined) of.callers.set(caller, (one = { name: caller, known, times: [] }));
    one.times.push(time);
    let record = records.get(caller);
    if (record === undefined) records.set(caller, (record = { calls: 0, refused: 0 }));
    record.calls += 1;
    if (refused) record.refused += 1;
  }
  const isRefused = ({ name }: Caller): boolean => {
    const record = records.get(name);
    return record !== undefined && record.calls >= refusals.calls && record.refused > record.calls * refusals.share;
  };
  const limits: ProposedLimit[] = [];
  const without: { call: string; why: string }[] = [];
  for (const [call, { operation, callers }] of [...operations].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const all = [...callers.values()];
    for (const { times } of all) times.sort((a, b) => a - b);
    const trusted = all.filter((caller) => !isRefused(caller));
    if (trusted.length < fewest)
      without.push({ call, why: `${trusted.length} callers are too few to say what is usual (at least ${fewest})` });
    else limits.push(limitOf(call, operation, all, trusted));
  }
  return { limits, without, calls: count };
}

function limitOf(call: string, operation: string, all: readonly Caller[], trusted: readonly Caller[]): ProposedLimit {
  const by = trusted.filter(({ known }) => known).length * 2 >= trusted.length ? 'principal' : 'address';
  const leftOut = new Map<string, string>();
  for (const caller of all) if (!trusted.includes(caller)) leftOut.set(caller.name, 'was mostly refused');
  let honest = trusted;
  const found = windows.map(({ name, milliseconds }) => {
    const peaks = new Map(trusted.map((caller) => [caller, peakOf(caller.times, milliseconds)]));
    const fence = fenceOf([...peaks.values()].toSorted((a, b) => a - b));
    for (const [caller, peak] of peaks)
      if (peak > fence && !leftOut.has(caller.name)) leftOut.set(caller.name, `called ${peak} times in one ${name}`);
    return { name, peaks };
  });
  honest = trusted.filter(({ name }) => !leftOut.has(name));
  const counts = found.map(({ name, peaks }) => {
    const sorted = honest.map((caller) => peaks.get(caller) ?? 0).toSorted((a, b) => a - b);
    const peak = quantile(sorted, 0.999);
    return { name, peak, count: rounded(Math.max(least, peak * headroom)) };
  });
  const [minute, hour] = counts;
  // An hour's limit says something only where it is well below sixty of the minute's.
  const useful = counts.filter(
    ({ name, count }) => name === 'minute' || (minute !== undefined && count < (minute.count * 60) / 4),
  );
  const attacked = leftOut.size === 0 ? '' : `; ${leftOut.size} left out, whose calls look like an attack`;
  return {
    call,
    operation,
    by,
    rates: useful.map(({ name, count }) => `${count}/${name}`),
    reason: `of ${honest.length} callers 99.9 % called at most ${minute?.peak ?? 0} times in any minute and ${hour?.peak ?? 0} in any hour${attacked}`,
    leftOut: [...leftOut].slice(0, 20).map(([caller, why]) => ({ caller, why })),
  };
}

/** The limits as an OpenAPI Overlay 1.0 document. */
export function limitsOverlay({ limits }: LimitsProposal): object {
  return {
    overlay: '1.0.0',
    info: { title: 'Limits that honest callers never met', version: '1' },
    actions: limits.map(({ call, by, rates, reason }) => {
      const [method = '', path = ''] = call.split(' ');
      const list = rates.map((rate) => ({ rate, by }));
      return {
        target: `$.paths['${path.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'].${method.toLowerCase()}`,
        description: reason,
        update: { 'x-castellan': { rateLimit: list.length === 1 ? list[0] : list } },
      };
    }),
  };
}
