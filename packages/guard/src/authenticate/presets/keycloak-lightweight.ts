import type { Preset } from './preset.ts';

export const keycloakLightweight: Preset = {
  name: 'keycloak-lightweight',
  title: 'Keycloak, lightweight access tokens',
  parameters: {
    server: 'address of the server',
    realm: 'realm',
    client: 'client that calls',
    api: 'confidential client of this API',
    secret: 'its secret',
  },
  example: {
    preset: 'keycloak-lightweight',
    server: 'https://id.acme.com',
    realm: 'staff',
    client: 'orders-web',
    api: 'orders',
    secret: 'kT7vQ2mXz9rLw4Yb8NcDaPqRs',
  },
  entry: {
    issuer: '{server}/realms/{realm}',
    groups: ['/realm_access/roles', '/resource_access/{client}/roles'],
    optionalGroups: true,
    require: {
      azp: '{client}',
    },
    introspection: {
      endpoint: '{server}/realms/{realm}/protocol/openid-connect/token/introspect',
      client: {
        id: '{api}',
        secret: '{secret}',
      },
      cache: 10,
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
      active: true,
      token_type: 'Bearer',
    },
    opaque: true,
  },
  identity: {
    subject: '3f9e1a6c-5f0b-4d2a-9c0e-1b2c3d4e5f60',
    groups: ['offline_access', 'clerk', 'buyer'],
    scopes: ['openid', 'email'],
  },
  note: 'The token says next to nothing, so each is asked about (RFC 7662).',
  source: 'https://www.keycloak.org/docs/latest/server_admin/',
};
