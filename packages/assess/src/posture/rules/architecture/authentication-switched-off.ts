import { graded } from '../../rule.ts';
import { architectureRule } from './rule.ts';

export const rule = architectureRule({
  id: 'authentication-switched-off',
  title: 'Authentication is switched off, or fails open',
  owasp: ['API2:2023', 'API8:2023'],
  asvs: ['V13.2.1'],
  severity: graded('critical'),
  confidence: 'high',
  why: 'Whoever reaches it is let in.',
  mend: 'switch it on',
  bad: [{ 'compose.yaml': 'services: { db: { image: postgres, environment: { POSTGRES_HOST_AUTH_METHOD: trust } } }' }],
  good: [
    {
      'compose.yaml':
        'services: { db: { image: postgres, environment: { POSTGRES_HOST_AUTH_METHOD: scram-sha-256 } } }',
    },
  ],
  *find({ components }) {
    for (const { name, settings } of components)
      for (const { kind, detail, place } of settings)
        if (kind === 'authentication-off') yield { at: place, message: `${name}: ${detail}` };
  },
});
