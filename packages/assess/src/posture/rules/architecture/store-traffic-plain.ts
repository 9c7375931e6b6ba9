import { graded } from '../../rule.ts';
import { architectureRule } from './rule.ts';

export const rule = architectureRule({
  id: 'store-traffic-plain',
  title: 'Plain traffic to a store',
  owasp: ['API8:2023'],
  asvs: ['V12.3.1'],
  severity: graded('low'),
  confidence: 'high',
  why: 'Whoever is inside the network reads every record on the way.',
  mend: 'switch TLS on for the connection: sslmode=verify-full, rediss://',
  bad: [
    {
      'compose.yaml':
        "services: { api: { image: x, environment: { DATABASE_URL: 'postgres://db/shop?sslmode=disable' } }, db: { image: postgres } }",
    },
  ],
  good: [
    {
      'compose.yaml':
        "services: { api: { image: x, environment: { DATABASE_URL: 'postgres://db/shop?sslmode=verify-full' } }, db: { image: postgres } }",
    },
  ],
  *find({ components, flows }) {
    const stores = new Map(
      components.filter(({ kind }) => kind === 'store').map((component) => [component.id, component.name]),
    );
    for (const flow of flows)
      if (flow.encrypted === false && stores.has(flow.to))
        yield { at: flow.place, message: `the connection to ${stores.get(flow.to) ?? ''} is not encrypted` };
  },
});
