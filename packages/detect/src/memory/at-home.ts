import type { Facts } from '@castellan/guard';
import { join } from '../sketch/hash.ts';
import type { Memory } from './memory.ts';
import type { Moment } from './moment.ts';
import { callerMeasures } from './measures.ts';
import { wasHere } from './movement.ts';

const day = 86_400;
/** Kinds of credentials that somebody gets by signing in. */
const sessions: ReadonlySet<string> = new Set(['jwt', 'opaque-token', 'session', 'cookie']);
/** Whether somebody got the credential by signing in: it is of one client program, and not of several machines. */
export const isSession = ({ principal }: Facts): boolean => sessions.has(principal?.credentialKind ?? '');
/** Seconds after which a credential is one that stays: a key, and no session. */
const stays = 2 * day;
/** Days within which the operation was called before. */
const within = 7;

/**
 * Whether a caller pages as it does on other days: with a credential that it had then, in a network of those days, by an operation that
 * it called then, and nothing is odd about it. It takes more pages than ever now and then (a month is settled, a database is set up
 * again); it takes nothing that it was not given the key for, so that its pages count, and not what stands on them.
 */
export function pagesAsUsual(memory: Memory, moment: Moment): boolean {
  const { credential, callerLow, callerHigh, operation, time, caller, networkName, facts } = moment;
  // Sessions are of people, who have no business with all there is.
  if (credential < 0 || isSession(facts)) return false;
  if (memory.credentials.age(credential, time) < stays) return false;
  const today = Math.floor(time / day);
  const use = join(callerLow, operation.index);
  memory.stays.add(join(use, today), callerHigh ^ 0x91, time);
  if (memory.callers.value(caller, callerMeasures.at.odd) >= 0.5 || !wasHere(memory, moment, networkName)) return false;
  for (let ago = 1; ago <= within; ago++) if (memory.stays.has(join(use, today - ago), callerHigh ^ 0x91)) return true;
  return false;
}
