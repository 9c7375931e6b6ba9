import { graded } from '../../rule.ts';
import { architectureRule } from './rule.ts';

export const rule = architectureRule({
  id: 'management-port-public',
  title: 'Management in public',
  owasp: ['API8:2023'],
  asvs: ['V13.4.5'],
  severity: graded('high'),
  confidence: 'high',
  why: 'Administration pages, debuggers and metrics give away control or internal details.',
  mend: 'publish it on 127.0.0.1 only, or not at all',
  bad: [
    { 'compose.yaml': "services: { api: { image: x, ports: ['9229:9229'] } }" },
    {
      'envoy.yaml':
        'admin: { address: { socket_address: { address: 0.0.0.0, port_value: 9901 } } }\nstatic_resources: { listeners: [] }\n',
    },
  ],
  good: [{ 'compose.yaml': "services: { api: { image: x, ports: ['127.0.0.1:9229:9229'] } }" }],
  *find({ components }) {
    for (const { name, ports } of components)
      for (const port of ports)
        if (port.management && port.exposure === 'public')
          yield { at: port.place, message: `management port ${port.number} of ${name} can be reached by anyone` };
  },
});
