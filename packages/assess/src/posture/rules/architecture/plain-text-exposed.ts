import { graded } from '../../rule.ts';
import { architectureRule } from './rule.ts';

export const rule = architectureRule({
  id: 'plain-text-exposed',
  title: 'Plain HTTP to the outside',
  owasp: ['API8:2023'],
  asvs: ['V12.2.1'],
  severity: graded('high'),
  confidence: 'medium',
  why: 'Whoever sits on the way reads and changes credentials and data.',
  mend: 'listen with TLS, and answer plain requests with a redirect only',
  docs: 'Silent where a gateway stands in front of the service: then the open port is the finding, not its protocol.',
  bad: [
    { 'nginx.conf': 'server { listen 80; server_name a; location / { proxy_pass http://api:3000; } }' },
    { 'castellan.yaml': 'apis: [{ name: a, contract: b }]\nlisten: { port: 8080, address: 0.0.0.0 }\n' },
  ],
  good: [
    { 'nginx.conf': 'server { listen 80; server_name a; return 301 https://$host$request_uri; }' },
    { 'compose.yaml': "services: { api: { image: x, ports: ['127.0.0.1:3000:3000'] } }" },
  ],
  *find({ components, flows }) {
    const behind = new Set(
      flows
        .filter(({ from }) => components.some(({ id, kind }) => id === from && kind === 'gateway'))
        .map(({ to }) => to),
    );
    for (const { id, name, kind, ports } of components) {
      if (kind === 'store' || behind.has(id)) continue;
      for (const port of ports)
        if (port.exposure === 'public' && port.protocol === 'http' && !port.redirectsToTls && !port.management)
          yield { at: port.place, message: `${name} answers plain HTTP on port ${port.number} to anyone` };
    }
  },
});
