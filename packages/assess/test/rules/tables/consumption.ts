import type { Verdicts } from '../verdict.ts';

/** What the rules counted under API4:2023 say. */
export const verdicts: Verdicts = {
  'array-unbounded': [
    [
      {
        says: 'lines is a list of any length',
        at: '/paths/~1orders/post/requestBody/content/application~1json/schema/properties/lines',
        severity: 'info low medium high',
        confidence: 'high',
        operations: ['postOrders'],
        mend: 'bound it; the number is a proposal',
        fix: '--fix=all',
        patch: [
          "$.paths['/orders'].post.requestBody.content['application/json'].schema.properties.lines {\"maxItems\":100}",
        ],
      },
    ],
  ],
  'budget-missing': [
    [
      {
        says: 'GET /accounts lists financial data without a budget',
        at: '/paths/~1accounts/get',
        severity: 'off off off medium',
        confidence: 'medium',
        operations: ['getAccounts'],
        mend: 'bound it; the number is a proposal',
        fix: '--fix=all',
        patch: ['$.paths[\'/accounts\'].get {"x-castellan":{"budget":{"records":"1000/hour"}}}'],
      },
    ],
  ],
  'costly-unthrottled': [
    [
      {
        says: 'POST /orders/export does much work for one request',
        at: '/paths/~1orders~1export/post',
        severity: 'info info low medium',
        confidence: 'low',
        operations: ['postOrdersExport'],
        mend: 'bound how many run at once; the number is a proposal',
        fix: '--fix=all',
        patch: ['$.paths[\'/orders/export\'].post {"x-castellan":{"concurrency":2}}'],
      },
    ],
  ],
  'graphql-unbounded': [
    [
      {
        says: '/graphql takes queries of any cost',
        at: '/paths/~1graphql/post',
        severity: 'info low medium high',
        confidence: 'medium',
        operations: ['postGraphql'],
        mend: 'bound depth, cost and batch size in the GraphQL server, and cost per call here: x-castellan: { rateLimit: { rate: …, cost: … } }',
      },
    ],
  ],
  'map-unbounded': [
    [
      {
        says: 'labels is a map of any size',
        at: '/paths/~1orders/post/requestBody/content/application~1json/schema/properties/labels',
        severity: 'off info low medium',
        confidence: 'high',
        operations: ['postOrders'],
        mend: 'bound it; the number is a proposal',
        fix: '--fix=all',
        patch: [
          "$.paths['/orders'].post.requestBody.content['application/json'].schema.properties.labels {\"maxProperties\":100}",
        ],
      },
    ],
  ],
  'number-unbounded': [
    [
      {
        says: 'quantity has no minimum and no maximum (POST /orders)',
        at: '/paths/~1orders/post/requestBody/content/application~1json/schema/properties/quantity',
        severity: 'info info low medium',
        confidence: 'medium',
        operations: ['postOrders'],
        mend: 'bound it; the numbers are a proposal',
        fix: '--fix=all',
        patch: [
          '$.paths[\'/orders\'].post.requestBody.content[\'application/json\'].schema.properties.quantity {"minimum":0,"maximum":1000000}',
        ],
      },
    ],
  ],
  'page-missing': [
    [
      {
        says: 'GET /orders answers its list whole',
        at: '/paths/~1orders/get',
        severity: 'info info low medium',
        confidence: 'medium',
        operations: ['getOrders'],
        mend: 'take a limit parameter with a maximum (x-castellan: { page: { limit: limit, max: 100 } }) and answer in pages',
      },
    ],
  ],
  'page-size-uncapped': [
    [
      {
        says: 'limit has no maximum (GET /orders)',
        at: '/paths/~1orders/get/parameters/0',
        severity: 'info low medium high',
        confidence: 'high',
        operations: ['getOrders'],
        mend: 'cap it',
        fix: '--fix=all',
        patch: ['$.paths[\'/orders\'].get.parameters[0].schema {"maximum":100}'],
      },
    ],
  ],
  'paid-by-message': [
    [
      {
        says: 'POST /phone/send-code sends a message for every call',
        at: '/paths/~1phone~1send-code/post',
        severity: 'info low medium high',
        confidence: 'medium',
        operations: ['postPhoneSendCode'],
        mend: 'bound how often; the number is a proposal',
        fix: '--fix=all',
        patch: ['$.paths[\'/phone/send-code\'].post {"x-castellan":{"rateLimit":{"rate":"5/hour"}}}'],
      },
    ],
    [
      {
        says: 'POST /sms sends a message for every call',
        at: '/paths/~1sms/post',
        severity: 'info low medium high',
        confidence: 'medium',
        operations: ['postSms'],
        mend: 'bound how often; the number is a proposal',
        fix: '--fix=all',
        patch: ['$.paths[\'/sms\'].post {"x-castellan":{"rateLimit":{"rate":"5/hour"}}}'],
      },
    ],
  ],
  'pattern-exponential': [
    [
      {
        says: 'the pattern of name takes exponential time: ^(\\w+\\s?)*$',
        at: '/paths/~1orders/post/requestBody/content/application~1json/schema/properties/name',
        severity: 'low medium high critical',
        confidence: 'high',
        operations: ['postOrders'],
        mend: 'rewrite the pattern so that no two ways lead through the same text, and add maxLength',
      },
    ],
  ],
  'query-language-accepted': [
    [
      {
        says: 'where holds a query that the caller writes (GET /orders)',
        at: '/paths/~1orders/get/parameters/0',
        severity: 'low medium high critical',
        confidence: 'medium',
        operations: ['getOrders'],
        mend: 'offer named filters with their own schemas',
      },
    ],
  ],
  'rate-limit-missing': [
    [
      {
        says: '1 of 1 operation has no rate limit and documents no 429',
        at: '',
        severity: 'info low medium high',
        confidence: 'medium',
        operations: ['getOrders'],
        mend: 'limit the API; the number is a proposal',
        fix: '--fix=all',
        patch: ['$ {"x-castellan":{"rateLimit":{"rate":"600/minute"}}}'],
      },
    ],
  ],
  'recursion-unbounded': [
    [
      {
        says: 'Filter contains itself through and (POST /filters)',
        at: '/components/schemas/Filter',
        severity: 'off info low medium',
        confidence: 'medium',
        operations: ['postFilters'],
        mend: 'bound the depth where it is read, or write out the few levels that are meant',
      },
    ],
  ],
  'string-unbounded': [
    [
      {
        says: '1 text of any length: note',
        at: '/paths/~1orders/post/requestBody/content/application~1json/schema',
        severity: 'off info low medium',
        confidence: 'high',
        operations: ['postOrders'],
        members: ['note'],
        mend: 'bound each text; the number is a proposal',
        fix: '--fix=all',
        patch: [
          "$.paths['/orders'].post.requestBody.content['application/json'].schema.properties.note {\"maxLength\":2000}",
        ],
      },
    ],
  ],
  'too-many-requests-undocumented': [
    [
      {
        says: '1 operation with a rate limit does not document 429: GET /orders',
        at: '',
        severity: 'off info low low',
        confidence: 'high',
        operations: ['getOrders'],
        mend: 'document 429 with Retry-After',
        fix: '--fix',
        patch: [
          '$.paths[\'/orders\'].get.responses {"429":{"description":"Too many requests","headers":{"Retry-After":{"description":"Seconds to wait","schema":{"type":"integer","minimum":0}}}}}',
        ],
      },
    ],
  ],
  'upload-any-type': [
    [
      {
        says: 'file may be a file of any type (POST /avatar)',
        at: '/paths/~1avatar/post/requestBody/content/multipart~1form-data',
        severity: 'info info low medium',
        confidence: 'medium',
        operations: ['postAvatar'],
        mend: 'name the media types that are accepted: in multipart, encoding: { file: { contentType: "image/png, image/jpeg" } }',
      },
    ],
  ],
  'upload-unlimited': [
    [
      {
        says: 'PUT /avatar takes a file of any size',
        at: '/paths/~1avatar/put/requestBody/content/image~1png',
        severity: 'info low medium high',
        confidence: 'high',
        operations: ['putAvatar'],
        mend: 'bound the body; the size is a proposal',
        fix: '--fix=all',
        patch: ['$.paths[\'/avatar\'].put {"x-castellan":{"maxBody":"10MB"}}'],
      },
    ],
  ],
};
