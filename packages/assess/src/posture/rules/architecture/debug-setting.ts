import { graded } from '../../rule.ts';
import { architectureRule } from './rule.ts';

export const rule = architectureRule({
  id: 'debug-setting',
  title: 'Debug settings',
  owasp: ['API8:2023'],
  asvs: ['V13.4.2'],
  severity: graded('medium'),
  confidence: 'medium',
  why: 'Debug modes show stack traces and settings, and some let code be run.',
  mend: 'switch it off',
  docs: 'Silent for components whose environment is development or test.',
  bad: [{ 'compose.yaml': 'services: { api: { image: x, environment: { NODE_ENV: development } } }' }],
  good: [
    { 'compose.yaml': 'services: { api: { image: x, environment: { NODE_ENV: production } } }' },
    { 'compose.dev.yaml': 'services: { api: { image: x, environment: { NODE_ENV: development } } }' },
  ],
  *find({ components }) {
    for (const { name, settings, environment } of components) {
      if (environment !== undefined && /^(?:development|test|sandbox)$/.test(environment)) continue;
      for (const { kind, detail, place } of settings)
        if (kind === 'debug') yield { at: place, message: `${name} runs with ${detail}` };
    }
  },
});
