import { sourceMeasures } from './measures.ts';
import type { Memory } from './memory.ts';

const { programs } = sourceMeasures.at;
/** Who changes the client program with each request gains no more than this. */
const most = 4;

/** Networks of a client program from which on it is everybody's; a fifth of it where known callers have it. */
const popular = 100;
/** The same, until which it is one of few. */
const rare = 15;

/** Whether a client program is one that many have: what is done with it is no one's. */
export function isPopular({ users }: Memory, agent: number): boolean {
  return agent >= 0 && users.get(agent) > popular;
}

/** Whether hardly anybody has a client program. */
export function isRare({ users }: Memory, agent: number): boolean {
  return agent >= 0 && users.get(agent) < rare;
}

/**
 * How many people there are at least behind an address or a network, as far as client programs tell: where there are several, what
 * they do together is no one's.
 */
export function peopleAt({ sources }: Memory, source: number): number {
  return Math.min(most, Math.max(1, sources.value(source, programs)));
}

/** Visits of newcomers after which a client program can be theirs, and the share of others that it may have. */
const enoughVisits = 10;
const ofOthers = 0.1;

/** Whether nearly nobody but callers of the last days has a client program: those who belong together brought it. */
export function isOfNewcomers({ visitors }: Memory, agent: number): boolean {
  if (agent < 0) return false;
  const newcomers = visitors.get(agent, 1);
  return newcomers >= enoughVisits && visitors.get(agent, 0) <= newcomers * ofOthers;
}
