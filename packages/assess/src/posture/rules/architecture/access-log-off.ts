import { graded } from '../../rule.ts';
import { architectureRule } from './rule.ts';

export const rule = architectureRule({
  id: 'access-log-off',
  title: 'Access is not logged',
  owasp: ['API8:2023'],
  asvs: ['V16.2.1'],
  severity: graded('low'),
  confidence: 'high',
  why: 'What was tried at the entry is not seen by anybody.',
  mend: 'switch the log on',
  bad: [{ 'nginx.conf': 'server { listen 443 ssl; access_log off; server_name a; }' }],
  good: [{ 'nginx.conf': 'server { listen 443 ssl; access_log /var/log/nginx/a.log; server_name a; }' }],
  *find({ components }) {
    for (const { name, settings } of components)
      for (const { kind, detail, place } of settings)
        if (kind === 'access-log-off') yield { at: place, message: `${name}: ${detail}` };
  },
});
