import type { Detector } from '../detector.ts';

const day = 86_400;
/** A credential sleeps when it is silent for so long, and so many times longer than ever. */
const shortest = 2.5 * day;
/** What comes back from where it always was must have slept longer. */
const long = 6 * day;
const times = 4;

/** What was forgotten is used. */
export const dormantCredential: Detector = {
  id: 'dormant-credential',
  title: 'A dormant credential wakes',
  owasp: ['API2:2023', 'API9:2023'],
  severity: 'medium',
  sees: 'A credential that was silent for days, and several times longer than ever before, and comes back from a network that its owner never had and with a client program that hardly anybody has (a new version that many get is none); or with one of these, or with an operation that it never called, where hardly any credential of its kind slept so long. A new session has a new credential.',
  remediation: 'Ask its owner. Where nobody misses it, revoke it; let credentials that are not used for weeks expire.',
  response: 'step-up',
  compile(_operation, memory) {
    return (moment) => {
      const { slept, sleptBefore, facts, time } = moment;
      if (slept < shortest || facts.principal === undefined) return undefined;
      const isLong = memory.sleepers.isUnusual(slept, time, facts.principal.credentialKind, moment.newNetwork);
      if (!memory.settled.ready || slept < Math.max(sleptBefore, day / 8) * times) return undefined;
      const { newNetwork, firstUse } = moment;
      // A new version that many get is no other program, and a network no other place where all wander.
      const elsewhere =
        newNetwork && moment.foreignAgent && (isLong || !memory.sleepers.wander(facts.principal.credentialKind));
      // What is usual after so long is known when so long was looked at.
      const isRare =
        isLong &&
        slept > long &&
        memory.settled.days * day > slept * 1.3 &&
        (moment.foreignAgent || (newNetwork && firstUse)) &&
        memory.wakes.happens(time);
      if (!elsewhere && !isRare) return undefined;
      const { subject, issuer } = facts.principal;
      return {
        about: { kind: 'principal', id: subject, issuer },
        why: `silent for ${Math.round(slept / day)} days (before never longer than ${Math.max(1, Math.round(sleptBefore / 3600))} hours)${elsewhere ? ', and back from another place' : ''}`,
        strength: 1 + Math.min(2, slept / (10 * day)),
      };
    };
  },
  good: [
    {
      title: 'somebody comes back after a day',
      steps: [{ by: 'user27', call: 'GET /orders', after: 86_400, times: 3 }],
    },
  ],
  bad: [
    {
      title: 'the key of a job that ended is used from elsewhere',
      steps: [{ by: 'old-job', call: 'GET /products', after: 20 * 86_400, from: '192.0.2.28', agent: 'curl' }],
    },
  ],
};
