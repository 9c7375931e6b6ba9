import type { Preset } from './preset.ts';

export const githubActions: Preset = {
  name: 'github-actions',
  title: 'GitHub Actions',
  parameters: {
    repository: 'owner/name, or several',
  },
  example: {
    preset: 'github-actions',
    repository: 'acme/shop',
    audience: 'https://orders.acme.com',
  },
  entry: {
    issuer: 'https://token.actions.githubusercontent.com',
    require: {
      repository: '{repository}',
    },
    groups: '/environment',
    optionalGroups: true,
    tenant: '/repository_owner',
  },
  published: {
    alg: 'RS256',
    header: {
      typ: 'JWT',
      x5t: 'example-thumbprint',
    },
    claims: {
      jti: 'e7a3',
      sub: 'repo:acme/shop:environment:production',
      environment: 'production',
      aud: 'https://orders.acme.com',
      ref: 'refs/heads/main',
      sha: 'example-sha',
      repository: 'acme/shop',
      repository_owner: 'acme',
      actor: 'ada',
      workflow: 'deploy',
      runner_environment: 'github-hosted',
      iss: 'https://token.actions.githubusercontent.com',
    },
  },
  identity: {
    subject: 'repo:acme/shop:environment:production',
    groups: ['production'],
    tenant: 'acme',
  },
  source: 'https://docs.github.com/actions/reference/security/oidc',
};
