import type { Preset } from './preset.ts';

export const cloudflareAccess: Preset = {
  name: 'cloudflare-access',
  title: 'Cloudflare Access',
  parameters: {
    team: 'name of the team',
  },
  example: {
    preset: 'cloudflare-access',
    team: 'acme',
    audience: '32eafc7626e737aa01f9ad7bc2d0e4bd',
  },
  entry: {
    issuer: 'https://{team}.cloudflareaccess.com',
    jwks: 'https://{team}.cloudflareaccess.com/cdn-cgi/access/certs',
    require: {
      type: 'app',
    },
    subject: ['/common_name', '/sub'],
    from: {
      header: 'Cf-Access-Jwt-Assertion',
    },
  },
  published: {
    alg: 'RS256',
    header: {
      typ: 'JWT',
    },
    claims: {
      aud: ['32eafc7626e737aa01f9ad7bc2d0e4bd'],
      email: 'ada@acme.com',
      iss: 'https://acme.cloudflareaccess.com',
      type: 'app',
      identity_nonce: '6ei69kawdKzMIAPF',
      sub: '7335d417-61da-459d-899c-0a01c76a2f94',
      country: 'DE',
    },
  },
  identity: {
    subject: '7335d417-61da-459d-899c-0a01c76a2f94',
  },
  note: 'Service tokens name themselves in common_name.',
  source: 'https://developers.cloudflare.com/cloudflare-one/identity/authorization-cookie/application-token/',
};
