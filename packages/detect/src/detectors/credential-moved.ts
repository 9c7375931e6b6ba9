import { excessText, type Detector } from '../detector.ts';
import { callerMeasures, credentialMeasures } from '../memory/measures.ts';
import { worstAlarm } from '../memory/worst.ts';

const { moves } = credentialMeasures.at;
const { hops, alternations, swaps } = callerMeasures.at;

/** A credential is used in two places. */
export const credentialMoved: Detector = {
  id: 'credential-moved',
  title: 'A credential is used in several places',
  owasp: ['API2:2023'],
  severity: 'high',
  sees: 'One credential goes on from a network and a client program that its owner never had, or goes back and forth between two networks and programs. With one program, going back and forth between a network of other days and a new one counts, less where all of its kind wander (telephones, machines with a SIM card). In one network, a session that goes back and forth between the client program of other days and a new one, less where many have that one (a page within an app). A new session has a new credential. With `locate`, also places that nobody reaches in the time between.',
  remediation:
    'Revoke the credential (castellan keys revoke, guard.revocations), and bind tokens to a key (DPoP, mTLS).',
  response: 'step-up',
  compile(_operation, memory) {
    return (moment) => {
      const { principal, address } = moment.facts;
      const about = { kind: 'credential', id: principal?.credentialId ?? '', issuer: principal?.issuer } as const;
      if (moment.alternated > 0) {
        const both = worstAlarm(memory.callers, moment.caller, [alternations], moment.time);
        if (both !== undefined)
          return { about, why: `now at ${address}: ${excessText(both)}`, strength: both.ratio / both.limit };
      }
      if (moment.swapped > 0) {
        const both = worstAlarm(memory.callers, moment.caller, [swaps], moment.time);
        if (both !== undefined)
          return {
            about,
            why: `two client programs at ${address}: ${excessText(both)}`,
            strength: both.ratio / both.limit,
          };
      }
      if (moment.hopped > 0) {
        const hopped = worstAlarm(memory.callers, moment.caller, [hops], moment.time);
        return hopped === undefined
          ? undefined
          : { about, why: `now at ${address}: ${excessText(hopped)}`, strength: hopped.ratio / hopped.limit };
      }
      if (moment.moved === 0) return undefined;
      // The first with a new version of a program is at another place as well: something else has to be odd.
      const isOdd = moment.firstUse || moment.facts.refused !== undefined || moment.missed;
      if (
        moment.newDevice &&
        moment.foreignAgent &&
        isOdd &&
        memory.settled.days > 2 &&
        memory.newDevices.happens(moment.time)
      )
        return {
          about,
          why: `it went on at ${address}, a network and a client program that its owner never had; hardly any credential does`,
          strength: 1,
        };
      const worst = worstAlarm(memory.credentials, moment.credential, [moves], moment.time);
      if (worst === undefined) return undefined;
      return {
        about,
        why: `it went on at ${address} with another client program than before: ${excessText(worst)}`,
        strength: worst.ratio / worst.limit,
      };
    };
  },
  good: [
    {
      title: 'a telephone changes between two networks',
      steps: Array.from({ length: 3 }, () => [
        { by: 'user10', call: 'GET /orders', from: '198.51.100.10', times: 3 },
        { by: 'user10', call: 'GET /orders', from: '203.0.113.90', times: 3 },
      ]).flat(),
    },
    {
      title: 'a new session on another device',
      steps: [
        { by: 'user11', call: 'GET /orders', from: '203.0.113.91', agent: 'tablet', credential: 'session-2', times: 9 },
      ],
    },
    {
      title: 'programs of one firm share a key',
      steps: Array.from({ length: 12 }, () => [
        { by: 'partner', call: 'GET /products', many: 5 },
        { by: 'partner', call: 'GET /products', many: 5, agent: 'partner-2' },
      ]).flat(),
    },
    {
      title: 'an app begins to show pages of a browser that has the same session, for everybody',
      steps: Array.from({ length: 8 }, (_, i) => [
        { by: `user${i + 3}`, call: 'GET /orders', times: 2 },
        { by: `user${i + 3}`, call: 'GET /orders', agent: 'web-view' },
        { by: `user${i + 3}`, call: 'GET /orders' },
        { by: `user${i + 3}`, call: 'GET /orders', agent: 'web-view', times: 2 },
      ]).flat(),
    },
  ],
  bad: [
    {
      title: 'a stolen token is used elsewhere while its owner works on',
      steps: Array.from({ length: 6 }, () => [
        { by: 'user12', call: 'GET /orders', times: 2 },
        { by: 'user12', call: 'GET /orders', from: '192.0.2.12', agent: 'curl', times: 2 },
      ]).flat(),
    },
    {
      title: 'a program on the machine of its owner uses the token as well',
      steps: Array.from({ length: 8 }, () => [
        { by: 'user13', call: 'GET /orders', times: 2 },
        { by: 'user13', call: 'GET /orders', agent: 'curl', times: 2 },
      ]).flat(),
    },
  ],
};
