import { callerOf, type Detector } from '../detector.ts';

/** Callers that a circle has at most, as a share of all callers, and in any case. */
const shareOfCircle = 0.05;
const smallCircle = 3;
const largestCircle = 8;
/** Days after which firsts count. */
const untilUsual = 2;

/** Somebody uses what only few use. */
export const newConsumer: Detector = {
  id: 'new-consumer',
  title: 'A sensitive operation has a new consumer',
  owasp: ['API5:2023', 'API3:2023'],
  severity: 'medium',
  sees: 'A principal that for the first time in four weeks uses administration, an export or an operation that hands out sensitive values, where few do and hardly anybody begins to, or nobody with such a credential (its kind and issuer) ever did. Somebody who does such things already and does one more is none.',
  remediation: 'Ask who gave the right. Where nobody did: take it back, and look at what was handed out.',
  response: 'step-up',
  compile(operation, memory) {
    if (operation.id === '' || operation.canary) return undefined;
    return (moment) => {
      const { facts, time, door } = moment;
      if (!moment.firstUse || facts.principal === undefined || !moment.ok) return undefined;
      const isSensitive = operation.privileged || hasAny(facts.sensitive);
      // In the first days everything is done for the first time.
      if (!isSensitive || memory.settled.days < untilUsual) return undefined;
      if (operation.privileged && !moment.firstPurpose) return undefined;
      const consumers = memory.consumers.get(door);
      const isFew = consumers <= Math.max(smallCircle, Math.min(largestCircle, memory.principals * shareOfCircle));
      // Where it happens now and then it is nothing.
      const isRare = operation.privileged
        ? memory.newConsumers.happens(time) && isFew
        : isFew && memory.newReaders.happens(time);
      // Of a kind of credential that is new itself everything is first.
      const isRareKind = moment.firstOfKind && memory.callers.isOldKind(moment.caller) && memory.newKinds.happens(time);
      if (!isRareKind && !isRare) return undefined;
      return {
        about: callerOf(moment),
        why: `first call of ${operation.id}, which ${consumers - 1} others use of ${memory.principals} principals; ${isRareKind ? 'nobody with such a credential ever did' : 'such firsts are rare here'}`,
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
