import { callerOf, excessText, type Detector } from '../detector.ts';
import { callerMeasures, sourceMeasures } from '../memory/measures.ts';
import { worstAlarm } from '../memory/worst.ts';

const ofCaller = [callerMeasures.at.unknownLong, callerMeasures.at.denied, callerMeasures.at.kinds];
const ofSource = [sourceMeasures.at.unknown];

/** Somebody looks for what there is. */
export const probing: Detector = {
  id: 'probing',
  title: 'The API is probed',
  owasp: ['API9:2023', 'API5:2023'],
  severity: 'medium',
  sees: 'Different paths and methods that are not documented, operations that are refused for want of rights, and how many different reasons there are for refusals, of a caller, an address, a network, a client program. What callers known from other days ask for as well is an old client; files that no API has count double.',
  remediation: 'Ban the address for a while. Look whether anything that was asked for was answered.',
  response: 'ban',
  compile(_operation, memory) {
    return (moment) => {
      if (!moment.undocumented && !moment.missed && moment.facts.refused === undefined) return undefined;
      const { facts, time } = moment;
      const own = worstAlarm(memory.callers, moment.caller, ofCaller, time);
      if (own !== undefined) return { about: callerOf(moment), why: excessText(own), strength: own.ratio / own.limit };
      if (!moment.undocumented) return undefined;
      for (const [kind, slot, id] of [
        ['address', moment.address, facts.address],
        ['network', moment.network, facts.address],
        ['agent', moment.agent, facts.agent],
      ] as const) {
        const worst = worstAlarm(memory.sources, slot, ofSource, time);
        if (worst !== undefined)
          return { about: { kind, id }, why: excessText(worst), strength: worst.ratio / worst.limit };
      }
      return undefined;
    };
  },
  good: [
    {
      title: 'browsers ask for their usual files',
      steps: ['/favicon.ico', '/robots.txt', '/apple-touch-icon.png', '/sitemap.xml'].map((path) => ({
        call: `GET ${path}`,
        status: 404,
      })),
    },
    {
      title: 'a new version of the app asks for what is not there yet',
      steps: Array.from({ length: 20 }, (_, i) => ({
        by: `user${i + 1}`,
        call: 'GET /recommendations',
        status: 404,
        times: 3,
      })),
    },
  ],
  bad: [
    {
      title: 'somebody works through a list of attacks',
      steps: [
        'authorize forbidden policy-denied',
        'validate invalid-request schema',
        'validate invalid-request page-over-limit',
        'route ambiguous-path dot-segment',
        'receive unsupported-media-type media-type',
        'authorize forbidden flow-order',
      ].map((refused) => ({ by: 'user40', call: 'GET /orders/{id}', status: 400, refused, every: 20 })),
    },
    {
      title: 'a scanner works through its list',
      steps: [
        '/.env',
        '/.git/config',
        '/wp-login.php',
        '/phpmyadmin',
        '/actuator/env',
        '/backup.zip',
        '/server-status',
        '/console',
      ].map((path) => ({ call: `GET ${path}`, status: 404, from: '192.0.2.16' })),
    },
    {
      title: 'a customer tries names of other operations',
      steps: [
        '/users',
        '/accounts',
        '/invoices',
        '/internal',
        '/v2/orders',
        '/staff',
        '/payments',
        '/reports',
        '/tokens',
      ].map((path) => ({ by: 'user15', call: `GET ${path}`, status: 404, every: 60 })),
    },
  ],
};
