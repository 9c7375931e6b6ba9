import type { Preset } from './preset.ts';

export const keycloak: Preset = {
  name: 'keycloak',
  title: 'Keycloak, as it comes',
  parameters: {
    server: 'address of the server',
    realm: 'realm',
    client: 'client that calls',
  },
  example: {
    preset: 'keycloak',
    server: 'https://id.acme.com',
    realm: 'staff',
    client: 'orders-web',
  },
  entry: {
    issuer: '{server}/realms/{realm}',
    groups: ['/realm_access/roles', '/resource_access/{client}/roles'],
    optionalGroups: true,
    require: {
      azp: '{client}',
    },
  },
  published: {
    alg: 'RS256',
    header: {
      typ: 'JWT',
    },
    claims: {
      jti: 'f1c8a0ac-1e0a-4c1f',
      iss: 'https://id.acme.com/realms/staff',
      aud: 'account',
      sub: '3f9e1a6c-5f0b-4d2a-9c0e-1b2c3d4e5f60',
      typ: 'Bearer',
      azp: 'orders-web',
      sid: '9c7e',
      acr: '1',
      realm_access: {
        roles: ['offline_access', 'clerk'],
      },
      resource_access: {
        'orders-web': {
          roles: ['buyer'],
        },
        account: {
          roles: ['view-profile'],
        },
      },
      scope: 'openid email',
      preferred_username: 'ada',
    },
  },
  identity: {
    subject: '3f9e1a6c-5f0b-4d2a-9c0e-1b2c3d4e5f60',
    groups: ['offline_access', 'clerk', 'buyer'],
    scopes: ['openid', 'email'],
  },
  note: 'aud is account without a mapper, so azp binds the token to the client that called.',
  source: 'https://www.keycloak.org/docs/latest/server_admin/',
};
