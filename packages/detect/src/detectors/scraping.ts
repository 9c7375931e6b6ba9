import { callerOf, excessText, type Detector } from '../detector.ts';
import { callerMeasures } from '../memory/measures.ts';
import { limitAlone } from '../memory/corroborated.ts';
import { peopleAt } from '../memory/people.ts';
import { worstAlarm } from '../memory/worst.ts';

const c = callerMeasures.at;
const measures = [
  c.objectsShort,
  c.objectsLong,
  c.objectsDays,
  c.recordsShort,
  c.recordsLong,
  c.sizesLong,
  c.singlesShort,
  c.singlesLong,
  c.requestsShort,
  c.requestsLong,
];

/** One caller takes away more than it and its peers ever did. */
export const scraping: Detector = {
  id: 'scraping',
  title: 'Data is scraped in bulk',
  owasp: ['API4:2023', 'OAT-011'],
  severity: 'medium',
  sees: 'Objects handed out for the first time, records, answers by their size and requests of a caller, within half an hour, half a day and some days, beside its own habit and that of its peers. What many look at in these hours counts little; where nothing else is odd about the caller it has to go further.',
  remediation:
    'Give the operations a budget (x-castellan.budget) and pages a cap (x-castellan.page); ask a partner who needs everything for an export of its own.',
  response: 'limit',
  compile(operation, memory) {
    if (operation.id === '') return undefined;
    return (moment) => {
      if (!moment.ok) return undefined;
      const people = moment.facts.principal === undefined ? peopleAt(memory, moment.address) : 1;
      const times = people * limitAlone(memory, moment.caller);
      const worst = worstAlarm(memory.callers, moment.caller, measures, moment.time, times);
      if (worst === undefined) return undefined;
      return { about: callerOf(moment), why: excessText(worst), strength: worst.ratio / worst.limit };
    };
  },
  good: [
    {
      title: 'somebody reads some more each day',
      steps: [{ by: 'user35', call: 'GET /products/{id}', objects: 'new', times: 100, every: 3000 }],
    },
    {
      title: 'the partner fetches as much as every day',
      steps: [{ by: 'partner', call: 'GET /products', many: 50, times: 60, every: 5 }],
    },
    {
      title: 'somebody reads a little more than usual',
      steps: [{ by: 'user13', call: 'GET /products/{id}', times: 20 }],
    },
  ],
  bad: [
    {
      title: 'a customer reads the whole catalogue',
      steps: [{ by: 'user14', call: 'GET /products/{id}', objects: 'new', times: 500, every: 1 }],
    },
    {
      title: 'nobody in particular reads page after page',
      steps: [{ call: 'GET /products', objects: 'new', many: 50, times: 100, every: 4, from: '192.0.2.14' }],
    },
  ],
};
