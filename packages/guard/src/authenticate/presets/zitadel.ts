import type { Preset } from './preset.ts';

export const zitadel: Preset = {
  name: 'zitadel',
  title: 'Zitadel',
  parameters: {
    address: 'address of the instance',
    project: 'id of the project',
  },
  example: {
    preset: 'zitadel',
    address: 'https://acme.zitadel.cloud',
    project: '69234237810729019',
  },
  entry: {
    issuer: '{address}',
    audience: '{project}',
    groups: {
      claim: '/urn:zitadel:iam:org:project:roles',
      members: 'names',
    },
    optionalGroups: true,
  },
  published: {
    alg: 'RS256',
    header: {
      typ: 'JWT',
    },
    claims: {
      aud: ['69234247558357051', '69234237810729019'],
      client_id: '69234247558357051',
      iss: 'https://acme.zitadel.cloud',
      jti: '2274',
      sub: '77776025198584418',
      'urn:zitadel:iam:org:project:roles': {
        clerk: {
          '77776025198584418': 'acme.zitadel.cloud',
        },
      },
    },
  },
  identity: {
    subject: '77776025198584418',
    groups: ['clerk'],
  },
  note: "For access tokens of type JWT. Roles of one organisation: tenant: '/urn:zitadel:iam:user:resourceowner:id' and members: names-of-tenant.",
  source: 'https://zitadel.com/docs/apis/openidoauth/claims',
};
