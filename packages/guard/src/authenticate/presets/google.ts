import type { Preset } from './preset.ts';

export const google: Preset = {
  name: 'google',
  title: 'Google, ID tokens',
  parameters: {
    client: 'OAuth client id, or several',
  },
  example: {
    preset: 'google',
    client: '1234987819200.apps.googleusercontent.com',
  },
  entry: {
    issuer: ['https://accounts.google.com', 'accounts.google.com'],
    audience: '{client}',
    jwks: 'https://www.googleapis.com/oauth2/v3/certs',
  },
  published: {
    alg: 'RS256',
    header: {
      typ: 'JWT',
    },
    claims: {
      iss: 'https://accounts.google.com',
      azp: '1234987819200.apps.googleusercontent.com',
      aud: '1234987819200.apps.googleusercontent.com',
      sub: '10769150350006150715113082367',
      at_hash: 'HK6E_P6Dh8Y93mRNtsDB1Q',
      hd: 'acme.com',
      email: 'ada@acme.com',
      email_verified: true,
    },
  },
  identity: {
    subject: '10769150350006150715113082367',
  },
  note: "One organisation only: require: { hd: 'acme.com' }.",
  source: 'https://developers.google.com/identity/openid-connect/openid-connect',
};
