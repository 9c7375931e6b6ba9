import { need, threat, way } from '../definition.ts';

export const reachableStore = threat({
  id: 'reachable-store',
  title: 'A store that anyone can reach',
  subject: 'store',
  stride: ['disclosure', 'tampering'],
  owasp: 'API8:2023',
  harm: 'confidentiality',
  ease: 1,
  attack: 'Connects to the database directly and tries passwords, or needs none.',
  ways: [
    way(
      'Directly',
      'finds the port with a scan',
      ['connects', 'network-isolation'],
      ['tries well-known passwords', 'store-authentication'],
    ),
  ],
  find: ({ element }) => {
    if (element.component === undefined || element.inferred) return undefined;
    const port = element.component.ports.find(({ exposure }) => exposure === 'public');
    const bucket = element.component.settings.find(({ kind }) => kind === 'public-bucket');
    return [
      need(
        'network-isolation',
        port === undefined && bucket === undefined,
        bucket?.detail ?? `port ${port?.number ?? ''} is published`,
        'it is not published',
        { place: bucket?.place ?? port?.place },
      ),
    ];
  },
  bad: [
    {
      name: 'a published database',
      paths: {},
      files: { 'compose.yaml': "services:\n  db: { image: postgres, ports: ['5432:5432'] }\n" },
    },
  ],
  good: [{ name: 'not published', paths: {}, files: { 'compose.yaml': 'services:\n  db: { image: postgres }\n' } }],
});
