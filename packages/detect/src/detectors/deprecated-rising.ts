import { callerOf, excessText, type Detector } from '../detector.ts';
import { callerMeasures } from '../memory/measures.ts';
import { worstAlarm } from '../memory/worst.ts';

const { deprecatedLong } = callerMeasures.at;

/** What is to end is used more. */
export const deprecatedRising: Detector = {
  id: 'deprecated-rising',
  title: 'A deprecated operation is used more',
  owasp: ['API9:2023'],
  severity: 'low',
  sees: 'Calls of operations that the contract deprecates, of a caller beside its own habit and its peers: old versions have old holes, and who looks for them comes when others leave.',
  remediation: 'Ask the consumer to move on; set a sunset (x-castellan.lifecycle).',
  response: 'observe',
  compile(operation, memory) {
    if (!operation.deprecated) return undefined;
    return (moment) => {
      const worst = worstAlarm(memory.callers, moment.caller, [deprecatedLong], moment.time);
      if (worst === undefined) return undefined;
      return { about: callerOf(moment), why: excessText(worst), strength: worst.ratio / worst.limit };
    };
  },
  good: [{ title: 'an old client, as every day', steps: [{ by: 'partner', call: 'GET /v1/products', times: 5 }] }],
  bad: [
    {
      title: 'somebody found the old version',
      steps: [{ by: 'user30', call: 'GET /v1/products', times: 60, every: 20 }],
    },
  ],
};
