import { hashed, join } from '../sketch/hash.ts';
import { operationMeasures, secretMeasures, sourceMeasures } from './measures.ts';
import type { Memory } from './memory.ts';
import type { Moment } from './moment.ts';
import { others } from './shares.ts';

const s = sourceMeasures.at;
const o = operationMeasures.at;

/** Statuses by which applications say that a sign-in failed. */
const signInFailures: ReadonlySet<number> = new Set([400, 401, 403, 404, 409, 422, 423, 429]);

/** Failures of an address that a success after them explains. */
const mostMistakes = 5;

/** Counts sign-ins, and credentials that were presented, by how they went. */
export function countSignIn(memory: Memory, moment: Moment): void {
  const { facts, operation, time } = moment;
  const { attempt } = facts;
  // Whatever it is called: where the application itself refuses accounts, callers sign in.
  if (attempt?.account !== undefined && facts.refused === undefined && operation.writes)
    memory.doors.add(operation.index);
  const isDoor = operation.writes && (operation.purposes.has('sign-in') || memory.doors.has(operation.index));
  if (attempt !== undefined && facts.principal === undefined) moment.signIn = 'failed';
  else if (isDoor) moment.signIn = moment.ok ? 'succeeded' : signInFailures.has(facts.status) ? 'failed' : undefined;
  if (moment.signIn === 'failed') countFailed(memory, moment);
  else {
    const bucket = Math.floor(time / (6 * 3600));
    const gotIn =
      moment.signIn === 'succeeded' ||
      (moment.newPlace &&
        facts.principal !== undefined &&
        memory.once.add(join(moment.callerLow, memory.hash(facts.address)), moment.callerHigh ^ bucket, time));
    if (!gotIn) return;
    // Who gets in was mistaken before, where it was a few times.
    const mistakes = Math.min(mostMistakes, memory.sources.value(moment.address, s.failedLong));
    const isStranger = !memory.goodAddresses.has(memory.hash(facts.address), hashed.high);
    for (const slot of [moment.address, moment.network, moment.agent]) {
      if (slot < 0) continue;
      memory.sources.add(slot, s.failedShort, -1);
      memory.sources.add(slot, s.failedLong, -1);
    }
    // Where strangers come in crowds, most of them get in.
    if (moment.signIn === 'succeeded') memory.operations.add(moment.door, o.failed, -0.5 - (isStranger ? mistakes : 0));
    if (moment.signIn === 'succeeded') memory.goodAddresses.add(memory.hash(facts.address), hashed.high, time);
  }
}

/** What is left of a refused token's weight where the tokens of others are refused as well that have the same program. */
function failing({ goodAddresses, failShare, once }: Memory, moment: Moment, low: number, high: number): number {
  if (moment.agent < 0) return 1;
  const isGood = goodAddresses.has(low, high);
  if (isGood && once.add(join(low, Math.floor(moment.time / 1200)), high ^ 0x6e, moment.time))
    failShare.count(moment.agent, true, moment.time);
  return others(failShare.share(moment.agent, moment.time));
}

function countFailed(memory: Memory, moment: Moment): void {
  const { facts, time } = moment;
  const { account, secret } = facts.attempt ?? { account: undefined, secret: undefined };
  const what = account ?? secret;
  const address = memory.hash(facts.address);
  const addressHigh = hashed.high;
  const isNew = what === undefined || memory.once.add(join(memory.hash(what), address), addressHigh, time);
  // Who is known here, and what was good once, is no attempt of somebody else's: a client that does not notice.
  const isOld = facts.refused?.reason?.endsWith('expired') === true;
  const amount =
    (isNew ? 1 : 0.2) * (isOld ? 0.1 : 1) * (account === undefined ? failing(memory, moment, address, addressHigh) : 1);
  for (const slot of [moment.address, moment.network, moment.agent]) {
    if (slot < 0) continue;
    memory.sources.add(slot, s.failedShort, amount);
    memory.sources.add(slot, s.failedLong, amount);
  }
  if (!memory.goodAddresses.has(address, addressHigh)) memory.operations.add(moment.door, o.failed, amount);
  if (secret === undefined) return;
  const low = memory.hash(secret);
  const high = hashed.high;
  moment.secret = memory.secrets.touch(high, low, time, 'secrets');
  // One secret of many accounts: a password that is tried on all of them.
  if (account !== undefined && memory.once.add(join(low, memory.hash(account)), high ^ hashed.high, time))
    memory.secrets.add(moment.secret, secretMeasures.at.accounts, 1);
}
