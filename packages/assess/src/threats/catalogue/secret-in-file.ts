import { need, threat, way } from '../definition.ts';

export const secretInFile = threat({
  id: 'secret-in-file',
  title: 'A secret read from a file',
  subject: 'process',
  stride: ['disclosure', 'spoofing'],
  owasp: 'API8:2023',
  harm: 'confidentiality',
  ease: 0,
  attack: 'Reads a key or password from the repository, an image or a backup.',
  ways: [
    way('The repository', 'gets to see the repository, a fork or a backup', ['reads the secret', 'secret-storage']),
  ],
  find: ({ element }) => {
    const found = element.component?.secrets ?? [];
    if (found.length === 0) return undefined;
    const written = found.find(({ how }) => how !== 'reference');
    return [
      need(
        'secret-storage',
        written === undefined,
        `${written?.name ?? ''} is written in the file`,
        'secrets are only referred to',
        { place: written?.place },
      ),
    ];
  },
  bad: [
    {
      name: 'a key in the file',
      paths: {},
      files: { 'compose.yaml': 'services:\n  api: { image: x, environment: { JWT_SECRET: 9f2c1b7e55d04a6c } }\n' },
    },
  ],
  good: [
    {
      name: 'a key from outside',
      paths: {},
      files: { 'compose.yaml': "services:\n  api: { image: x, environment: { JWT_SECRET: '${JWT_SECRET}' } }\n" },
    },
  ],
});
