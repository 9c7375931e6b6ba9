import { graded } from '../../rule.ts';
import { architectureRule } from './rule.ts';

export const rule = architectureRule({
  id: 'guard-not-enforcing',
  title: 'A guard that only watches',
  owasp: ['API8:2023'],
  asvs: ['V13.4.1'],
  severity: graded('medium'),
  confidence: 'high',
  why: 'What the contract forbids is let through.',
  mend: 'write mode: enforce once the log shows no refusals of good clients',
  bad: [
    {
      'castellan.yaml': 'apis: [{ name: a, contract: b, environment: production, mode: observe }]\naudit: { dir: x }\n',
    },
  ],
  good: [
    { 'castellan.yaml': 'apis: [{ name: a, contract: b, environment: staging, mode: observe }]\naudit: { dir: x }\n' },
  ],
  *find({ castellan }) {
    for (const { apis } of castellan)
      for (const { name, environment, mode, place } of apis)
        if (environment === 'production' && mode !== 'enforce')
          yield { at: place, message: `${name} is in production with mode ${mode}` };
  },
});
