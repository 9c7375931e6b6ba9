import { callerOf, type Detector } from '../detector.ts';

/** Callers that a circle has at most, as a share of all callers, and in any case. */
const shareOfCircle = 0.05;
const smallCircle = 3;
const hour = 3600;

/** Somebody uses what only few use. */
export const newConsumer: Detector = {
  id: 'new-consumer',
  title: 'A sensitive operation has a new consumer',
  owasp: ['API5:2023', 'API3:2023'],
  severity: 'medium',
  sees: 'A principal that for the first time in four weeks uses administration, an export or an operation that hands out sensitive values, where few do and no other new one has come in the last day. Somebody who does such things already and does one more is none.',
  remediation: 'Ask who gave the right. Where nobody did: take it back, and look at what was handed out.',
  response: 'step-up',
  compile(operation, memory) {
    if (operation.id === '' || operation.canary) return undefined;
    return (moment) => {
      const { facts, time, door } = moment;
      if (!moment.firstUse || facts.principal === undefined || !moment.ok) return undefined;
      const consumers = memory.consumers.get(door);
      const lastNew = memory.consumers.get(door, 1);
      memory.consumers.set(door, time, 1);
      const isSensitive = operation.privileged || hasAny(facts.sensitive);
      if (!isSensitive || !memory.settled.ready || (operation.privileged && !moment.firstPurpose)) return undefined;
      const circle = Math.max(smallCircle, memory.callers.table.size * shareOfCircle);
      const isQuiet = lastNew > 0 && time - lastNew > 20 * hour && memory.operations.age(door, time) > 20 * hour;
      if (consumers > circle || !isQuiet) return undefined;
      return {
        about: callerOf(moment),
        why: `first call of ${operation.id}, which ${consumers - 1} others use of ${memory.callers.table.size} callers; the last new one came ${Math.round((time - lastNew) / hour)} hours before`,
        strength: 1.5,
      };
    };
  },
  good: [
    {
      title: 'the administrator does another thing',
      steps: [{ by: 'admin', call: 'POST /admin/users/{id}/roles' }],
    },
    { title: 'somebody orders for the first time', steps: [{ by: 'user25', call: 'POST /orders' }] },
  ],
  bad: [{ title: 'a customer exports all', steps: [{ by: 'user26', call: 'GET /admin/export', bytes: 100_000 }] }],
};

function hasAny(sensitive: Readonly<Record<string, number>>): boolean {
  for (const name in sensitive) if ((sensitive[name] ?? 0) > 0) return true;
  return false;
}
