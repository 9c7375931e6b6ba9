import { need, threat, way } from '../definition.ts';

export const breakout = threat({
  id: 'breakout',
  title: 'From the container to the machine',
  subject: 'process',
  stride: ['elevation'],
  owasp: 'API8:2023',
  harm: 'integrity',
  ease: -1,
  attack:
    'Comes in through a hole of the application and, with the privileges of its container, takes over the machine.',
  ways: [
    way(
      'Through a hole',
      ['finds a hole in the application', 'input-validation'],
      ['uses the privileges of the container', 'least-privilege'],
    ),
  ],
  find: ({ element }) => {
    if (element.component === undefined) return undefined;
    const found = element.component.settings.find(({ kind }) =>
      [
        'privileged',
        'host-network',
        'host-path',
        'docker-socket',
        'runs-as-root',
        'added-capability',
        'privilege-escalation',
      ].includes(kind),
    );
    return [
      need('least-privilege', found === undefined, found?.detail ?? '', 'no added privilege is written', {
        place: found?.place,
      }),
    ];
  },
  bad: [
    { name: 'privileged', paths: {}, files: { 'compose.yaml': 'services:\n  api: { image: x, privileged: true }\n' } },
  ],
  good: [{ name: 'not privileged', paths: {}, files: { 'compose.yaml': 'services:\n  api: { image: x }\n' } }],
});
