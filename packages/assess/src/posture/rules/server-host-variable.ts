import { contractRule, graded } from '../rule.ts';

export const rule = contractRule({
  id: 'server-host-variable',
  title: 'Clients may be sent to any host',
  owasp: ['API8:2023'],
  asvs: ['V12.2.1'],
  severity: graded('low'),
  confidence: 'medium',
  why: 'A variable that is the whole host lets whoever configures a client, or its documentation page, send credentials anywhere.',
  mend: 'list the values (enum), or keep the variable to a part of a fixed domain: https://{tenant}.example.com',
  bad: [
    `servers: [{ url: 'https://{host}/v1', variables: { host: { default: api.example.com } } }]
paths: {}`,
  ],
  good: [
    `servers: [{ url: 'https://{tenant}.example.com', variables: { tenant: { default: acme } } }]
paths: {}`,
  ],
  *find({ contract }) {
    const servers: unknown = contract.document['servers'];
    if (!Array.isArray(servers)) return;
    for (const [index, server] of servers.entries()) {
      if (typeof server !== 'object' || server === null) continue;
      const { url, variables } = server as {
        readonly url?: unknown;
        readonly variables?: Readonly<Record<string, { readonly enum?: unknown }>>;
      };
      const name = typeof url === 'string' ? /^(?:https?:\/\/)?\{([^{}]+)\}(?::|\/|$)/.exec(url)?.[1] : undefined;
      if (name !== undefined && name !== 'protocol' && name !== 'scheme' && variables?.[name]?.enum === undefined)
        yield {
          at: { document: contract.documents[0] ?? '', pointer: `/servers/${index}` },
          message: `the variable ${name} may be any host`,
        };
    }
  },
});
