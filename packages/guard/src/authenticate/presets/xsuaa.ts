import type { Preset } from './preset.ts';

export const xsuaa: Preset = {
  name: 'xsuaa',
  title: 'SAP XSUAA',
  parameters: {
    subdomain: 'subdomain of the subaccount',
    landscape: 'landscape',
    app: 'xsappname',
  },
  example: {
    preset: 'xsuaa',
    subdomain: 'acme',
    landscape: 'eu10.hana.ondemand.com',
    app: 'orders!t1234',
  },
  entry: {
    issuer: 'https://{subdomain}.authentication.{landscape}/oauth/token',
    jwks: 'https://{subdomain}.authentication.{landscape}/token_keys',
    audience: '{app}',
    groups: '/xs.system.attributes/xs.rolecollections',
    optionalGroups: true,
    tenant: '/zid',
  },
  published: {
    alg: 'RS256',
    header: {
      typ: 'JWT',
      jku: 'https://acme.authentication.eu10.hana.ondemand.com/token_keys',
    },
    claims: {
      jti: 'a7f1',
      ext_attr: {
        enhancer: 'XSUAA',
        zdn: 'acme',
      },
      'xs.system.attributes': {
        'xs.rolecollections': ['Clerk'],
      },
      sub: '3f9e1a6c',
      scope: ['orders!t1234.Display', 'openid'],
      client_id: 'sb-orders!t1234',
      cid: 'sb-orders!t1234',
      azp: 'sb-orders!t1234',
      grant_type: 'authorization_code',
      user_name: 'ada@acme.com',
      zid: 'b1a2',
      aud: ['orders!t1234', 'openid'],
      iss: 'https://acme.authentication.eu10.hana.ondemand.com/oauth/token',
    },
  },
  identity: {
    subject: '3f9e1a6c',
    groups: ['Clerk'],
    scopes: ['orders!t1234.Display', 'openid'],
    tenant: 'b1a2',
  },
  source:
    'https://help.sap.com/docs/btp/sap-business-technology-platform/what-is-sap-authorization-and-trust-management-service',
};
