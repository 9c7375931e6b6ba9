import type { Server } from '@castellan/contract';
import { isInside, isNotProduction, writtenServers } from '../servers.ts';
import { contractRule } from '../rule.ts';

export const rule = contractRule({
  id: 'server-not-production',
  title: 'Inside and test servers in a published document',
  owasp: ['API9:2023'],
  asvs: ['V13.4.5', 'V15.2.3'],
  severity: { toy: 'off', internal: 'info', standard: 'low', bank: 'medium' },
  confidence: 'high',
  why: 'The document tells the world where weaker copies of the service stand; they often hold real data and answer without the controls of production.',
  mend: 'keep those servers in an overlay for each environment, and publish the document without them',
  docs: 'By host names (staging, dev, test, qa, localhost, private addresses) and descriptions. A sandbox or test address that is offered to customers by design deserves an ignore that says so. Silent for a draft, and where all servers are such: then the document is that of the test environment.',
  bad: [
    `servers: [{ url: https://api.example.com }, { url: https://api.staging.example.com }]
paths: {}`,
  ],
  good: [
    `servers: [{ url: https://api.example.com }]
paths: {}`,
  ],
  *find({ contract }) {
    if (contract.castellan.lifecycle?.state === 'draft') return;
    const weak = (server: Server): boolean => isInside(server.url) || isNotProduction(server);
    const servers = writtenServers(contract);
    if (servers.every(weak)) return;
    for (const server of servers)
      if (weak(server))
        yield {
          at: server.location,
          message: `${server.url} is ${isInside(server.url) ? 'an inside address' : 'not production'}`,
        };
  },
});
