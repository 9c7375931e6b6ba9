import type { Preset } from './preset.ts';

export const auth0: Preset = {
  name: 'auth0',
  title: 'Auth0',
  parameters: {
    domain: 'domain of the tenant',
  },
  example: {
    preset: 'auth0',
    domain: 'acme.eu.auth0.com',
    audience: 'https://orders.acme.com',
  },
  entry: {
    issuer: 'https://{domain}/',
    scopes: ['/scope', '/permissions'],
  },
  published: {
    alg: 'RS256',
    header: {
      typ: 'JWT',
    },
    claims: {
      iss: 'https://acme.eu.auth0.com/',
      sub: 'auth0|5f7c8ec7c33c6c004bbafe82',
      aud: ['https://orders.acme.com', 'https://acme.eu.auth0.com/userinfo'],
      azp: 'Xk2mPq7RtL',
      scope: 'openid profile',
      permissions: ['orders:read'],
    },
  },
  identity: {
    subject: 'auth0|5f7c8ec7c33c6c004bbafe82',
    scopes: ['openid', 'profile', 'orders:read'],
  },
  note: 'Roles by an action, in a claim that is an address: groups: https://acme.com/roles.',
  source: 'https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles',
};
