import type { Preset } from './preset.ts';

export const cognitoId: Preset = {
  name: 'cognito-id',
  title: 'Amazon Cognito, ID tokens',
  parameters: {
    region: 'region',
    pool: 'id of the user pool',
    client: 'id of the app client, or several',
  },
  example: {
    preset: 'cognito-id',
    region: 'eu-west-1',
    pool: 'eu-west-1_Ab129faBb',
    client: 'xxxxxxxxxxxxexample',
  },
  entry: {
    issuer: 'https://cognito-idp.{region}.amazonaws.com/{pool}',
    groups: 'cognito:groups',
    optionalGroups: true,
    require: {
      token_use: 'id',
    },
    audience: '{client}',
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
      aud: 'xxxxxxxxxxxxexample',
      token_use: 'id',
      email: 'ada@acme.com',
      email_verified: true,
      'cognito:username': 'ada',
    },
  },
  identity: {
    subject: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
    groups: ['clerks'],
  },
  note: 'Made for clients; behind API Gateway many APIs take them all the same.',
  source: 'https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html',
};
