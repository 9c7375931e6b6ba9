import type { Preset } from './preset.ts';

export const keycloakAudience: Preset = {
  name: 'keycloak-audience',
  title: 'Keycloak, with an audience mapper',
  parameters: {
    server: 'address of the server',
    realm: 'realm',
    client: 'client of this API, which the mapper adds to aud',
  },
  example: {
    preset: 'keycloak-audience',
    server: 'https://id.acme.com',
    realm: 'staff',
    client: 'orders',
  },
  entry: {
    issuer: '{server}/realms/{realm}',
    groups: ['/realm_access/roles', '/resource_access/{client}/roles'],
    optionalGroups: true,
    audience: '{client}',
  },
  published: {
    alg: 'RS256',
    header: {
      typ: 'JWT',
    },
    claims: {
      jti: 'f1c8a0ac-1e0a-4c1f',
      iss: 'https://id.acme.com/realms/staff',
      aud: ['orders', 'account'],
      sub: '3f9e1a6c-5f0b-4d2a-9c0e-1b2c3d4e5f60',
      typ: 'Bearer',
      azp: 'orders-web',
      sid: '9c7e',
      acr: '1',
      realm_access: {
        roles: ['offline_access', 'clerk'],
      },
      resource_access: {
        orders: {
          roles: ['buyer'],
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
  source: 'https://www.keycloak.org/docs/latest/server_admin/',
};
