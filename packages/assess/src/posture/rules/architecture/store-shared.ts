import { graded } from '../../rule.ts';
import { architectureRule } from './rule.ts';

export const rule = architectureRule({
  id: 'store-shared',
  title: 'One store for several environments',
  owasp: ['API9:2023'],
  asvs: ['V13.2.2'],
  severity: graded('high'),
  confidence: 'high',
  why: 'Whoever comes in where little is guarded works on the data of production.',
  mend: 'give each environment a store of its own',
  bad: [
    {
      'compose.yaml':
        'services:\n  api: { image: x, environment: { ENVIRONMENT: production, DATABASE_URL: "postgres://db/shop" } }\n  two: { image: x, environment: { ENVIRONMENT: staging, DATABASE_URL: "postgres://db/shop" } }\n  db: { image: postgres }\n',
    },
  ],
  good: [
    {
      'compose.yaml':
        'services:\n  api: { image: x, environment: { ENVIRONMENT: production, DATABASE_URL: "postgres://db/shop" } }\n  two: { image: x, environment: { ENVIRONMENT: staging, DATABASE_URL: "postgres://db/shop-staging" } }\n  db: { image: postgres }\n',
    },
  ],
  *find({ components, flows }) {
    const by = new Map(components.map((component) => [component.id, component]));
    const users = new Map<string, Map<string, (typeof flows)[number]>>();
    for (const flow of flows) {
      const environment = by.get(flow.from)?.environment;
      if (environment === undefined || by.get(flow.to)?.kind !== 'store') continue;
      const key = `${flow.to} ${flow.resource ?? ''}`;
      const found = users.get(key) ?? new Map<string, (typeof flows)[number]>();
      users.set(key, found.set(environment, flow));
    }
    for (const found of users.values()) {
      const [first, second] = found.values();
      if (first !== undefined && second !== undefined)
        yield {
          at: second.place,
          message: `${[...found.keys()].join(' and ')} use the same ${by.get(first.to)?.name ?? 'store'}${first.resource === undefined ? '' : ` (${first.resource})`}`,
        };
    }
  },
});
