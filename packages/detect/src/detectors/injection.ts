import { callerOf, excessText, type Detector } from '../detector.ts';
import { callerMeasures, sourceMeasures } from '../memory/measures.ts';
import type { Moment } from '../memory/moment.ts';
import { worstAlarm } from '../memory/worst.ts';

const ofCaller = [callerMeasures.at.invalidLong, callerMeasures.at.errorsLong];
const ofSource = [sourceMeasures.at.invalid];

/** `; the last one looks like sql`. */
const likeText = ({ facts }: Moment): string =>
  facts.probe === undefined ? '' : `; the last one looks like an attempt at: ${facts.probe}`;

/** Somebody tries values that no client sends. */
export const injection: Detector = {
  id: 'injection',
  title: 'Values are probed',
  owasp: ['API8:2023', 'API3:2023'],
  severity: 'medium',
  sees: 'Requests of a caller that the contract refuses, by operation and reason, and answers with a server error: beside its own habit and that of its peers. What fails for many known callers at once is a client or an operation that changed, and counts for nobody. Values are not in facts: of what was refused they say only what it looks like an attempt at (`probe`: SQL, scripts, paths …), which counts most.',
  remediation: 'Look at the operations that answered with a server error: there the value got further than it should.',
  response: 'limit',
  compile(operation, memory) {
    if (operation.id === '') return undefined;
    return (moment) => {
      if (!moment.invalid && moment.facts.status < 500) return undefined;
      const { time } = moment;
      const own = worstAlarm(memory.callers, moment.caller, ofCaller, time);
      if (own !== undefined)
        return {
          about: callerOf(moment),
          why: `${excessText(own)}${likeText(moment)}`,
          strength: own.ratio / own.limit,
        };
      if (!moment.invalid) return undefined;
      for (const [kind, slot] of [
        ['address', moment.address],
        ['network', moment.network],
      ] as const) {
        const worst = worstAlarm(memory.sources, slot, ofSource, time);
        if (worst !== undefined)
          return {
            about: { kind, id: moment.facts.address },
            why: `${excessText(worst)}${likeText(moment)}`,
            strength: worst.ratio / worst.limit,
          };
      }
      return undefined;
    };
  },
  good: [
    {
      title: 'somebody fills in a form wrongly, some times',
      steps: [
        {
          by: 'user16',
          call: 'POST /orders',
          status: 400,
          refused: 'validate invalid-request schema',
          times: 6,
          every: 20,
        },
      ],
    },
    {
      title: 'somebody writes about SQL, and it is too long three times',
      steps: [
        {
          by: 'user20',
          call: 'POST /orders',
          status: 400,
          refused: 'validate invalid-request schema',
          probe: 'sql',
          times: 3,
          every: 30,
        },
      ],
    },
    {
      title: 'a deployment refuses what everybody sends',
      steps: Array.from({ length: 30 }, (_, i) => ({
        by: `user${i + 1}`,
        call: 'POST /orders',
        status: 400,
        refused: 'validate invalid-request schema',
        times: 4,
        every: 5,
      })),
    },
  ],
  bad: [
    {
      title: 'somebody tries some well-known texts',
      steps: [
        ['GET /products', 'sql'],
        ['GET /products', 'script'],
        ['GET /orders', 'sql'],
        ['GET /orders', 'template'],
        ['GET /products', 'path'],
        ['GET /orders', 'command'],
        ['GET /orders/{id}', 'sql'],
        ['GET /products/{id}', 'script'],
      ].map(([call = '', probe]) => ({
        by: 'user19',
        call,
        status: 400,
        refused: 'validate invalid-request schema',
        probe: probe as 'sql',
        every: 40,
      })),
    },
    {
      title: 'a scanner sends quotes and brackets to every parameter',
      steps: ['GET /products', 'GET /orders', 'POST /orders', 'GET /products/{id}', 'GET /orders/{id}'].map((call) => ({
        by: 'user17',
        call,
        status: 400,
        refused: 'validate invalid-request schema',
        times: 12,
        every: 2,
      })),
    },
    {
      title: 'values that the application stumbles over',
      steps: [{ by: 'user18', call: 'GET /products', status: 500, times: 70, every: 5 }],
    },
  ],
};
