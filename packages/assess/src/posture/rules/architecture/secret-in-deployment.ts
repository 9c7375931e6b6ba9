import { graded } from '../../rule.ts';
import { architectureRule } from './rule.ts';

export const rule = architectureRule({
  id: 'secret-in-deployment',
  title: 'A secret written in a file',
  owasp: ['API8:2023'],
  asvs: ['V13.3.1'],
  severity: graded('high'),
  confidence: 'medium',
  why: 'Everybody who sees the repository, a fork or a backup has it.',
  mend: 'take it from a secret store, and rotate the one that was written',
  bad: [{ 'compose.yaml': 'services: { api: { image: x, environment: { JWT_SECRET: 9f2c1b7e55d04a6c } } }' }],
  good: [
    {
      'compose.yaml': "services: { api: { image: x, environment: { JWT_SECRET: '${JWT_SECRET}', TOKEN_TTL: 3600 } } }",
    },
  ],
  *find({ components }) {
    for (const { name, secrets } of components)
      for (const secret of secrets)
        if (secret.how === 'literal')
          yield { at: secret.place, message: `${secret.name} of ${name} is written in the file` };
  },
});
