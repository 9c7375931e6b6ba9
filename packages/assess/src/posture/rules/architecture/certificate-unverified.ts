import { graded } from '../../rule.ts';
import { architectureRule } from './rule.ts';

export const rule = architectureRule({
  id: 'certificate-unverified',
  title: 'Certificates are not verified',
  owasp: ['API8:2023'],
  asvs: ['V12.3.2'],
  severity: graded('high'),
  confidence: 'high',
  why: 'Whoever sits on the way can pretend to be the other side.',
  mend: 'verify, and give the authority of the certificate where it is your own',
  bad: [{ 'compose.yaml': "services: { api: { image: x, environment: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } } }" }],
  good: [{ 'compose.yaml': 'services: { api: { image: x, environment: { NODE_EXTRA_CA_CERTS: /etc/ca.pem } } }' }],
  *find({ components }) {
    for (const { name, settings } of components)
      for (const { kind, detail, place } of settings)
        if (kind === 'verify-off') yield { at: place, message: `${name}: ${detail}` };
  },
});
