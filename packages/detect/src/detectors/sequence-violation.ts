import { callerOf, excessText, type Detector } from '../detector.ts';
import { callerMeasures } from '../memory/measures.ts';
import { join } from '../sketch/hash.ts';
import { worstAlarm } from '../memory/worst.ts';

const { disorder } = callerMeasures.at;
/** Seconds without a call after which a flow begins anew. */
const session = 4 * 3600;

/** Steps of a business flow are left out. */
export const sequenceViolation: Detector = {
  id: 'sequence-violation',
  title: 'A business flow is taken out of order',
  owasp: ['API6:2023'],
  severity: 'medium',
  sees: 'Steps that the guard refuses because an earlier one is missing (x-castellan.flow), and steps of business flows (purchase, payment, booking, reward …) before which nearly all callers took another step that this one did not take: learnt from who calls.',
  remediation: 'Write the order into the document (x-castellan.flow) so that the guard refuses what skips it.',
  response: 'step-up',
  compile(operation, memory) {
    if (operation.id === '') return undefined;
    return (moment) => {
      const { facts, caller, time } = moment;
      if (moment.idle > session) memory.predecessors.end(caller);
      let skipped = facts.refused?.reason?.startsWith('flow-') === true;
      if (!skipped && operation.business && operation.writes && moment.ok) {
        // Programs go another way than people: each kind of credential has its own order.
        const kind = join(operation.index, memory.kindOf(facts));
        skipped = memory.settled.ready && memory.predecessors.missing(caller, kind).length > 0;
        // Each caller teaches once a day: what one does all day is no order.
        const key = join(operation.index, Math.floor(time / 86_400));
        if (memory.once.add(join(moment.callerLow, key), moment.callerHigh ^ 0x4f, time))
          memory.predecessors.learn(caller, operation.index, kind, moment.firstUse);
      }
      if (moment.ok) memory.predecessors.step(caller, operation.index);
      if (!skipped) return undefined;
      memory.callers.add(caller, disorder, 1);
      const worst = worstAlarm(memory.callers, caller, [disorder], time);
      if (worst === undefined) return undefined;
      return { about: callerOf(moment), why: excessText(worst), strength: worst.ratio / worst.limit };
    };
  },
  good: [
    {
      title: 'somebody puts three things into the cart, and buys',
      steps: [
        { by: 'user19', call: 'POST /cart', times: 3 },
        { by: 'user19', call: 'POST /orders' },
      ],
    },
  ],
  bad: [
    {
      title: 'orders without a cart before them',
      steps: [{ by: 'user20', call: 'POST /orders', after: 40_000, times: 5, every: 30 }],
    },
    {
      title: 'the guard refuses steps out of order',
      steps: [{ by: 'user21', call: 'POST /orders', status: 403, refused: 'authorize forbidden flow-order', times: 5 }],
    },
  ],
};
