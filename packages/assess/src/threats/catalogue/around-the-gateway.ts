import { need, threat, way } from '../definition.ts';

export const aroundTheGateway = threat({
  id: 'around-the-gateway',
  title: 'Past the gateway',
  subject: 'process',
  stride: ['spoofing', 'elevation'],
  owasp: 'API8:2023',
  harm: 'integrity',
  ease: 1,
  attack: 'Calls the service directly, where nothing of what the gateway checks is checked.',
  ways: [
    way('Its own port', 'scans the address of the gateway for other ports', [
      'calls the service directly',
      'network-isolation',
    ]),
  ],
  find: ({ element, system }) => {
    const behind = system.flows.some(
      ({ to, from }) => to === element.id && system.elements.some(({ id, gateway }) => id === from && gateway),
    );
    if (element.gateway || !behind || element.component === undefined) return undefined;
    const port = element.component.ports.find(({ exposure, management }) => exposure === 'public' && !management);
    return [
      need(
        'network-isolation',
        port === undefined,
        `port ${port?.number ?? ''} is published beside the gateway`,
        'only the gateway reaches it',
        { place: port?.place },
      ),
    ];
  },
  bad: [
    {
      name: 'both published',
      paths: {},
      files: {
        'compose.yaml':
          "services:\n  gateway: { image: nginx, ports: ['443:443'], depends_on: [api] }\n  api: { image: x/api, ports: ['3000:3000'] }\n",
      },
    },
  ],
  good: [
    {
      name: 'only the gateway',
      paths: {},
      files: {
        'compose.yaml':
          "services:\n  gateway: { image: nginx, ports: ['443:443'], depends_on: [api] }\n  api: { image: x/api }\n",
      },
    },
  ],
});
