import { graded } from '../../rule.ts';
import { architectureRule } from './rule.ts';

export const rule = architectureRule({
  id: 'tls-version-weak',
  title: 'Old TLS accepted',
  owasp: ['API8:2023'],
  asvs: ['V12.1.1'],
  severity: graded('high'),
  confidence: 'high',
  why: 'TLS before 1.2 can be broken by whoever sits on the way (RFC 8996).',
  mend: 'accept TLSv1.2 and TLSv1.3 only',
  bad: [{ 'nginx.conf': 'server { listen 443 ssl; ssl_protocols TLSv1 TLSv1.2; server_name a; }' }],
  good: [{ 'nginx.conf': 'server { listen 443 ssl; ssl_protocols TLSv1.2 TLSv1.3; server_name a; }' }],
  *find({ components }) {
    for (const { name, ports } of components)
      for (const { tls } of ports) {
        const weak = tls?.versions.filter((version) => /^(?:SSLv[23]|TLSv1(?:\.[01])?)$/i.test(version)) ?? [];
        if (tls !== undefined && weak.length > 0)
          yield { at: tls.place, message: `${name} accepts ${weak.join(', ')}` };
      }
  },
});
