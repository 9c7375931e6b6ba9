import { graded } from '../../rule.ts';
import { architectureRule } from './rule.ts';

export const rule = architectureRule({
  id: 'forwarded-field-believed',
  title: 'Client addresses that anybody can make up',
  owasp: ['API8:2023'],
  asvs: ['V13.4.1'],
  severity: graded('medium'),
  confidence: 'high',
  why: 'Limits and bans by address are passed by writing another address into a field.',
  mend: 'believe forwarding fields from your own proxies only',
  bad: [{ 'nginx.conf': 'server { listen 443 ssl; set_real_ip_from 0.0.0.0/0; server_name a; }' }],
  good: [{ 'nginx.conf': 'server { listen 443 ssl; set_real_ip_from 10.0.0.0/8; server_name a; }' }],
  *find({ components }) {
    for (const { name, settings } of components)
      for (const { kind, detail, place } of settings)
        if (kind === 'header-forwarded') yield { at: place, message: `${name}: ${detail}` };
  },
});
