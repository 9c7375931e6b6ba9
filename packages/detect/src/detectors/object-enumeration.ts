import { callerOf, excessText, type Detector, type Judge, type Signal, type Worst } from '../detector.ts';
import { callerMeasures, operationMeasures, sourceMeasures } from '../memory/measures.ts';
import { isCodeTried } from '../memory/count.ts';
import { hasKin } from '../memory/kinship.ts';
import type { Memory } from '../memory/memory.ts';
import type { Moment } from '../memory/moment.ts';
import type { Measure } from '../memory/population.ts';
import { limitAlone } from '../memory/corroborated.ts';
import { isOfNewcomers, isPopular, isRare, peopleAt } from '../memory/people.ts';
import { worstAlarm } from '../memory/worst.ts';
import type { OperationView } from '../operation-view.ts';

const { strangersShort, strangersLong, missesShort, missesLong, unrelated, owners, empties } = callerMeasures.at;
const answered = [strangersShort, strangersLong];
const ofOthers = [unrelated, owners];
const answeredOrOfOthers = [...answered, ...ofOthers];
const missed = [missesShort, missesLong];
const ofSource = [sourceMeasures.at.strangers, sourceMeasures.at.misses];
const ofOperation = [operationMeasures.at.strangers, operationMeasures.at.misses];

/** Not found says less than refused: lists of clients grow old. Where nothing else is odd it has to go further. */
const ofMissing = (memory: Memory, { known, caller, facts }: Moment): number =>
  known && facts.status === 404 ? limitAlone(memory, caller) : 1;

/** Times the floor that newcomers with a program of their own may miss: the programs of others are no measure for it. */
const newProgram = 1.5;
/** Seconds for which a program is new. */
const longestNew = 4 * 86_400;

/** What nearly nobody but newcomers has, and finds nothing with. */
function ofNewProgram(memory: Memory, { agent, missed: isMissed, time }: Moment): Worst | undefined {
  if (!isMissed || !memory.settled.ready || !isOfNewcomers(memory, agent)) return undefined;
  const at = sourceMeasures.at.misses;
  const { floor, name, halfLife } = memory.sources.measures[at] as Measure;
  const value = memory.sources.value(agent, at);
  const ratio = value / floor;
  if (ratio < newProgram || memory.sources.age(agent, time) > longestNew) return undefined;
  return { value, usual: undefined, peers: floor, ratio, limit: newProgram, name, within: halfLife * 1.5 };
}

/** Times the limit that searches without a result have to go to by themselves: who polls for what is new finds nothing, too. */
const emptyAlone = 3;

/** Operations that no path names an object of: what their answers hold is found, and what they do not know is a code that was tried. */
function ofSearches({ writes }: OperationView, memory: Memory): Judge {
  return (moment) => {
    const { caller, time } = moment;
    const found = (measures: readonly number[], times: number): Signal | undefined => {
      const worst = worstAlarm(memory.callers, caller, measures, time, times);
      if (worst === undefined) return undefined;
      return { about: callerOf(moment), why: excessText(worst), strength: worst.ratio / worst.limit };
    };
    if (moment.missed && !moment.missedByOthers && isCodeTried(moment)) return found(missed, 1);
    if (writes || !moment.ok) return undefined;
    const foreign = memory.callers.value(caller, unrelated) >= 1;
    if (moment.empty) return found([empties], foreign ? limitAlone(memory, caller) : emptyAlone);
    return foreign && moment.newObjects > 0 && hasKin(moment) ? found(ofOthers, limitAlone(memory, caller)) : undefined;
  };
}

/** Somebody tries ids of objects. */
export const objectEnumeration: Detector = {
  id: 'object-enumeration',
  title: 'Objects are enumerated',
  owasp: ['API1:2023'],
  severity: 'high',
  sees: 'A caller asks for many objects by id that were never handed out to it, or is refused or does not find many: beside what it did on other days and beside its peers. What is its own counts nothing, what belongs to somebody else counts most where an operation hands out to nearly everybody only what is theirs, and what goes with an object of a list before it counts little. What belongs to somebody with whom the caller shared nothing before that day counts besides, and how many such owners there are: colleagues share from the first day on. So do searches that find nothing, where they find something of others now and then, and codes in a business flow that the application does not know. The same of a network, a client program and an operation, where many callers share the work. What others do not find either, at this operation or with this client program, is no attempt.',
  remediation:
    'Look at which objects got out. Block the credential, and check that the operation decides on each object (castellan check, rule object-policy-missing).',
  response: 'ban',
  compile(operation, memory) {
    const searches = ofSearches(operation, memory);
    if (!operation.single) return searches;
    return (moment) => {
      if (moment.empty) return searches(moment);
      if (moment.strangers === 0 && !moment.missed) return undefined;
      const { time } = moment;
      // A client that is wrong, or an operation that broke: it is no attempt.
      if (moment.missedByOthers) return undefined;
      const people = moment.facts.principal === undefined ? peopleAt(memory, moment.address) : 1;
      const own =
        worstAlarm(memory.callers, moment.caller, missed, time, people * ofMissing(memory, moment)) ??
        worstAlarm(
          memory.callers,
          moment.caller,
          hasKin(moment) ? answeredOrOfOthers : answered,
          time,
          people * limitAlone(memory, moment.caller),
        );
      if (own !== undefined) return { about: callerOf(moment), why: excessText(own), strength: own.ratio / own.limit };
      const network = worstAlarm(memory.sources, moment.network, ofSource, time, peopleAt(memory, moment.network));
      if (network !== undefined)
        return {
          about: { kind: 'network', id: moment.facts.address },
          why: excessText(network),
          strength: network.ratio / network.limit,
        };
      // A program that many have is no caller.
      const isOne =
        isOfNewcomers(memory, moment.agent) ||
        (!isPopular(memory, moment.agent) &&
          (isRare(memory, moment.agent) || memory.newcomers.isHigh(moment.agent, time)));
      const agent =
        (isOne ? worstAlarm(memory.sources, moment.agent, ofSource, time) : undefined) ?? ofNewProgram(memory, moment);
      if (agent !== undefined)
        return {
          about: { kind: 'agent', id: moment.facts.agent },
          why: excessText(agent),
          strength: agent.ratio / agent.limit,
        };
      if (!memory.newcomersByDoor.isHigh(moment.door, time)) return undefined;
      const whole = worstAlarm(memory.operations, moment.door, ofOperation, time);
      if (whole === undefined) return undefined;
      return {
        about: { kind: 'operation', id: operation.id },
        why: excessText(whole),
        strength: whole.ratio / whole.limit,
      };
    };
  },
  good: [
    {
      title: 'somebody looks through what a list gave',
      steps: [
        { by: 'user1', call: 'GET /orders', many: 20 },
        { by: 'user1', call: 'GET /orders/{id}', times: 40 },
      ],
    },
    {
      title: 'somebody follows some old links that lead nowhere',
      steps: [{ by: 'user2', call: 'GET /orders/{id}', objects: 'new', status: 404, times: 4 }],
    },
    {
      title: 'somebody asks for what is new, and there is nothing',
      steps: [{ by: 'user6', call: 'GET /orders', many: 0, times: 60, every: 60 }],
    },
    {
      title: 'somebody mistypes a code four times',
      steps: [
        { by: 'user7', call: 'POST /orders', status: 404, times: 4 },
        { by: 'user7', call: 'POST /orders' },
      ],
    },
  ],
  bad: [
    {
      title: 'somebody tries the ids of orders, and all are refused',
      steps: [
        {
          by: 'user3',
          call: 'GET /orders/{id}',
          objects: 'new',
          status: 403,
          refused: 'authorize forbidden policy-denied',
          times: 40,
          every: 2,
        },
      ],
    },
    {
      title: 'the operation decides nothing, and each try is answered',
      steps: [{ by: 'user4', call: 'GET /orders/{id}', objects: 'new', times: 60, every: 2 }],
    },
    {
      title: 'slowly: one in five minutes',
      steps: [{ by: 'user5', call: 'GET /orders/{id}', objects: 'new', status: 404, times: 60, every: 300 }],
    },
    {
      title: 'orders of others, between what somebody does every day',
      steps: Array.from({ length: 40 }, (_, i) => [
        { by: 'user8', call: 'GET /orders', times: 2 },
        { by: 'user8', call: 'GET /orders/{id}', objects: 'others', nth: i } as const,
      ]).flat(),
    },
    {
      title: 'a search is asked for one value after the other, and finds something of somebody else now and then',
      steps: Array.from({ length: 12 }, (_, i) => [
        { by: 'user9', call: 'GET /orders', many: 0, times: 9 },
        { by: 'user9', call: 'GET /orders', objects: 'others', nth: i } as const,
      ]).flat(),
    },
    {
      title: 'codes of vouchers are tried',
      steps: [{ by: 'user10', call: 'POST /orders', status: 404, times: 90, every: 20 }],
    },
  ],
};
