import { need, threat, way } from '../definition.ts';
import { usersByEnvironment } from './paths.ts';

export const sharedStore = threat({
  id: 'shared-store',
  title: 'A store that two environments share',
  subject: 'store',
  stride: ['elevation', 'tampering'],
  owasp: 'API9:2023',
  harm: 'confidentiality',
  ease: 0,
  attack: 'Comes in through staging, where little is guarded, and works on the data of production.',
  ways: [
    way('The weaker door', 'comes into the other environment', ['reaches the shared store', 'environment-separation']),
  ],
  find: ({ element, system }) => {
    const users = usersByEnvironment(element, system);
    if (users.length === 0) return undefined;
    const names = users.map(({ environment }) => environment).join(' and ');
    return [
      need('environment-separation', users.length < 2, `${names} use it`, 'one environment uses it', {
        place: users[0]?.place,
      }),
    ];
  },
  bad: [
    {
      name: 'staging uses the database of production',
      paths: {},
      files: {
        'compose.yaml':
          'services:\n  api: { image: x, environment: { ENVIRONMENT: production, DATABASE_URL: "postgres://db/shop" } }\n  api-two: { image: x, environment: { ENVIRONMENT: staging, DATABASE_URL: "postgres://db/shop" } }\n  db: { image: postgres }\n',
      },
    },
  ],
  good: [
    {
      name: 'each has its own',
      paths: {},
      files: {
        'compose.yaml':
          'services:\n  api: { image: x, environment: { ENVIRONMENT: production, DATABASE_URL: "postgres://db/shop" } }\n  api-two: { image: x, environment: { ENVIRONMENT: staging, DATABASE_URL: "postgres://db-two/shop" } }\n  db: { image: postgres }\n  db-two: { image: postgres }\n',
      },
    },
  ],
});
