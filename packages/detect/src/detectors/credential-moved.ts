import { excessText, type Detector } from '../detector.ts';
import { credentialMeasures } from '../memory/measures.ts';
import { worstAlarm } from '../memory/worst.ts';

const { moves } = credentialMeasures.at;

/** A credential is used in two places. */
export const credentialMoved: Detector = {
  id: 'credential-moved',
  title: 'A credential is used in several places',
  owasp: ['API2:2023'],
  severity: 'high',
  sees: 'One credential goes on from a network and a client program that its owner never had, or goes back and forth between two networks and programs. A telephone between two networks keeps its program; a new session has a new credential. With `locate`, also places that nobody reaches in the time between.',
  remediation:
    'Revoke the credential (castellan keys revoke, guard.revocations), and bind tokens to a key (DPoP, mTLS).',
  response: 'step-up',
  compile(_operation, memory) {
    return (moment) => {
      if (moment.moved === 0) return undefined;
      const worst = worstAlarm(memory.credentials, moment.credential, [moves], moment.time);
      if (worst === undefined) return undefined;
      const { principal, address } = moment.facts;
      return {
        about: { kind: 'credential', id: principal?.credentialId ?? '', issuer: principal?.issuer },
        why: `it went on at ${address} with another client program than before: ${excessText(worst)}`,
        strength: worst.ratio / worst.limit,
      };
    };
  },
  good: [
    {
      title: 'a telephone changes between two networks',
      steps: Array.from({ length: 6 }, () => [
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
  ],
  bad: [
    {
      title: 'a stolen token is used elsewhere while its owner works on',
      steps: Array.from({ length: 6 }, () => [
        { by: 'user12', call: 'GET /orders', times: 2 },
        { by: 'user12', call: 'GET /orders', from: '192.0.2.12', agent: 'curl', times: 2 },
      ]).flat(),
    },
  ],
};
