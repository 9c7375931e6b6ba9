import type { Facts, RefusedFact } from '@castellan/guard';
import { hashed, join } from '../sketch/hash.ts';
import { callerMeasures, credentialMeasures, operationMeasures, sourceMeasures } from './measures.ts';
import type { Memory } from './memory.ts';
import type { Moment } from './moment.ts';
import { pagesAsUsual } from './at-home.ts';
import { countCrowd } from './crowd.ts';
import { circleOf, kinOf, learnKin } from './kinship.ts';
import { alone, aloneInMissing, countShares, missKind, others, programOf } from './shares.ts';
import { countSignIn } from './sign-ins.ts';
import { UnknownPaths } from './unknown-paths.ts';

const c = callerMeasures.at;
/** Groups count of each member so much at most: one that does much is told of itself. */
const mostOfOne = 20;
/** What an object counts that goes with one of a list (its invoice, its salary), and how many of lists are kept in mind. */
const ofList = 0.25;
const mostListed = 100;
/** What an exchange counts that hands out only what was handed out before. */
const again = 0.25;
/** What an object counts that is not found, where somebody known asks for it and nothing is odd: lists of clients grow old. */
const stale = 0.5;
/** Seconds for which somebody is new to a client program. */
const daysYoung = 4 * 86_400;
/** Objects that somebody asks for without having been handed them, that say nothing about many. */
const fewAsked = 3;
/** Objects of an answer that may be what a search found. */
const mostFound = 2;
/** New objects of a newcomer that say nothing. */
const fewOfOne = 12;

const s = sourceMeasures.at;
const o = operationMeasures.at;

/** Counts one exchange: fills in what is new about it, and adds to the counters of everyone whom it concerns. */
export function count(memory: Memory, moment: Moment): void {
  const { facts, operation, caller, time } = moment;
  const { callers } = memory;
  moment.undocumented = facts.operation === '' || facts.refused?.reason === 'undocumented-method';
  moment.invalid = isInvalid(facts);
  moment.missed = !moment.undocumented && isMiss(facts);
  memory.newConsumers.exchange(time);
  memory.newReaders.exchange(time);
  memory.newDevices.exchange(time);
  memory.newKinds.exchange(time);
  memory.wakes.exchange(time);
  // One that is busy is one: many are counted here.
  if (moment.isNew && facts.principal !== undefined && moment.ok && callers.value(caller, c.requestsLong) < 20) {
    memory.sources.add(moment.network, s.young, 1);
    if (moment.agent >= 0) memory.sources.add(moment.agent, s.young, 1);
  }
  if (moment.undocumented) countUnknown(memory, moment);
  else {
    countUses(memory, moment);
    countObjects(memory, moment);
    if (moment.missed) countMiss(memory, moment);
    if (moment.invalid) countInvalid(memory, moment);
  }
  // Who asks again for what it was handed waits for something.
  const amount = moment.sameAgain || facts.refused?.stage === 'throttle' ? again : 1;
  callers.add(caller, c.requestsShort, amount);
  callers.add(caller, c.requestsLong, amount);
  const isNew = !moment.known && memory.settled.days > 1;
  memory.newcomers.count(moment.network, moment.agent, isNew, time);
  memory.newcomersByDoor.count(moment.door, -1, isNew, time);
  countPlace(memory, moment);
  if (facts.refused !== undefined) countKinds(memory, moment, facts.refused);
  countShares(memory, moment);
  countProgram(memory, moment);
  const odd = oddness(memory, moment);
  if (odd > 0) callers.add(caller, c.odd, odd);
  countSignIn(memory, moment);
  if (facts.status >= 500 && facts.status !== 503 && facts.refused === undefined)
    callers.add(
      caller,
      c.errorsLong,
      probeWeight(memory, moment) +
        others(memory.errorShare.share(operation.index, time)) *
          (moment.idle < 4 ? 0.4 : 1) *
          (memory.health.isBroken(operation.index, time) ? 0.3 : 1),
    );
  countCrowd(memory, moment);
}

/** What client programs are seen where, and that somebody got in: once in twenty minutes for each caller and place. */
function countProgram(memory: Memory, moment: Moment): void {
  const { once, sources, users, lastPlace } = memory;
  const { agent, address, network, time, facts } = moment;
  const place = join(join(address, agent), Math.floor(time / 1200));
  if (lastPlace.get(moment.caller) === place) return;
  lastPlace.set(moment.caller, place);
  moment.newPlace = true;
  if (facts.principal !== undefined) countVisit(memory, moment);
  if (agent >= 0) {
    if (once.add(join(agent, Math.floor(time / 10_800)), join(network, address) ^ 0xcf, time)) {
      sources.add(address, s.programs, 1);
      sources.add(network, s.programs, 1);
    }
    if (once.add(join(network, agent), moment.known ? 0xbf : 0xdf, time))
      users.set(agent, Math.min(65_535, users.get(agent) + (moment.known ? 5 : 1)));
  }
  if (facts.principal === undefined) return;
  // Somebody got in here.
  const low = memory.hash(facts.address);
  const { high } = hashed;
  memory.goodAddresses.add(low, high, time);
  if (agent >= 0 && once.add(join(low, Math.floor(time / 1200)), high ^ 0x6d, time))
    memory.failShare.count(agent, false, time);
}

/** Whether the caller came within the last days, and not while everybody was new. */
function isOfLastDays({ callers, settled }: Memory, { caller, time }: Moment): boolean {
  return callers.age(caller, time) < Math.min(daysYoung, (settled.days - 2) * 86_400);
}

/** When a caller is there, and which client programs are those of newcomers. */
function countVisit(memory: Memory, moment: Moment): void {
  const { agent, caller, time, facts, known } = moment;
  const { settled, callers, visitors } = memory;
  if (memory.rhythm.visit(caller, memory.kindOf(facts), time, settled.days, known)) callers.add(caller, c.odd, 1);
  if (agent < 0 || settled.days < 2) return;
  const at = isOfLastDays(memory, moment) ? 1 : 0;
  const count = visitors.get(agent, at) + 1;
  if (count > 10_000) for (const one of [0, 1]) visitors.set(agent, visitors.get(agent, one) / 2, one);
  else visitors.set(agent, count, at);
}

/** How odd an exchange is, in ways that have nothing to do with how many there are; a single refusal is little. */
function oddness(memory: Memory, moment: Moment): number {
  const { foreignAgent, newNetwork, known, facts } = moment;
  if (foreignAgent) return 1;
  if (known && newNetwork && !memory.wandering.isUsual(memory.kindOf(facts))) return 1;
  return moment.undocumented || (facts.refused?.stage === 'authorize' && !moment.missedByOthers) ? 0.15 : 0;
}

function isInvalid({ refused, status }: Facts): boolean {
  if (refused !== undefined) return refused.stage === 'validate' || refused.type === 'invalid-request';
  return status === 400 || status === 422;
}

function isMiss({ refused, status, objects }: Facts): boolean {
  if (refused?.stage === 'throttle' || refused?.stage === 'authenticate') return false;
  return status === 403 || status === 404 || objects.some(({ verdict }) => verdict === 'refused');
}

function countUses(memory: Memory, moment: Moment): void {
  const { operation, callerLow, callerHigh, time, caller, door } = moment;
  moment.firstUse = memory.uses.add(join(callerLow, operation.index), callerHigh, time);
  if (moment.firstUse && memory.successors.did(memory, moment)) moment.firstUse = false;
  if (moment.firstUse) {
    memory.consumers.set(door, memory.consumers.get(door) + 1);
    const { principal } = moment.facts;
    const kind = principal === undefined ? '' : `${principal.credentialKind} ${principal.issuer}`;
    moment.firstOfKind = memory.uses.add(join(memory.hash(kind), operation.index), hashed.high ^ 0x7f, time);
  }
  if (operation.privileged) moment.firstPurpose = memory.uses.add(join(callerLow, 0x5bd1), callerHigh ^ 0x77, time);
  if (operation.deprecated) memory.callers.add(caller, c.deprecatedLong, 1);
}

/** Who works through a list of attacks is refused for many reasons; a client that is wrong for one or two. */
function countKinds(memory: Memory, moment: Moment, { stage, type, reason = '' }: RefusedFact): void {
  if (stage === 'throttle') return;
  const kind = memory.hash(`${stage} ${type} ${reason}`);
  if (memory.once.add(join(moment.callerLow, kind), moment.callerHigh ^ 0x6f, moment.time))
    memory.callers.add(moment.caller, c.kinds, 1);
}

function countPlace(memory: Memory, moment: Moment): void {
  const { credential } = moment;
  if (credential < 0) return;
  moment.moved = memory.movement.weight(memory, moment);
  if (moment.moved > 0) memory.credentials.add(credential, credentialMeasures.at.moves, moment.moved);
  if (moment.hopped > 0) memory.callers.add(moment.caller, c.hops, moment.hopped);
  if (moment.alternated > 0) memory.callers.add(moment.caller, c.alternations, moment.alternated);
  if (moment.swapped > 0) memory.callers.add(moment.caller, c.swaps, moment.swapped);
}

function countObjects(memory: Memory, moment: Moment): void {
  const { facts, operation, caller, time, callerLow, callerHigh } = moment;
  const { callers, objects } = memory;
  let listed = callers.value(caller, c.listed);
  if (moment.ok) {
    memory.health.succeeded(operation.index, time);
    memory.uses.add(join(memory.kindOf(facts), operation.index), 0x6b, time);
  }
  moment.empty = moment.ok && operation.lists && facts.objectCount === 0 && facts.records === 0;
  // Where others find nothing either, there is nothing.
  if (moment.empty && memory.profiles.handsOut(operation.index))
    callers.add(caller, c.empties, others(memory.emptyShare.share(operation.index, time)));
  let permitted = 0;
  let fresh = 0;
  let untouched = 0;
  let asked = 0;
  let weighed = 0;
  const circle = circleOf(memory, moment);
  // A list of one or two is what a search found.
  const isFound = operation.single || facts.objects.length <= mostFound;
  let named = 0;
  let isTold = false;
  for (let i = 0; i < facts.objects.length; i++) {
    const object = facts.objects[i];
    if (object === undefined) continue;
    const low = memory.hash(object.id);
    const { high } = hashed;
    const got = object.verdict === 'permitted';
    const isNew = objects.add(join(callerLow, low), callerHigh ^ high, time);
    if (got) permitted += 1;
    if (!isNew) continue;
    const whose = memory.owners.touch(low, high, callerLow, callerHigh, got, time, circle);
    if (got) {
      fresh += 1;
      // What many look at these hours is no sign of who takes all there is.
      weighed += memory.owners.isHot ? 0.3 : 1;
      if (whose === 'unknown') untouched += 1;
      else if (whose === 'other' && facts.principal !== undefined && !isTold && facts.method !== 'POST') {
        isTold = true;
        if (isFound) countKin(memory, moment, circle);
        else learnKin(memory, circle, time);
      }
    }
    // What was asked for stands first, of what the path names; those that were refused were asked for, too.
    if (!operation.single || (got && (i >= operation.named || named > 0 || facts.method === 'POST'))) continue;
    if (got) named += 1;
    let weight = got ? memory.openness.weight(operation.index, whose) : 1;
    if (got && whose !== 'other' && listed >= 1) {
      weight *= ofList;
      listed = callers.add(caller, c.listed, -1);
      moment.ofList = true;
    }
    moment.strangers += weight;
    if (got) asked = weight;
    // Each caller counts once in a while: one that takes what is not its own makes nothing open.
    const bucket = Math.floor(time / 21_600) ^ (whose === 'other' ? 0x51 : 0x52);
    if (got && memory.once.add(join(callerLow, join(operation.index, bucket)), callerHigh ^ 0x5f, time))
      memory.openness.count(operation.index, whose);
  }
  // Of a list below an object the first stands for that, where nothing of it was handed out before.
  if (permitted > 1 && fresh < permitted) moment.strangers -= asked;
  if (permitted > 1 && listed < mostListed)
    callers.add(caller, c.listed, Math.min(mostListed - listed, Math.max(permitted, facts.records)));
  moment.sameAgain = permitted > 0 && fresh === 0;
  if (operation.single && facts.refused?.stage !== 'throttle') {
    // What was handed to somebody before is nothing new.
    const amount = moment.sameAgain ? again : 1;
    callers.add(caller, c.singlesShort, amount);
    callers.add(caller, c.singlesLong, amount);
  }
  // Facts name a hundred objects at most.
  const all = Math.max(facts.objectCount, permitted);
  const page = memory.profiles.pageWeight(operation.index, all);
  if (all > 1 || operation.lists) memory.profiles.page(operation.index, Math.max(all, facts.records));
  const asUsual = moment.ok && (all > 1 || facts.records > 1) && pagesAsUsual(memory, moment);
  moment.newObjects =
    permitted === 0 ? 0 : asUsual ? Math.min(1, weighed) : ((weighed * all) / facts.objects.length) * page;
  moment.untouched = permitted === 0 ? 0 : ((untouched * all) / facts.objects.length) * page;
  if (moment.newObjects > 0) {
    callers.add(caller, c.objectsShort, moment.newObjects);
    const days = callers.add(caller, c.objectsDays, moment.newObjects);
    if (moment.agent >= 0 && days > fewOfOne && isOfLastDays(memory, moment))
      memory.sources.add(moment.agent, s.youngDays, Math.min(mostOfOne, moment.untouched));
    const long = callers.add(caller, c.objectsLong, moment.newObjects);
    // Some are anybody's, and one that takes many is told of itself: what is between is what many share.
    if (moment.isNew && long > fewOfOne && long < 3 * mostOfOne)
      memory.operations.add(moment.door, o.young, Math.min(mostOfOne, moment.untouched));
  }
  if (moment.strangers > 0) {
    const weight = aloneInMissing(memory, moment);
    callers.add(caller, c.strangersShort, moment.strangers);
    callers.add(caller, c.strangersLong, moment.strangers);
    // Where everybody is handed what others were handed, many that read are a crowd; and a few are anybody's.
    const asks = callers.value(caller, c.strangersLong);
    if (asks > fewAsked && asks < mostOfOne && !memory.openness.isOpen(operation.index)) {
      memory.sources.add(moment.network, s.strangers, moment.strangers);
      if (moment.agent >= 0) memory.sources.add(moment.agent, s.strangers, moment.strangers);
      if (!memory.health.isBroken(operation.index, time))
        memory.operations.add(moment.door, o.strangers, moment.strangers * weight * sharing(moment));
    }
  }
  if (!moment.ok) return;
  if (operation.single && moment.strangers < 0.5) countFound(memory, moment);
  const share = fresh === 0 ? 1 : weighed / fresh;
  const records = asUsual
    ? 1
    : Math.max(facts.records, permitted) * memory.profiles.pageWeight(operation.index, facts.records) * share;
  if (records > 0) {
    callers.add(caller, c.recordsShort, records);
    callers.add(caller, c.recordsLong, records);
  }
  const usual = memory.profiles.usualSize(operation.index);
  if (usual > 0)
    callers.add(caller, c.sizesLong, Math.min(1000, facts.bytesOut / usual) * (moment.sameAgain ? again : 1));
  // Whoever pages as on other days is nobody new.
  if (asUsual) return;
  let sensitive = 0;
  for (const name in facts.sensitive) sensitive += facts.sensitive[name] ?? 0;
  if (moment.ofList) sensitive *= 0.5;
  // What it was handed before does not leave anew.
  if (moment.sameAgain && !operation.privileged) sensitive *= again;
  if (sensitive > 0) callers.add(caller, operation.privileged ? c.privilegedLong : c.sensitiveLong, sensitive);
}

function countKin(memory: Memory, { caller, time }: Moment, circle: number): void {
  const { unrelated, owner } = kinOf(memory, circle, time);
  if (unrelated === 0) return;
  memory.callers.add(caller, c.unrelated, unrelated);
  if (owner) memory.callers.add(caller, c.owners, 1);
}

/** What somebody counts of what many do together: who is known from other days is told of alone. */
const sharing = ({ known }: Moment): number => (known ? 0.3 : 1);

/** Groups in which many find what they ask for may have some that do not. */
function countFound({ sources, operations }: Memory, { network, agent, door }: Moment): void {
  for (const slot of [network, agent]) {
    if (slot < 0) continue;
    sources.add(slot, s.misses, -0.3);
    sources.add(slot, s.strangers, -0.3);
  }
  operations.add(door, o.misses, -0.3);
  operations.add(door, o.strangers, -0.3);
}

function countMiss(memory: Memory, moment: Moment): void {
  const { facts, operation, caller, time } = moment;
  const self = moment.known ? 1 : 0;
  moment.missedByOthers =
    memory.missSample.happens(join(operation.index, missKind(facts)), self, time) ||
    (moment.agent >= 0 && memory.missSample.happens(join(programOf(moment), missKind(facts)), self, time));
  const weight = aloneInMissing(memory, moment);
  const refused = facts.refused?.stage === 'authorize' || facts.status === 403;
  if (refused && memory.once.add(join(moment.callerLow, operation.index ^ 0x33), moment.callerHigh, time))
    memory.callers.add(caller, c.denied, weight);
  if (!operation.single && !isCodeTried(moment)) return;
  const named = facts.objects.length > 0;
  // One object that is asked for again and again is one; where facts do not say which, each counts.
  const retry = !named && moment.idle < 10;
  // Nobody with such a credential has business with it.
  const foreign = refused && !memory.uses.has(join(memory.kindOf(facts), operation.index), 0x6b) ? 2 : 1;
  const old = named && facts.status === 404 && moment.known && memory.callers.value(caller, c.odd) < 0.5 ? stale : 1;
  const amount = weight * old * foreign * (named ? (moment.strangers < 0.5 ? 0.1 : 1) : retry ? 0.25 : 0.6);
  memory.callers.add(caller, c.missesShort, amount);
  memory.callers.add(caller, c.missesLong, amount);
  if (memory.health.isBroken(operation.index, time) || memory.callers.value(caller, c.missesLong) > mostOfOne) return;
  memory.sources.add(moment.network, s.misses, amount);
  if (moment.agent >= 0) memory.sources.add(moment.agent, s.misses, amount);
  memory.operations.add(moment.door, o.misses, amount * sharing(moment));
}

/** A voucher, a card or a booking that the application does not know: where it stands in the body, no path names it. */
export function isCodeTried({ operation, facts }: Moment): boolean {
  return operation.business && operation.writes && facts.refused === undefined && facts.status === 404;
}

function countInvalid(memory: Memory, moment: Moment): void {
  const { facts, operation, caller, time } = moment;
  if (operation.purposes.has('sign-in')) return;
  const weight = alone(memory.invalidShare, moment);
  const reason = memory.hash(`${facts.refused?.type ?? facts.status} ${facts.refused?.reason ?? ''}`);
  const isNew = memory.once.add(join(moment.callerLow, join(operation.index, reason)), moment.callerHigh, time);
  const amount = weight * (isNew ? 1 : 0.35) + probeWeight(memory, moment);
  memory.callers.add(caller, c.invalidLong, amount);
  memory.sources.add(moment.network, s.invalid, amount);
  if (facts.principal === undefined) memory.sources.add(moment.address, s.invalid, amount);
}

/** What looks like an injection is no mistake of a client, whoever makes it: each kind at each operation counts most once. */
function probeWeight(memory: Memory, { facts, callerLow, callerHigh, operation, time }: Moment): number {
  if (facts.probe === undefined) return 0;
  const isNew = memory.once.add(
    join(callerLow, join(operation.index, memory.hash(facts.probe))),
    callerHigh ^ 0x4d,
    time,
  );
  return isNew ? 2 : 0.6;
}

function countUnknown(memory: Memory, moment: Moment): void {
  const { facts, caller, time } = moment;
  const key = UnknownPaths.keyOf(facts);
  const found = memory.unknownPaths.weight(facts, key);
  const weight = facts.probe === undefined ? found : Math.max(2, found);
  const isNew = memory.once.add(join(moment.callerLow, memory.hash(key)), moment.callerHigh, time);
  if (!isNew) return;
  if (moment.known) memory.unknownPaths.count(key);
  if (weight === 0) return;
  memory.callers.add(caller, c.unknownLong, weight);
  memory.sources.add(moment.address, s.unknown, weight);
  memory.sources.add(moment.network, s.unknown, weight);
  if (moment.agent >= 0) memory.sources.add(moment.agent, s.unknown, weight);
}
