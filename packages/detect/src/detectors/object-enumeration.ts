import { callerOf, excessText, type Detector } from '../detector.ts';
import { callerMeasures, operationMeasures, sourceMeasures } from '../memory/measures.ts';
import { limitAlone } from '../memory/corroborated.ts';
import { isPopular, isRare, peopleAt } from '../memory/people.ts';
import { worstAlarm } from '../memory/worst.ts';

const { strangersShort, strangersLong, missesShort, missesLong } = callerMeasures.at;
const answered = [strangersShort, strangersLong];
const missed = [missesShort, missesLong];
const ofSource = [sourceMeasures.at.strangers, sourceMeasures.at.misses];
const ofOperation = [operationMeasures.at.strangers, operationMeasures.at.misses];

/** Somebody tries ids of objects. */
export const objectEnumeration: Detector = {
  id: 'object-enumeration',
  title: 'Objects are enumerated',
  owasp: ['API1:2023'],
  severity: 'high',
  sees: 'A caller asks for many objects by id that were never handed out to it, or is refused or does not find many: beside what it did on other days and beside its peers. The same of a network, a client program and an operation, where many callers share the work. What fails for many known callers at once is the operation, and counts for nobody.',
  remediation:
    'Look at which objects got out. Block the credential, and check that the operation decides on each object (castellan check, rule object-policy-missing).',
  response: 'ban',
  compile(operation, memory) {
    if (!operation.single) return undefined;
    return (moment) => {
      if (moment.strangers === 0 && !moment.missed) return undefined;
      const { time } = moment;
      // A client that is wrong, or an operation that broke: it is nobody's attempt.
      if (moment.missedByOthers) return undefined;
      const people = moment.facts.principal === undefined ? peopleAt(memory, moment.address) : 1;
      const own =
        worstAlarm(memory.callers, moment.caller, missed, time, people) ??
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
        !isPopular(memory, moment.agent) &&
        (isRare(memory, moment.agent) || memory.newcomers.isHigh(moment.agent, time));
      const agent = isOne ? worstAlarm(memory.sources, moment.agent, ofSource, time) : undefined;
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
