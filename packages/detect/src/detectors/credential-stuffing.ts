import { excessText, type Detector } from '../detector.ts';
import { operationMeasures, sourceMeasures } from '../memory/measures.ts';
import { worstAlarm } from '../memory/worst.ts';

const ofSource = [sourceMeasures.at.failedShort, sourceMeasures.at.failedLong];
const ofDoor = [operationMeasures.at.failed];

/** Somebody tries many accounts. */
export const credentialStuffing: Detector = {
  id: 'credential-stuffing',
  title: 'Credentials are tried',
  owasp: ['API2:2023', 'OAT-008'],
  severity: 'high',
  sees: 'Sign-ins and credentials that fail, of an address, a network, a client program: many accounts, and more that fail than succeed. An office behind one address has some that fail and many that succeed. For the operation as a whole what counts is failures from addresses that nobody ever got in from.',
  remediation:
    'Let those accounts sign in again with a second factor that were opened from there (the incident names them), and limit sign-ins of the network.',
  response: 'ban',
  compile(_operation, memory) {
    return (moment) => {
      if (moment.signIn !== 'failed') return undefined;
      const { time, facts } = moment;
      for (const [kind, slot, id] of [
        ['address', moment.address, facts.address],
        ['network', moment.network, facts.address],
        ['agent', moment.agent, facts.agent],
      ] as const) {
        const worst = worstAlarm(memory.sources, slot, ofSource, time);
        if (worst !== undefined)
          return { about: { kind, id }, why: excessText(worst), strength: worst.ratio / worst.limit };
      }
      const door = worstAlarm(memory.operations, moment.door, ofDoor, time);
      if (door === undefined) return undefined;
      return {
        about: { kind: 'operation', id: moment.operation.id },
        why: excessText(door),
        strength: door.ratio / door.limit,
      };
    };
  },
  good: [
    {
      title: 'somebody has forgotten the password',
      steps: [
        { call: 'POST /login', account: 'user6', secret: 'each', status: 401, times: 5, from: '198.51.100.6' },
        { call: 'POST /login', from: '198.51.100.6' },
      ],
    },
    {
      title: 'an office signs in on Monday, and every fourth mistypes',
      steps: Array.from({ length: 12 }, () => [
        { call: 'POST /login', times: 3, from: '203.0.113.7' },
        { call: 'POST /login', account: 'each', secret: 'each', status: 401, from: '203.0.113.7' },
      ]).flat(),
    },
  ],
  bad: [
    {
      title: 'a list of stolen passwords is tried from one address',
      steps: [
        { call: 'POST /login', account: 'each', secret: 'each', status: 401, times: 40, every: 3, from: '192.0.2.66' },
      ],
    },
    {
      title: 'the same from another network each time',
      steps: [
        { call: 'POST /login', account: 'each', secret: 'each', status: 401, times: 80, every: 30, from: 'each' },
      ],
    },
    {
      title: 'basic authentication, refused by the guard',
      steps: [
        {
          call: 'GET /orders',
          account: 'each',
          secret: 'each',
          status: 401,
          refused: 'authenticate unauthenticated wrong-password',
          times: 40,
          from: '192.0.2.67',
        },
      ],
    },
  ],
};
