import { everyServer } from '@castellan/contract';
import { isInside, isThisMachine, withDefaults } from '../servers.ts';
import { updating } from '../patch.ts';
import { contractRule, graded } from '../rule.ts';

export const rule = contractRule({
  id: 'server-plain-http',
  title: 'Server without TLS',
  owasp: ['API8:2023'],
  asvs: ['V12.2.1'],
  severity: graded('high'),
  confidence: 'high',
  why: 'Credentials and data travel in plain text: whoever is on the way reads and changes them.',
  mend: 'write the https address; clients that follow the document then never speak in plain text',
  docs: 'Addresses of this machine are left alone. In private networks and under names that only resolve inside it is low: others are on the way there, too. A scheme that is a variable counts by its default.',
  bad: [
    `servers: [{ url: http://api.example.com }]
paths: {}`,
  ],
  good: [
    `servers: [{ url: https://api.example.com }, { url: http://localhost:8080 }]
paths: {}`,
  ],
  *find({ contract, operations }) {
    for (const server of everyServer(contract)) {
      const address = withDefaults(contract, server);
      if (/^(?:http|ws):\/\/[^/]/i.test(address) && !isThisMachine(address))
        yield {
          at: server.location,
          message: `${server.url} is plain HTTP`,
          operations,
          ...(isInside(address) ? { severity: 'low' } : {}),
          mend:
            contract.openapi.startsWith('2') || server.url.startsWith('{')
              ? { text: contract.openapi.startsWith('2') ? 'write schemes: [https]' : 'write https:// in the address' }
              : updating(
                  contract,
                  'write the https address',
                  [
                    {
                      at: server.location,
                      update: { url: server.url.replace(/^http:/i, 'https:').replace(/^ws:/i, 'wss:') },
                    },
                  ],
                  false,
                ),
        };
    }
  },
});
