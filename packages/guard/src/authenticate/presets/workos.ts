import type { Preset } from './preset.ts';

export const workos: Preset = {
  name: 'workos',
  title: 'WorkOS AuthKit',
  parameters: {
    client: 'client id',
  },
  example: {
    preset: 'workos',
    client: 'client_01HXYZ123456789ABCDEFGHIJ',
  },
  entry: {
    issuer: ['https://api.workos.com', 'https://api.workos.com/', 'https://api.workos.com/user_management/{client}'],
    jwks: 'https://api.workos.com/sso/jwks/{client}',
    dedicatedKeys: true,
    groups: ['/role', '/roles'],
    optionalGroups: true,
    scopes: '/permissions',
  },
  published: {
    alg: 'RS256',
    header: {
      typ: 'JWT',
    },
    claims: {
      iss: 'https://api.workos.com',
      sub: 'user_01HBEQKA6K4QJAS93VPE39W1JT',
      org_id: 'org_01HRDMC6CM357W30QMHMQ96Q0S',
      role: 'member',
      roles: ['member'],
      permissions: ['posts:read'],
      sid: 'session_01HQSXZGF8FHF7A9ZZFCW4387R',
      jti: '01HQSXZXPPFPKMDD32RKTFY6PV',
    },
  },
  identity: {
    subject: 'user_01HBEQKA6K4QJAS93VPE39W1JT',
    groups: ['member'],
    scopes: ['posts:read'],
  },
  note: 'No claim binds the token; its key set is that of the client. Where every caller has an organisation: tenant: /org_id.',
  source: 'https://workos.com/docs/reference/authkit/session-tokens/access-token',
};
