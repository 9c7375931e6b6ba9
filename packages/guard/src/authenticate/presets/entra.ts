import type { Preset } from './preset.ts';

export const entra: Preset = {
  name: 'entra',
  title: 'Microsoft Entra ID, tokens of version 2',
  parameters: {
    directory: 'id of the tenant',
  },
  example: {
    preset: 'entra',
    directory: '6f4d1c2e-9b1a-4a8e-8d7e-2f1b0c9d8e7f',
    audience: '11112222-bbbb-3333-cccc-4444dddd5555',
  },
  entry: {
    issuer: 'https://login.microsoftonline.com/{directory}/v2.0',
    subject: '/oid',
    groups: '/roles',
    optionalGroups: true,
    tenant: '/tid',
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
  note: 'groups: claims.groups for security groups in place of app roles.',
  source: 'https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference',
};
