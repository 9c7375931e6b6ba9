import type { Preset } from './preset.ts';

export const clerk: Preset = {
  name: 'clerk',
  title: 'Clerk, session tokens',
  parameters: {
    domain: 'Frontend API host',
    origin: 'origin of the application, or several',
  },
  example: {
    preset: 'clerk',
    domain: 'clerk.acme.com',
    origin: 'https://app.acme.com',
  },
  entry: {
    issuer: 'https://{domain}',
    require: {
      azp: '{origin}',
    },
    groups: '/o/rol',
    optionalGroups: true,
  },
  published: {
    alg: 'RS256',
    header: {
      typ: 'JWT',
      cat: 'cl_B7d4PD111AAA',
    },
    claims: {
      azp: 'https://app.acme.com',
      fva: [5, -1],
      iss: 'https://clerk.acme.com',
      sid: 'sess_2b1',
      sts: 'active',
      sub: 'user_2aBcD',
      v: 2,
      o: {
        id: 'org_2xY',
        rol: 'admin',
        slg: 'acme',
      },
    },
  },
  identity: {
    subject: 'user_2aBcD',
    groups: ['admin'],
  },
  note: "Where every caller has an organisation: tenant: /o/id. In the page's cookie: from: { cookie: '__session' }.",
  source: 'https://clerk.com/docs/backend-requests/resources/session-tokens',
};
