import type { Preset } from './preset.ts';

export const uaa: Preset = {
  name: 'uaa',
  title: 'Cloud Foundry UAA',
  parameters: {
    address: 'address of the UAA',
  },
  example: {
    preset: 'uaa',
    address: 'https://uaa.acme.com',
    audience: 'orders',
  },
  entry: {
    issuer: '{address}/oauth/token',
    jwks: '{address}/token_keys',
  },
  published: {
    alg: 'RS256',
    header: {
      typ: 'JWT',
      jku: 'https://uaa.acme.com/token_keys',
    },
    claims: {
      jti: 'b0ce',
      sub: '3f9e1a6c',
      scope: ['orders.read', 'openid'],
      client_id: 'web',
      cid: 'web',
      azp: 'web',
      grant_type: 'password',
      user_id: '3f9e1a6c',
      origin: 'uaa',
      user_name: 'ada',
      zid: 'uaa',
      iss: 'https://uaa.acme.com/oauth/token',
      aud: ['orders', 'web', 'openid'],
    },
  },
  identity: {
    subject: '3f9e1a6c',
    scopes: ['orders.read', 'openid'],
  },
  source: 'https://docs.cloudfoundry.org/api/uaa/',
};
