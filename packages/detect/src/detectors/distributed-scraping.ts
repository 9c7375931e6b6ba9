import { excessText, type Detector } from '../detector.ts';
import { operationMeasures, sourceMeasures } from '../memory/measures.ts';
import { isOfNewcomers, isPopular, peopleAt } from '../memory/people.ts';
import { worstAlarm } from '../memory/worst.ts';

const ofSource = [sourceMeasures.at.crowd, sourceMeasures.at.young];
const ofOperation = [operationMeasures.at.crowd, operationMeasures.at.young];
/** Days until it is known how many newcomers are usual: in the first two everybody is new. */
const untilUsual = 4;

/** Many callers together take away what one would be noticed for. */
export const distributedScraping: Detector = {
  id: 'distributed-scraping',
  title: 'Data is scraped by many credentials together',
  owasp: ['API4:2023', 'API6:2023', 'OAT-011'],
  severity: 'medium',
  sees: 'How many callers of a network, a client program or an operation are among the busiest hundredth of their kind at the same time, and how much an operation hands out to callers that are not known from other days: beside what is usual there. Over days, what a client program hands out that nobody had before. A day on which many come for the first time is none: newcomers are then everywhere, and here they are in one place.',
  remediation:
    'Look at what the callers have in common (network, client program, when they registered), and limit that.',
  response: 'limit',
  compile(operation, memory) {
    if (operation.id === '') return undefined;
    return (moment) => {
      if ((!moment.ok && !moment.missed) || memory.settled.days < untilUsual) return undefined;
      const { facts, time } = moment;
      for (const [kind, slot, id] of [
        ['network', moment.network, facts.address],
        ['agent', moment.agent, facts.agent],
      ] as const) {
        if (!memory.newcomers.isHigh(slot, time) || (kind === 'agent' && isPopular(memory, slot))) continue;
        const worst = worstAlarm(memory.sources, slot, ofSource, time, kind === 'network' ? peopleAt(memory, slot) : 1);
        if (worst !== undefined)
          return { about: { kind, id }, why: excessText(worst), strength: worst.ratio / worst.limit };
      }
      // Slowly: nobody has the program but them.
      const slow = isOfNewcomers(memory, moment.agent)
        ? worstAlarm(memory.sources, moment.agent, [sourceMeasures.at.youngDays], time)
        : undefined;
      if (slow !== undefined)
        return {
          about: { kind: 'agent', id: facts.agent },
          why: excessText(slow),
          strength: slow.ratio / slow.limit,
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
      title: 'ten customers of one office read at the same time',
      steps: Array.from({ length: 10 }, (_, i) => ({
        by: `user${i + 1}`,
        call: 'GET /products/{id}',
        times: 8,
        from: '203.0.113.7',
      })),
    },
  ],
  bad: [
    {
      title: 'twelve new accounts share a catalogue',
      steps: Array.from({ length: 12 }, (_, i) => ({
        by: `stranger${i + 1}`,
        call: 'GET /products/{id}',
        objects: 'new' as const,
        times: 55,
        every: 5,
        from: '192.0.2.15',
        agent: 'bot',
      })),
    },
  ],
};
