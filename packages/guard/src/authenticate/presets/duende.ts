import type { Preset } from './preset.ts';

export const duende: Preset = {
  name: 'duende',
  title: 'Duende IdentityServer',
  parameters: {
    address: 'address of the server',
  },
  example: {
    preset: 'duende',
    address: 'https://id.acme.com',
    audience: 'orders',
  },
  entry: {
    issuer: '{address}',
    type: 'at+jwt',
  },
  published: {
    alg: 'RS256',
    header: {
      typ: 'at+jwt',
    },
    claims: {
      iss: 'https://id.acme.com',
      aud: 'orders',
      client_id: 'web',
      scope: ['orders.read', 'openid'],
      sub: '88421113',
      idp: 'local',
      amr: ['pwd'],
      jti: '3C55A5E0',
    },
  },
  identity: {
    subject: '88421113',
    scopes: ['orders.read', 'openid'],
  },
  source: 'https://docs.duendesoftware.com/identityserver/tokens/',
};
