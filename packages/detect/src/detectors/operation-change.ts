import { callerOf, type Detector } from '../detector.ts';
import { join } from '../sketch/hash.ts';

/** Answers that one caller gets before it is told. */
const enough = 3;

/** Answers become other than they were. */
export const operationChange: Detector = {
  id: 'operation-change',
  title: 'An operation answers otherwise than before',
  owasp: ['API4:2023', 'API8:2023'],
  severity: 'medium',
  sees: 'Answers of an operation to one caller that are several times larger or slower than nearly all before, while others get what they always got. Where others get them as well the operation itself changed (a deployment): that is a notice, and no incident.',
  remediation:
    'Look at what the caller sent: a filter that was left out, an expression that makes the database work. Cap the page and the time.',
  response: 'limit',
  compile(operation, memory) {
    if (operation.id === '') return undefined;
    return (moment) => {
      const { facts, time, caller } = moment;
      if (!moment.ok) return undefined;
      const outlier = memory.profiles.add(operation.index, caller, facts.bytesOut, facts.duration, time);
      if (outlier === undefined || !memory.settled.ready) return undefined;
      const { what, value, usual, common } = outlier;
      const times = memory.profiles.repeated(join(caller, operation.index), time);
      if (times < enough) return undefined;
      const unit = what === 'size' ? 'bytes' : 'ms';
      return {
        about: common ? { kind: 'operation', id: operation.id } : callerOf(moment),
        why: `answers of ${Math.round(value)} ${unit}, where nearly all stay below ${Math.round(usual)}${common ? ', for several callers' : ''}`,
        strength: value / Math.max(1, usual * 4),
        notice: common,
      };
    };
  },
  good: [
    {
      title: 'one long list',
      steps: [{ by: 'user22', call: 'GET /orders', bytes: 30_000 }],
    },
  ],
  bad: [
    {
      title: 'a filter that lets everything through',
      steps: [{ by: 'user23', call: 'GET /orders', bytes: 400_000, times: 6 }],
    },
    {
      title: 'a pattern that keeps the server busy',
      steps: [{ by: 'user24', call: 'GET /products', duration: 9000, times: 6 }],
    },
  ],
};
