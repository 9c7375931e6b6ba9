import { need, threat, way } from '../definition.ts';
import { weakVersions } from './paths.ts';

export const weakTls = threat({
  id: 'weak-tls',
  title: 'TLS that can be broken',
  subject: 'flow',
  stride: ['disclosure', 'tampering'],
  owasp: 'API8:2023',
  harm: 'confidentiality',
  ease: -1,
  attack: 'Makes both sides agree on an old version or cipher, and reads along.',
  ways: [way('Downgrade', 'gets between the two', ['makes them agree on an old version', 'transport-encryption'])],
  find: ({ flow, to }) => {
    if (flow.encrypted !== true) return undefined;
    const port = to.component?.ports.find(({ tls }) => tls !== undefined && weakVersions(tls).length > 0);
    if (port?.tls === undefined) return undefined;
    return [
      need('transport-encryption', false, `${weakVersions(port.tls).join(', ')} is accepted`, '', {
        place: port.tls.place,
      }),
    ];
  },
  bad: [
    {
      name: 'TLS 1.0',
      paths: { '/orders': { get: {} } },
      files: {
        'nginx.conf':
          'server { listen 443 ssl; ssl_protocols TLSv1 TLSv1.2; server_name a; location / { proxy_pass http://api:3000; } }',
        'compose.yaml': 'services: { api: { image: x } }',
      },
    },
  ],
  good: [
    {
      name: 'TLS 1.2 and later',
      paths: { '/orders': { get: {} } },
      files: {
        'nginx.conf':
          'server { listen 443 ssl; ssl_protocols TLSv1.2 TLSv1.3; server_name a; location / { proxy_pass http://api:3000; } }',
        'compose.yaml': 'services: { api: { image: x } }',
      },
    },
  ],
});
