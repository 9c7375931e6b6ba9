import { everyServer } from '@castellan/contract';
import { hostOf, isInside } from '../servers.ts';
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
  docs: 'Addresses of this machine and of private networks are left alone (see server-not-production).',
  bad: [
    `servers: [{ url: http://api.example.com }]
paths: {}`,
  ],
  good: [
    `servers: [{ url: https://api.example.com }, { url: http://localhost:8080 }]
paths: {}`,
  ],
  *find({ contract, operations }) {
    for (const server of everyServer(contract))
      if (/^http:\/\//i.test(server.url) && hostOf(server.url) !== undefined && !isInside(server.url))
        yield {
          at: server.location,
          message: `${server.url} is plain HTTP`,
          operations,
          mend: contract.openapi.startsWith('2')
            ? { text: 'write schemes: [https]' }
            : updating(
                contract,
                'write the https address',
                [
                  {
                    at: server.location,
                    update: { url: server.url.replace(/^http:/i, 'https:') },
                  },
                ],
                false,
              ),
        };
  },
});
