import type { Preset } from './preset.ts';

export const entraB2c: Preset = {
  name: 'entra-b2c',
  title: 'Azure AD B2C',
  parameters: {
    name: 'name of the tenant',
    directory: 'id of the tenant',
    policy: 'user flow or policy',
  },
  example: {
    preset: 'entra-b2c',
    name: 'acme',
    directory: '6f4d1c2e-9b1a-4a8e-8d7e-2f1b0c9d8e7f',
    policy: 'B2C_1_signin',
    audience: '11112222-bbbb-3333-cccc-4444dddd5555',
  },
  entry: {
    issuer: 'https://{name}.b2clogin.com/{directory}/v2.0/',
    jwks: 'https://{name}.b2clogin.com/{name}.onmicrosoft.com/{policy}/discovery/v2.0/keys',
    require: {
      tfp: '{policy}',
    },
  },
  published: {
    alg: 'RS256',
    header: {
      typ: 'JWT',
    },
    claims: {
      iss: 'https://acme.b2clogin.com/6f4d1c2e-9b1a-4a8e-8d7e-2f1b0c9d8e7f/v2.0/',
      aud: '11112222-bbbb-3333-cccc-4444dddd5555',
      oid: '690222be-ff1a-4d56-abd1-7e4f7d38e474',
      sub: '690222be-ff1a-4d56-abd1-7e4f7d38e474',
      tfp: 'B2C_1_signin',
      scp: 'orders.read',
      azp: '6e74172b-be56-4843-9ff4-e66a39bb12e3',
      ver: '1.0',
    },
  },
  identity: {
    subject: '690222be-ff1a-4d56-abd1-7e4f7d38e474',
    scopes: ['orders.read'],
  },
  note: 'Where the policy says acr in place of tfp: require: { acr: <policy> }.',
  source: 'https://learn.microsoft.com/azure/active-directory-b2c/tokens-overview',
};
