import type { Preset } from './preset.ts';

export const googleIap: Preset = {
  name: 'google-iap',
  title: 'Google Identity-Aware Proxy',
  parameters: {},
  example: {
    preset: 'google-iap',
    audience: '/projects/123456/global/backendServices/7890',
  },
  entry: {
    issuer: 'https://cloud.google.com/iap',
    jwks: 'https://www.gstatic.com/iap/verify/public_key-jwk',
    from: {
      header: 'X-Goog-IAP-JWT-Assertion',
    },
  },
  published: {
    alg: 'ES256',
    header: {
      typ: 'JWT',
    },
    claims: {
      aud: '/projects/123456/global/backendServices/7890',
      email: 'ada@acme.com',
      google: {
        access_levels: [],
      },
      hd: 'acme.com',
      iss: 'https://cloud.google.com/iap',
      sub: 'accounts.google.com:115420342',
    },
  },
  identity: {
    subject: 'accounts.google.com:115420342',
  },
  source: 'https://cloud.google.com/iap/docs/signed-headers-howto',
};
