import type { Preset } from './preset.ts';

export const supabase: Preset = {
  name: 'supabase',
  title: 'Supabase Auth',
  parameters: {
    project: 'reference of the project',
  },
  example: {
    preset: 'supabase',
    project: 'abcdefghijklmnop',
  },
  entry: {
    issuer: 'https://{project}.supabase.co/auth/v1',
    jwks: 'https://{project}.supabase.co/auth/v1/.well-known/jwks.json',
    audience: 'authenticated',
    groups: ['/role', '/app_metadata/roles'],
    optionalGroups: true,
  },
  published: {
    alg: 'ES256',
    header: {
      typ: 'JWT',
    },
    claims: {
      aal: 'aal1',
      amr: [
        {
          method: 'password',
          timestamp: 1676312777,
        },
      ],
      app_metadata: {
        provider: 'email',
        roles: ['clerk'],
      },
      aud: 'authenticated',
      email: 'ada@acme.com',
      is_anonymous: false,
      iss: 'https://abcdefghijklmnop.supabase.co/auth/v1',
      phone: '',
      role: 'authenticated',
      session_id: '8a1f',
      sub: '3f9e1a6c-5f0b-4d2a-9c0e-1b2c3d4e5f60',
      user_metadata: {},
    },
  },
  identity: {
    subject: '3f9e1a6c-5f0b-4d2a-9c0e-1b2c3d4e5f60',
    groups: ['authenticated', 'clerk'],
  },
  note: "Projects with the legacy secret: { secret: '${env:SUPABASE_JWT_SECRET}', audience: 'authenticated' }. user_metadata is the user's own and says nothing.",
  source: 'https://supabase.com/docs/guides/auth/jwt-fields',
};
