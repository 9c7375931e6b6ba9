import type { Preset } from './preset.ts';

export const cognito: Preset = {
  name: 'cognito',
  title: 'Amazon Cognito, access tokens',
  parameters: {
    region: 'region',
    pool: 'id of the user pool',
    client: 'id of the app client, or several',
  },
  example: {
    preset: 'cognito',
    region: 'eu-west-1',
    pool: 'eu-west-1_Ab129faBb',
    client: 'xxxxxxxxxxxxexample',
  },
  entry: {
    issuer: 'https://cognito-idp.{region}.amazonaws.com/{pool}',
    groups: 'cognito:groups',
    optionalGroups: true,
    require: {
      token_use: 'access',
      client_id: '{client}',
    },
  },
  published: {
    alg: 'RS256',
    header: {
      typ: 'JWT',
    },
    claims: {
      sub: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
      'cognito:groups': ['clerks'],
      iss: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab129faBb',
      origin_jti: 'ffffffff-aaaa-bbbb-cccc-dddddddddddd',
      event_id: '11111111-aaaa-bbbb-cccc-dddddddddddd',
      auth_time: 1676312777,
      version: 2,
      client_id: 'xxxxxxxxxxxxexample',
      token_use: 'access',
      scope: 'phone openid',
      username: 'ada',
    },
  },
  identity: {
    subject: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
    groups: ['clerks'],
    scopes: ['phone', 'openid'],
  },
  note: 'Access tokens have no aud: client_id binds them.',
  source:
    'https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html',
};
