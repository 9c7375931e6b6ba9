import type { Preset } from './preset.ts';

export const gitlab: Preset = {
  name: 'gitlab',
  title: 'GitLab CI/CD, ID tokens',
  parameters: {
    address: 'address of GitLab',
    project: 'path of the project, or several',
  },
  example: {
    preset: 'gitlab',
    address: 'https://gitlab.com',
    project: 'acme/shop',
    audience: 'https://orders.acme.com',
  },
  entry: {
    issuer: '{address}',
    require: {
      project_path: '{project}',
    },
    tenant: '/namespace_path',
  },
  published: {
    alg: 'RS256',
    header: {
      typ: 'JWT',
    },
    claims: {
      namespace_path: 'acme',
      project_path: 'acme/shop',
      user_login: 'ada',
      pipeline_source: 'push',
      ref: 'main',
      ref_type: 'branch',
      ref_protected: 'true',
      jti: '235b',
      iss: 'https://gitlab.com',
      aud: 'https://orders.acme.com',
      sub: 'project_path:acme/shop:ref_type:branch:ref:main',
    },
  },
  identity: {
    subject: 'project_path:acme/shop:ref_type:branch:ref:main',
    tenant: 'acme',
  },
  note: "Protected branches only: require: { project_path: '…', ref_protected: 'true' }.",
  source: 'https://docs.gitlab.com/ci/secrets/id_token_authentication/',
};
