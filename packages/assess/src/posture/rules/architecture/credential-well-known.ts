import { graded } from '../../rule.ts';
import { architectureRule } from './rule.ts';

export const rule = architectureRule({
  id: 'credential-well-known',
  title: 'A password that everybody knows',
  owasp: ['API8:2023'],
  asvs: ['V13.2.3'],
  severity: graded('critical'),
  confidence: 'high',
  why: 'It is the first that attackers try.',
  mend: 'take a random one from a secret store',
  bad: [{ 'compose.yaml': 'services: { db: { image: postgres, environment: { POSTGRES_PASSWORD: changeme } } }' }],
  good: [
    { 'compose.yaml': "services: { db: { image: postgres, environment: { POSTGRES_PASSWORD: '${DB_PASSWORD}' } } }" },
  ],
  *find({ components }) {
    for (const { name, secrets } of components)
      for (const secret of secrets)
        if (secret.how === 'default')
          yield { at: secret.place, message: `${secret.name} of ${name} is a well-known value` };
  },
});
