import type { Preset } from './preset.ts';

export const okta: Preset = {
  name: 'okta',
  title: 'Okta, custom authorization server',
  parameters: {
    domain: 'domain of the organisation',
    server: 'id of the authorization server',
  },
  example: {
    preset: 'okta',
    domain: 'acme.okta.com',
    server: 'default',
    audience: 'api://default',
  },
  entry: {
    issuer: 'https://{domain}/oauth2/{server}',
    optionalGroups: true,
    groups: 'claims.groups',
  },
  published: {
    alg: 'RS256',
    header: {
      typ: 'JWT',
    },
    claims: {
      ver: 1,
      jti: 'AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE',
      iss: 'https://acme.okta.com/oauth2/default',
      aud: 'api://default',
      cid: '0oabucvyc38HLL1ef0h7',
      uid: '00ujmkLgagxeRrAg20g3',
      scp: ['openid', 'orders:read'],
      sub: 'ada@acme.com',
      groups: ['clerks'],
    },
  },
  identity: {
    subject: 'ada@acme.com',
    scopes: ['openid', 'orders:read'],
    groups: ['clerks'],
  },
  note: "Groups need a claim of that name at the authorization server. The organisation's own server (without /oauth2/…) gives tokens that are Okta's only.",
  source: 'https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/',
};
