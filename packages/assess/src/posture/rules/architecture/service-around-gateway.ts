import { graded } from '../../rule.ts';
import { architectureRule } from './rule.ts';

export const rule = architectureRule({
  id: 'service-around-gateway',
  title: 'A service reachable around its gateway',
  owasp: ['API8:2023'],
  asvs: ['V13.2.4'],
  severity: graded('high'),
  confidence: 'high',
  why: 'Nothing of what the gateway checks is checked there.',
  mend: 'publish no port of the service',
  bad: [
    {
      'compose.yaml':
        "services:\n  gateway: { image: nginx, ports: ['443:443'], depends_on: [api] }\n  api: { image: x, ports: ['3000:3000'] }\n",
    },
  ],
  good: [
    {
      'compose.yaml':
        "services:\n  gateway: { image: nginx, ports: ['443:443'], depends_on: [api] }\n  api: { image: x }\n",
    },
  ],
  *find({ components, flows }) {
    const gateways = new Map(
      components.filter(({ kind }) => kind === 'gateway').map((component) => [component.id, component]),
    );
    for (const component of components) {
      if (component.kind !== 'process') continue;
      const front = flows.find(({ from, to }) => to === component.id && gateways.has(from));
      const port = component.ports.find(({ exposure, management }) => exposure === 'public' && !management);
      if (front !== undefined && port !== undefined)
        yield {
          at: port.place,
          message: `port ${port.number} of ${component.name} is open beside ${gateways.get(front.from)?.name ?? 'its gateway'}`,
        };
    }
  },
});
