import type { Verdicts } from '../verdict.ts';

/** What the rules counted under API2:2023 say. */
export const verdicts: Verdicts = {
  'account-change-unconfirmed': [
    [
      {
        says: 'PUT /me/email asks for no proof beyond the token',
        at: '/paths/~1me~1email/put',
        severity: 'info low medium high',
        confidence: 'medium',
        operations: ['putMeEmail'],
        mend: 'ask for the current password or a fresh second factor in the same request',
      },
    ],
  ],
  'authentication-missing': [
    [
      {
        says: 'no operation asks for a credential: anyone may call 1 operation (1 write among them)',
        at: '',
        severity: 'medium high critical critical',
        confidence: 'high',
        operations: ['postOrders'],
        mend: 'declare a security scheme and require it: security: [{ name: [] }] at the root, with security: [] on what is meant to be public',
      },
    ],
    [
      {
        says: 'no operation asks for a credential: anyone may call 1 operation (1 write among them)',
        at: '',
        severity: 'medium high critical critical',
        confidence: 'high',
        operations: ['postOrders'],
        mend: 'declare a security scheme and require it: security: [{ name: [] }] at the root, with security: [] on what is meant to be public',
      },
    ],
    [
      {
        says: 'no operation asks for a credential: anyone may call 1 operation (1 write among them)',
        at: '',
        severity: 'medium high critical critical',
        confidence: 'high',
        operations: ['postOrders'],
        mend: 'declare a security scheme and require it: security: [{ name: [] }] at the root, with security: [] on what is meant to be public',
      },
    ],
    [
      {
        says: '1 operation takes a credential as a parameter (X-Api-Key), and no security scheme says so: no guard, gateway or client asks for it',
        at: '',
        severity: 'high',
        confidence: 'high',
        operations: ['getOrders'],
        mend: 'declare it under components.securitySchemes (type: apiKey) and ask for it under security',
      },
    ],
  ],
  'authentication-optional': [
    [
      {
        says: 'a caller without any credential is let in (POST /orders)',
        at: '/paths/~1orders/post/security/1',
        severity: 'low medium high critical',
        confidence: 'high',
        operations: ['postOrders'],
        mend: 'remove the {} from security, or split the operation in a public and a protected one',
        fix: '--fix=all',
        patch: ["$.paths['/orders'].post.security[1] removed"],
      },
    ],
  ],
  'authentication-undone': [
    [
      {
        says: 'POST /orders asks for no credential',
        at: '/paths/~1orders/post/security',
        severity: 'low medium high critical',
        confidence: 'medium',
        operations: ['postOrders'],
        mend: 'remove security: [] from the operation; where it is meant to be public, say so in an ignore with reason and end',
        fix: '--fix=all',
        patch: ["$.paths['/orders'].post.security removed"],
      },
    ],
    [
      {
        says: 'POST /orders asks for no credential',
        at: '/paths/~1orders/post/security',
        severity: 'low medium high critical',
        confidence: 'medium',
        operations: ['postOrders'],
        mend: 'remove security: [] from the operation; where it is meant to be public, say so in an ignore with reason and end',
        fix: '--fix=all',
        patch: ["$.paths['/orders'].post.security removed"],
      },
    ],
  ],
  'cookie-without-csrf-defence': [
    [
      {
        says: 'the cookie sid alone lets POST /orders be called',
        at: '/components/securitySchemes/session',
        severity: 'info low medium high',
        confidence: 'medium',
        operations: ['postOrders'],
        mend: 'require a header field that other sites cannot set (an anti-forgery token), or take a bearer token; SameSite helps but is not in the contract',
      },
    ],
  ],
  'credential-in-path': [
    [
      {
        says: 'the path holds the credential sessionToken (GET /sessions/{sessionToken})',
        at: '/paths/~1sessions~1{sessionToken}/get/parameters/0',
        severity: 'info low medium high',
        confidence: 'medium',
        operations: ['getSessionsSessionToken'],
        mend: 'take it in a body or header field; a link that people click may hold a token that works once and for minutes',
      },
    ],
  ],
  'credential-in-query': [
    [
      {
        says: 'key is taken from the query parameter key',
        at: '/components/securitySchemes/key',
        severity: 'low medium high critical',
        confidence: 'high',
        operations: ['getOrders'],
        mend: 'take it in the Authorization header field or another one',
      },
    ],
    [
      {
        says: 'the query parameter access_token is a credential (GET /orders)',
        at: '/paths/~1orders/get/parameters/0',
        severity: 'low medium high critical',
        confidence: 'high',
        operations: ['getOrders'],
        mend: 'take it in the Authorization header field or another one',
      },
    ],
  ],
  'http-basic': [
    [
      {
        says: 'basic is HTTP Basic',
        at: '/components/securitySchemes/basic',
        severity: 'info low medium high',
        confidence: 'high',
        operations: ['getOrders'],
        mend: 'issue short-lived tokens (oauth2, openIdConnect) or bind clients by certificate (mutualTLS)',
      },
    ],
  ],
  'http-scheme-weak': [
    [
      {
        says: 'digest uses the HTTP scheme digest',
        at: '/components/securitySchemes/digest',
        severity: 'info low medium high',
        confidence: 'high',
        operations: ['getOrders'],
        mend: 'use bearer tokens of a maintained identity provider, or mutualTLS',
      },
    ],
  ],
  'login-unthrottled': [
    [
      {
        says: 'POST /login takes attempts without a limit of its own',
        at: '/paths/~1login/post',
        severity: 'low medium high critical',
        confidence: 'medium',
        operations: ['postLogin'],
        mend: 'limit it, stricter than the API',
        fix: '--fix=all',
        patch: ['$.paths[\'/login\'].post {"x-castellan":{"rateLimit":{"rate":"10/minute","by":"address"}}}'],
      },
    ],
  ],
  'oauth-implicit-flow': [
    [
      {
        says: 'oauth offers the implicit flow',
        at: '/components/securitySchemes/oauth/flows/implicit',
        severity: 'low medium high critical',
        confidence: 'high',
        operations: [],
        mend: 'use authorizationCode with PKCE',
      },
    ],
  ],
  'oauth-password-flow': [
    [
      {
        says: 'oauth offers the password flow',
        at: '/components/securitySchemes/oauth/flows/password',
        severity: 'low medium high critical',
        confidence: 'high',
        operations: [],
        mend: 'use authorizationCode with PKCE for people, clientCredentials for services',
      },
    ],
  ],
  'oauth-url-plain-http': [
    [
      {
        says: 'oauth talks to http://login.example.com/token in plain text',
        at: '/components/securitySchemes/oauth',
        severity: 'medium high critical critical',
        confidence: 'high',
        operations: [],
        mend: 'write the https address',
      },
    ],
    [
      {
        says: 'oidc talks to http://login.example.com/.well-known/openid-configuration in plain text',
        at: '/components/securitySchemes/oidc',
        severity: 'medium high critical critical',
        confidence: 'high',
        operations: [],
        mend: 'write the https address',
      },
    ],
  ],
  'one-time-code-short': [
    [
      {
        says: 'otp has at most 4 characters',
        at: '/paths/~1otp/post/requestBody/content/application~1json/schema/properties/otp',
        severity: 'info low medium high',
        confidence: 'medium',
        operations: ['postOtp'],
        mend: 'use six digits or more, a lifetime of minutes, and few attempts',
      },
    ],
  ],
  'password-change-unconfirmed': [
    [
      {
        says: 'newPassword is changed without proof of the old one',
        at: '/paths/~1me~1password/put/requestBody/content/application~1json/schema/properties/newPassword',
        severity: 'low medium high critical',
        confidence: 'medium',
        operations: ['putMePassword'],
        mend: 'ask for the current password as well, or for a fresh second factor; where it was forgotten, for a one-time token',
      },
    ],
    [
      {
        says: 'newPassword is changed without proof of the old one',
        at: '/paths/~1reset-password/post/requestBody/content/application~1json/schema/properties/newPassword',
        severity: 'low medium high critical',
        confidence: 'medium',
        operations: ['postResetPassword'],
        mend: 'ask for the current password as well, or for a fresh second factor; where it was forgotten, for a one-time token',
      },
    ],
  ],
  'password-composition': [
    [
      {
        says: 'password must match ^(?=.*[A-Z])(?=.*[0-9]).{8,}$',
        at: '/paths/~1users/post/requestBody/content/application~1json/schema/properties/password',
        severity: 'info info low medium',
        confidence: 'medium',
        operations: ['postUsers'],
        mend: 'remove the pattern, ask for length, and check against lists of leaked passwords',
      },
    ],
  ],
  'password-too-short': [
    [
      {
        says: 'password may be shorter than 8 characters',
        at: '/paths/~1users/post/requestBody/content/application~1json/schema/properties/password',
        severity: 'info low medium high',
        confidence: 'high',
        operations: ['postUsers'],
        mend: 'add minLength: 8, better 15',
        fix: '--fix=all',
        patch: [
          "$.paths['/users'].post.requestBody.content['application/json'].schema.properties.password {\"minLength\":8}",
        ],
      },
    ],
  ],
  'password-truncated': [
    [
      {
        says: 'password may have at most 16 characters',
        at: '/paths/~1users/post/requestBody/content/application~1json/schema/properties/password',
        severity: 'info info low medium',
        confidence: 'high',
        operations: ['postUsers'],
        mend: 'allow at least 64 characters: maxLength: 128',
      },
    ],
  ],
  'secret-question': [
    [
      {
        says: 'securityAnswer is a secret question or its answer',
        at: '/paths/~1recovery/post/requestBody/content/application~1json/schema/properties/securityAnswer',
        severity: 'info low medium high',
        confidence: 'high',
        operations: ['postRecovery'],
        mend: 'recover accounts by a one-time code over a registered channel, or a second factor',
      },
    ],
  ],
  'unauthorized-undocumented': [
    [
      {
        says: '1 operation asks for a credential and documents neither 401 nor 403: GET /orders',
        at: '',
        severity: 'off info low low',
        confidence: 'high',
        operations: ['getOrders'],
        mend: 'document how a missing or bad credential is refused',
        fix: '--fix',
        patch: [
          '$.paths[\'/orders\'].get.responses {"401":{"description":"The credential is missing or bad"},"403":{"description":"It is not allowed"}}',
        ],
      },
    ],
  ],
  'user-enumeration': [
    [
      {
        says: 'POST /login tells anyone whether an account exists',
        at: '/paths/~1login/post',
        severity: 'info low medium high',
        confidence: 'medium',
        operations: ['postLogin'],
        mend: 'answer the same whether the account exists or not, and tell by e-mail',
      },
    ],
    [
      {
        says: 'GET /users/exists tells anyone whether an account exists',
        at: '/paths/~1users~1exists/get',
        severity: 'info low medium high',
        confidence: 'medium',
        operations: ['getUsersExists'],
        mend: 'answer the same whether the account exists or not, and tell by e-mail',
      },
    ],
  ],
  'weaker-alternative': [
    [
      {
        says: 'basic is accepted instead of oauth (GET /orders)',
        at: '/components/securitySchemes/basic',
        severity: 'off info low medium',
        confidence: 'high',
        operations: ['getOrders'],
        mend: 'remove the weaker alternative, or require both',
      },
    ],
  ],
};
