import type { Preset } from './preset.ts';

export const entraApp: Preset = {
  name: 'entra-app',
  title: 'Microsoft Entra ID, applications without a user',
  parameters: {
    directory: 'id of the tenant',
  },
  example: {
    preset: 'entra-app',
    directory: '6f4d1c2e-9b1a-4a8e-8d7e-2f1b0c9d8e7f',
    audience: '11112222-bbbb-3333-cccc-4444dddd5555',
  },
  entry: {
    issuer: 'https://login.microsoftonline.com/{directory}/v2.0',
    require: {
      idtyp: 'app',
    },
    subject: '/azp',
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
      azp: '6e74172b-be56-4843-9ff4-e66a39bb12e3',
      azpacr: '1',
      idtyp: 'app',
      oid: 'aa0222be-ff1a-4d56-abd1-7e4f7d38e474',
      roles: ['clerk'],
      sub: 'aa0222be-ff1a-4d56-abd1-7e4f7d38e474',
      tid: '6f4d1c2e-9b1a-4a8e-8d7e-2f1b0c9d8e7f',
      ver: '2.0',
    },
  },
  identity: {
    subject: '6e74172b-be56-4843-9ff4-e66a39bb12e3',
    groups: ['clerk'],
    tenant: '6f4d1c2e-9b1a-4a8e-8d7e-2f1b0c9d8e7f',
  },
  note: 'idtyp is an optional claim of the API: add it to its access tokens.',
  source: 'https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference',
};
