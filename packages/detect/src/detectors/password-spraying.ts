import type { Detector } from '../detector.ts';
import { secretMeasures } from '../memory/measures.ts';

const { accounts } = secretMeasures.at;

/** One password is tried on many accounts. */
export const passwordSpraying: Detector = {
  id: 'password-spraying',
  title: 'One password is tried on many accounts',
  owasp: ['API2:2023', 'OAT-007'],
  severity: 'high',
  sees: 'One refused secret (by its keyed hash) for several accounts within a day or two, from wherever it comes.',
  remediation:
    'Have passwords refused that are in lists of known ones, and ask the accounts that this one opened for a second factor.',
  response: 'observe',
  atOnce: true,
  compile(_operation, memory) {
    const { floor } = secretMeasures.list[accounts] ?? { floor: 4 };
    return (moment) => {
      if (moment.secret < 0) return undefined;
      const value = memory.secrets.value(moment.secret, accounts);
      if (value < floor) return undefined;
      const excess = memory.secrets.excess(moment.secret, accounts, moment.time);
      if (excess === undefined || (memory.settled.ready && excess.ratio < excess.limit)) return undefined;
      return {
        about: { kind: 'secret', id: moment.facts.attempt?.secret ?? '' },
        why: `one secret was refused for ${Math.round(value)} accounts`,
        strength: value / floor,
      };
    };
  },
  good: [
    {
      title: 'two people mistype the same password',
      steps: [
        { call: 'POST /login', account: 'user7', secret: 'Summer2026', status: 401, from: '198.51.100.7' },
        { call: 'POST /login', account: 'user8', secret: 'Summer2026', status: 401, from: '198.51.100.8' },
      ],
    },
    {
      title: 'a client tries its own old password all day',
      steps: [
        {
          call: 'POST /login',
          account: 'user9',
          secret: 'old',
          status: 401,
          times: 30,
          every: 1200,
          from: '198.51.100.9',
        },
      ],
    },
  ],
  bad: [
    {
      title: 'one password, an account every hour, another network each time',
      steps: [
        { call: 'POST /login', account: 'each', secret: 'Winter1', status: 401, times: 12, every: 3600, from: 'each' },
      ],
    },
  ],
};
