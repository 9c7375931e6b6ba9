import type { Preset } from './preset.ts';

export const firebase: Preset = {
  name: 'firebase',
  title: 'Firebase Authentication',
  parameters: {
    project: 'id of the project',
  },
  example: {
    preset: 'firebase',
    project: 'acme-shop',
  },
  entry: {
    issuer: 'https://securetoken.google.com/{project}',
    audience: '{project}',
    jwks: 'https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com',
  },
  published: {
    alg: 'RS256',
    header: {
      typ: 'JWT',
    },
    claims: {
      iss: 'https://securetoken.google.com/acme-shop',
      aud: 'acme-shop',
      auth_time: 1676312777,
      user_id: 'Kx7vQ2mXz9',
      sub: 'Kx7vQ2mXz9',
      email: 'ada@acme.com',
      email_verified: true,
      firebase: {
        identities: {
          email: ['ada@acme.com'],
        },
        sign_in_provider: 'password',
      },
    },
  },
  identity: {
    subject: 'Kx7vQ2mXz9',
  },
  note: 'Custom claims stand at the top: groups: /roles.',
  source: 'https://firebase.google.com/docs/auth/admin/verify-id-tokens',
};
