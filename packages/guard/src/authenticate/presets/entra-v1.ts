import type { Preset } from './preset.ts';

export const entraV1: Preset = {
  name: 'entra-v1',
  title: 'Microsoft Entra ID, tokens of version 1',
  parameters: {
    directory: 'id of the tenant',
  },
  example: {
    preset: 'entra-v1',
    directory: '6f4d1c2e-9b1a-4a8e-8d7e-2f1b0c9d8e7f',
    audience: 'api://orders',
  },
  entry: {
    issuer: 'https://sts.windows.net/{directory}/',
    jwks: 'https://login.microsoftonline.com/{directory}/discovery/keys',
    subject: '/oid',
    groups: '/roles',
    optionalGroups: true,
    tenant: '/tid',
  },
  published: {
    alg: 'RS256',
    header: {
      typ: 'JWT',
      x5t: 'i6lGk3FZzxRcUb2C3nEQ7syHJlY',
    },
    claims: {
      aud: 'api://orders',
      iss: 'https://sts.windows.net/6f4d1c2e-9b1a-4a8e-8d7e-2f1b0c9d8e7f/',
      acr: '1',
      appid: '6e74172b-be56-4843-9ff4-e66a39bb12e3',
      appidacr: '0',
      oid: '690222be-ff1a-4d56-abd1-7e4f7d38e474',
      roles: ['clerk'],
      scp: 'orders.read',
      sub: 'aFOoOZbPgUFRgLaDzgDbHqWFN8Vdn0E9zp2sCH_9Y80',
      tid: '6f4d1c2e-9b1a-4a8e-8d7e-2f1b0c9d8e7f',
      upn: 'ada@acme.com',
      ver: '1.0',
    },
  },
  identity: {
    subject: '690222be-ff1a-4d56-abd1-7e4f7d38e474',
    groups: ['clerk'],
    scopes: ['orders.read'],
    tenant: '6f4d1c2e-9b1a-4a8e-8d7e-2f1b0c9d8e7f',
  },
  note: 'An API whose manifest does not say accessTokenAcceptedVersion: 2 gets these.',
  source: 'https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference',
};
