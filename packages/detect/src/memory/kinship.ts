import { hashed, join } from '../sketch/hash.ts';
import type { Memory } from './memory.ts';
import type { Moment } from './moment.ts';

/** What an object counts that many are handed these hours. */
const hot = 0.3;
/** Sets what began within the last hours apart from what else is counted once. */
const begun = 0x2545_f491;

/** What somebody belongs to, as far as facts tell: its tenant, or itself alone. */
export function circleOf(memory: Memory, { facts, callerLow }: Moment): number {
  const { principal } = facts;
  return principal?.tenant === undefined
    ? callerLow
    : (memory.hash(`${principal.issuer}\n${principal.tenant}`) ^ hashed.high) >>> 0;
}

/** Whether there is anybody that a caller has something in common with: who is new has nobody yet, but for its tenant. */
export const hasKin = ({ known, facts }: Moment): boolean => known || facts.principal?.tenant !== undefined;

/** What a handed object says of whose objects somebody is handed. */
export interface Kin {
  /** How much it counts that the caller had nothing in common with its owner before today. */
  unrelated: number;
  /** The owner is one whose objects it is handed for the first time. */
  owner: boolean;
}

const related: Kin = { unrelated: 0, owner: false };
const kin: Kin = { unrelated: 0, owner: false };

/** Whoever is handed something by a list has something in common with its owner from then on; what many are handed these hours is no sign of it. */
export function learnKin({ kin: pairs, owners }: Memory, circle: number, time: number): void {
  if (owners.isHot || owners.circle === circle || owners.circle === 0) return;
  pairs.add(join(circle, owners.circle), circle ^ 0x5c, time);
}

/**
 * Whether a caller is handed what somebody owns with whom it never shared anything: colleagues share from the first day on, and a
 * catalogue brings new owners to everybody each day. Asked right after the object was touched in `memory.owners`.
 * @param circle of the caller
 */
export function kinOf({ kin: pairs, once, owners }: Memory, circle: number, time: number): Kin {
  if (owners.circle === circle || owners.circle === 0) return related;
  const pair = join(circle, owners.circle);
  const isNew = pairs.add(pair, circle ^ 0x5c, time);
  if (isNew) once.add(pair, circle ^ begun, time);
  else if (!once.has(pair, circle ^ begun)) return related;
  kin.unrelated = owners.isHot ? hot : 1;
  kin.owner = isNew;
  return kin;
}
