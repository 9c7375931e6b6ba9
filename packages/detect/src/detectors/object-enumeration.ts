import { callerOf, excessText, type Detector, type Worst } from '../detector.ts';
import { callerMeasures, operationMeasures, sourceMeasures } from '../memory/measures.ts';
import type { Memory } from '../memory/memory.ts';
import type { Moment } from '../memory/moment.ts';
import type { Measure } from '../memory/population.ts';
import { limitAlone } from '../memory/corroborated.ts';
import { isOfNewcomers, isPopular, isRare, peopleAt } from '../memory/people.ts';
import { worstAlarm } from '../memory/worst.ts';

const { strangersShort, strangersLong, missesShort, missesLong } = callerMeasures.at;
const answered = [strangersShort, strangersLong];
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

/** Somebody tries ids of objects. */
export const objectEnumeration: Detector = {
  id: 'object-enumeration',
  title: 'Objects are enumerated',
  owasp: ['API1:2023'],
  severity: 'high',
  sees: 'A caller asks for many objects by id that were never handed out to it, or is refused or does not find many: beside what it did on other days and beside its peers. What is its own counts nothing, what belongs to somebody else counts most where an operation hands out to nearly everybody only what is theirs, and what goes with an object of a list before it counts little. The same of a network, a client program and an operation, where many callers share the work. What others do not find either, at this operation or with this client program, is no attempt.',
  remediation:
    'Look at which objects got out. Block the credential, and check that the operation decides on each object (castellan check, rule object-policy-missing).',
  response: 'ban',
  compile(operation, memory) {
    if (!operation.single) return undefined;
    return (moment) => {
      if (moment.strangers === 0 && !moment.missed) return undefined;
      const { time } = moment;
      // A client that is wrong, or an operation that broke: it is no attempt.
      if (moment.missedByOthers) return undefined;
      const people = moment.facts.principal === undefined ? peopleAt(memory, moment.address) : 1;
      const own =
        worstAlarm(memory.callers, moment.caller, missed, time, people * ofMissing(memory, moment)) ??
        worstAlarm(memory.callers, moment.caller, answered, time, people * limitAlone(memory, moment.caller));
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
  ],
};
