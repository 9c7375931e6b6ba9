import type { Facts } from '@castellan/guard';
import { join } from '../sketch/hash.ts';
import type { Memory } from './memory.ts';
import type { Moment } from './moment.ts';
import type { RecentShare } from './recent-share.ts';

/** What is left of the weight of something that happens to so many others as well. */
export function others(share: number): number {
  return Math.max(0.1, 1 - share * 2.5);
}

/** Counts which share of known callers something happens to, at an operation and with a client program. */
export function countShares(memory: Memory, moment: Moment): void {
  const { once, missSample, invalidShare, errorShare, emptyShare } = memory;
  const { operation, time, facts } = moment;
  if (!moment.known) return;
  const { lastShare } = memory;
  // The same as the last time within twenty minutes was counted.
  const bucket = Math.floor(time / 1200);
  const hits = (moment.missed ? 1 : 0) + (moment.invalid ? 2 : 0) + (facts.status >= 500 ? 4 : 0);
  const last = join(operation.index + hits * 7, bucket);
  if (lastShare.get(moment.caller) === last) return;
  lastShare.set(moment.caller, last);
  const first = once.add(join(moment.callerLow, join(operation.index, bucket)), moment.callerHigh ^ 0xaf, time);
  if (first) memory.busyShare.count(operation.index, false, time);
  if (first && !moment.undocumented) {
    if (moment.ok && operation.lists) emptyShare.count(operation.index, moment.empty, time);
    for (const kind of missKinds) {
      const isOne = moment.missed && kind === missKind(facts);
      missSample.count(join(operation.index, kind), isOne, time);
      if (moment.agent >= 0) missSample.count(join(programOf(moment), kind), isOne, time);
    }
  }
  // Each caller counts once in twenty minutes: one alone is never many, for each of what happened to it.
  if (!once.add(join(moment.callerLow, last), moment.callerHigh, time)) return;
  invalidShare.count(operation.index, moment.invalid, time);
  errorShare.count(operation.index, facts.status >= 500, time);
  if (moment.agent < 0) return;
  const program = programOf(moment);
  invalidShare.count(program, moment.invalid, time);
}

/** What is refused and what is not there are two things: an operation that often finds nothing refuses nobody. */
const missKinds = [1, 2] as const;
export const missKind = ({ status }: Facts): number => (status === 404 ? 1 : 2);

/** The client program and the operation, as a number: a version of a client that is wrong is wrong for all who have it. */
export const programOf = ({ operation, agent }: Moment): number => join(operation.index, agent ^ 0x3c6ef372);

/** What is left of the weight of a request that others fail with as well: at this operation, or with this program. */
export function alone(share: RecentShare, moment: Moment): number {
  const ofOperation = others(share.share(moment.operation.index, moment.time));
  return moment.agent < 0 ? ofOperation : Math.min(ofOperation, others(share.share(programOf(moment), moment.time)));
}

/** The same for what is refused or not found, each for itself. */
export function aloneInMissing({ missSample }: Memory, moment: Moment): number {
  const kind = missKind(moment.facts);
  const ofOperation = others(missSample.share(join(moment.operation.index, kind), moment.time));
  return moment.agent < 0
    ? ofOperation
    : Math.min(ofOperation, others(missSample.share(join(programOf(moment), kind), moment.time)));
}
