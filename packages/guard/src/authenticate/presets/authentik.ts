import type { Preset } from './preset.ts';

export const authentik: Preset = {
  name: 'authentik',
  title: 'authentik',
  parameters: {
    address: 'address of the server',
    app: 'slug of the application',
    client: 'client id',
  },
  example: {
    preset: 'authentik',
    address: 'https://auth.acme.com',
    app: 'orders',
    client: 'Kx7vQ2mXz9rLw4Yb8NcD',
  },
  entry: {
    issuer: '{address}/application/o/{app}/',
    audience: '{client}',
    groups: 'claims.groups',
    optionalGroups: true,
  },
  published: {
    alg: 'RS256',
    header: {
      typ: 'JWT',
    },
    claims: {
      iss: 'https://auth.acme.com/application/o/orders/',
      sub: 'a8f5f167f44f4964e6c998dee827110c',
      aud: 'Kx7vQ2mXz9rLw4Yb8NcD',
      auth_time: 1676312777,
      acr: 'goauthentik.io/providers/oauth2/default',
      email: 'ada@acme.com',
      preferred_username: 'ada',
      groups: ['clerks'],
      azp: 'Kx7vQ2mXz9rLw4Yb8NcD',
      uid: '9c7e',
    },
  },
  identity: {
    subject: 'a8f5f167f44f4964e6c998dee827110c',
    groups: ['clerks'],
  },
  source: 'https://docs.goauthentik.io/add-secure-apps/providers/oauth2/',
};
