import { callerOf, excessText, type Detector } from '../detector.ts';
import { callerMeasures } from '../memory/measures.ts';
import { limitAlone } from '../memory/corroborated.ts';
import { worstAlarm } from '../memory/worst.ts';

const { sensitiveLong, privilegedLong } = callerMeasures.at;

/** Sensitive data goes to somebody who never got any. */
export const dataLeaving: Detector = {
  id: 'data-leaving',
  title: 'Sensitive data leaves to somebody new',
  owasp: ['API3:2023', 'API1:2023'],
  severity: 'high',
  sees: 'Sensitive values (properties marked so, by how often they were handed out) that a principal gets, beside what it got on other days and what its peers get. Who is new is compared with what nearly all get.',
  remediation:
    'Look at which objects they are of; take the property out of lists, or let a policy read it (x-castellan.read).',
  response: 'step-up',
  compile(operation, memory) {
    if (operation.id === '') return undefined;
    return (moment) => {
      if (!moment.ok) return undefined;
      const worst = worstAlarm(
        memory.callers,
        moment.caller,
        [operation.privileged ? privilegedLong : sensitiveLong],
        moment.time,
        limitAlone(memory, moment.caller),
      );
      if (worst === undefined) return undefined;
      return { about: callerOf(moment), why: excessText(worst), strength: worst.ratio / worst.limit };
    };
  },
  good: [
    {
      title: 'somebody looks at their own profile',
      steps: [{ by: 'user29', call: 'GET /users/{id}', sensitive: 2, times: 5 }],
    },
  ],
  bad: [
    {
      title: 'a new principal reads what is sensitive of one after the other',
      steps: [{ by: 'stranger', call: 'GET /users/{id}', objects: 'new', sensitive: 2, times: 60, every: 60 }],
    },
  ],
};
