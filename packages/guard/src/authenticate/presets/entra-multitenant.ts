import type { Preset } from './preset.ts';

export const entraMultitenant: Preset = {
  name: 'entra-multitenant',
  title: 'Microsoft Entra ID, several tenants',
  parameters: {},
  example: {
    preset: 'entra-multitenant',
    tenants: ['6f4d1c2e-9b1a-4a8e-8d7e-2f1b0c9d8e7f'],
    audience: '11112222-bbbb-3333-cccc-4444dddd5555',
  },
  entry: {
    issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0',
    jwks: 'https://login.microsoftonline.com/common/discovery/v2.0/keys',
    subject: '/oid',
    groups: '/roles',
    optionalGroups: true,
  },
  published: {
    alg: 'RS256',
    header: {
      typ: 'JWT',
    },
    claims: {
      aud: '11112222-bbbb-3333-cccc-4444dddd5555',
      iss: 'https://login.microsoftonline.com/6f4d1c2e-9b1a-4a8e-8d7e-2f1b0c9d8e7f/v2.0',
      aio: 'AWQAm/8ZAAAA',
      azp: '6e74172b-be56-4843-9ff4-e66a39bb12e3',
      azpacr: '0',
      name: 'Ada',
      oid: '690222be-ff1a-4d56-abd1-7e4f7d38e474',
      preferred_username: 'ada@acme.com',
      rh: '0.AX8A',
      roles: ['clerk'],
      scp: 'orders.read',
      sub: 'HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ',
      tid: '6f4d1c2e-9b1a-4a8e-8d7e-2f1b0c9d8e7f',
      uti: 'fqiBqXLPj0eQa82S-IYFAA',
      ver: '2.0',
    },
  },
  identity: {
    subject: '690222be-ff1a-4d56-abd1-7e4f7d38e474',
    groups: ['clerk'],
    scopes: ['orders.read'],
    tenant: '6f4d1c2e-9b1a-4a8e-8d7e-2f1b0c9d8e7f',
  },
  note: "tenants: ['any'] is every organisation that has one, and a notice says so.",
  source: 'https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference',
};
