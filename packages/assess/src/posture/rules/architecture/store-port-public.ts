import { graded } from '../../rule.ts';
import { architectureRule } from './rule.ts';

export const rule = architectureRule({
  id: 'store-port-public',
  title: 'A store that anyone can reach',
  owasp: ['API8:2023'],
  asvs: ['V13.2.4'],
  severity: graded('high'),
  confidence: 'high',
  why: 'Nothing of what the API checks is checked there.',
  mend: 'publish no port, or only on 127.0.0.1',
  bad: [{ 'compose.yaml': "services: { db: { image: postgres, ports: ['5432:5432'] } }" }],
  good: [{ 'compose.yaml': 'services: { db: { image: postgres } }' }],
  *find({ components }) {
    for (const { name, kind, ports } of components)
      for (const port of kind === 'store' ? ports : [])
        if (port.exposure === 'public' && !port.management)
          yield { at: port.place, message: `port ${port.number} of ${name} can be reached by anyone` };
  },
});
