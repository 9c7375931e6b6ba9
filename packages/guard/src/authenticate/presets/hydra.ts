import type { Preset } from './preset.ts';

export const hydra: Preset = {
  name: 'hydra',
  title: 'Ory Hydra',
  parameters: {
    address: 'public address',
    client: 'client that calls, or several',
  },
  example: {
    preset: 'hydra',
    address: 'https://hydra.acme.com',
    client: 'orders-web',
  },
  entry: {
    issuer: '{address}',
    require: {
      client_id: '{client}',
    },
  },
  published: {
    alg: 'RS256',
    header: {
      typ: 'JWT',
    },
    claims: {
      aud: [],
      client_id: 'orders-web',
      ext: {},
      iss: 'https://hydra.acme.com',
      jti: '1f0b',
      scp: ['orders.read'],
      sub: 'ada',
    },
  },
  identity: {
    subject: 'ada',
    scopes: ['orders.read'],
  },
  note: 'For strategies.access_token: jwt. Opaque ones: introspection at the admin address.',
  source: 'https://www.ory.com/docs/oauth2-oidc/jwt-access-token',
};
