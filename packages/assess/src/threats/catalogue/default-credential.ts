import { need, threat, way } from '../definition.ts';

export const defaultCredential = threat({
  id: 'default-credential',
  title: 'A password that everybody knows',
  subject: 'store',
  stride: ['spoofing', 'disclosure'],
  owasp: 'API8:2023',
  harm: 'confidentiality',
  ease: 1,
  attack: 'Comes in with the password of the example in the documentation.',
  ways: [
    way(
      'First try',
      ['reaches the store', 'network-isolation'],
      ['tries the well-known password', 'store-authentication'],
    ),
  ],
  find: ({ element }) => {
    if (element.component === undefined || element.inferred) return undefined;
    const secret = element.component.secrets.find(({ how }) => how === 'default');
    const off = element.component.settings.find(({ kind }) => kind === 'authentication-off');
    return [
      need(
        'store-authentication',
        secret === undefined && off === undefined,
        off?.detail ?? `${secret?.name ?? ''} is a well-known value`,
        'no well-known password is written',
        { place: off?.place ?? secret?.place },
      ),
    ];
  },
  bad: [
    {
      name: 'changeme',
      paths: {},
      files: { 'compose.yaml': 'services:\n  db: { image: postgres, environment: { POSTGRES_PASSWORD: changeme } }\n' },
    },
  ],
  good: [
    {
      name: 'from outside',
      paths: {},
      files: {
        'compose.yaml': "services:\n  db: { image: postgres, environment: { POSTGRES_PASSWORD: '${DB_PASSWORD}' } }\n",
      },
    },
  ],
});
