import type { Verdicts } from '../verdict.ts';

/** What the rules counted under API8:2023 say. */
export const verdicts: Verdicts = {
  'cache-shared': [
    [
      {
        says: 'the answer to GET /me may be kept by shared caches',
        at: '/paths/~1me/get/responses/200/headers/Cache-Control',
        severity: 'info low medium high',
        confidence: 'high',
        operations: ['getMe'],
        mend: 'send Cache-Control: no-store with personal data, private with what is only for one caller',
      },
    ],
  ],
  'control-switched-off': [
    [
      {
        says: 'the controls of GET /orders are off',
        at: '/paths/~1orders/get',
        severity: 'info low medium high',
        confidence: 'high',
        operations: ['getOrders'],
        mend: 'write mode: enforce, or observe while you look at what it would refuse',
      },
    ],
    [
      {
        says: 'the controls of GET /orders are off',
        at: '/paths/~1orders/get',
        severity: 'info low medium high',
        confidence: 'high',
        operations: ['getOrders'],
        mend: 'write mode: enforce, or observe while you look at what it would refuse',
      },
    ],
  ],
  'command-accepted': [
    [
      {
        says: 'command holds a command that the caller writes (POST /run/{command})',
        at: '/paths/~1run~1{command}/post/parameters/0',
        severity: 'low medium high critical',
        confidence: 'medium',
        operations: ['postRunCommand'],
        mend: 'list what may be asked for (enum), and call programs with arguments of their own, without a shell',
      },
    ],
    [
      {
        says: 'shellCommand holds a command that the caller writes (POST /diagnose)',
        at: '/paths/~1diagnose/post/requestBody/content/application~1json/schema/properties/tool/properties/shellCommand',
        severity: 'low medium high critical',
        confidence: 'medium',
        operations: ['postDiagnose'],
        mend: 'list what may be asked for (enum), and call programs with arguments of their own, without a shell',
      },
    ],
  ],
  'cors-any-origin': [
    [
      {
        says: 'any origin may read the answers of GET /orders',
        at: '/paths/~1orders/get/responses/200/headers/Access-Control-Allow-Origin',
        severity: 'info low medium high',
        confidence: 'high',
        operations: ['getOrders'],
        mend: 'name the origins that are meant; never allow credentials together with any origin',
      },
    ],
  ],
  'debug-parameter': [
    [
      {
        says: 'debug in the query (GET /orders)',
        at: '/paths/~1orders/get/parameters/0',
        severity: 'info low medium high',
        confidence: 'medium',
        operations: ['getOrders'],
        mend: 'remove it, or bind it to a group by policy',
      },
    ],
  ],
  'default-credential': [
    [
      {
        says: 'password has a default that everybody can read',
        at: '/paths/~1users/post/requestBody/content/application~1json/schema/properties/password',
        severity: 'low medium high critical',
        confidence: 'high',
        operations: ['postUsers'],
        mend: 'remove the default and require the property',
      },
    ],
  ],
  'error-anything': [
    [
      {
        says: 'errors may hold anything (GET /orders)',
        at: '/paths/~1orders/get/responses/500/content/application~1json/schema',
        severity: 'off info low low',
        confidence: 'high',
        operations: ['getOrders'],
        mend: 'describe the properties of errors: type, title, status, detail (RFC 9457)',
      },
    ],
  ],
  'error-undocumented': [
    [
      {
        says: '1 operation documents no failure at all: GET /orders',
        at: '',
        severity: 'off info low low',
        confidence: 'high',
        operations: ['getOrders'],
        mend: 'document the failures; add their schema to the description',
        fix: '--fix',
        patch: [
          '$.paths[\'/orders\'].get.responses {"4XX":{"description":"The request was refused"},"5XX":{"description":"The service failed"}}',
        ],
      },
    ],
  ],
  'file-path-accepted': [
    [
      {
        says: 'filename names a file without a bound on its form (GET /download)',
        at: '/paths/~1download/get/parameters/0',
        severity: 'info low medium high',
        confidence: 'low',
        operations: ['getDownload'],
        mend: 'name files by id; where a name is needed, add pattern: ^[A-Za-z0-9._-]+$ and refuse a leading dot',
      },
    ],
  ],
  jsonp: [
    [
      {
        says: 'callback wraps the answer in a script (GET /orders)',
        at: '/paths/~1orders/get/parameters/0',
        severity: 'info low medium high',
        confidence: 'high',
        operations: ['getOrders'],
        mend: 'remove it, and name the origins that may read by CORS',
      },
    ],
  ],
  'markup-accepted': [
    [
      {
        says: 'bodyHtml is markup that callers write (POST /notes)',
        at: '/components/schemas/Note/properties/bodyHtml',
        severity: 'info info low medium',
        confidence: 'low',
        operations: ['postNotes'],
        mend: 'sanitise it with a maintained library before it is stored, or take plain text or Markdown',
      },
    ],
  ],
  'media-type-any': [
    [
      {
        says: 'POST /orders takes any media type',
        at: '/paths/~1orders/post/requestBody/content/*~1*',
        severity: 'info low medium high',
        confidence: 'high',
        operations: ['postOrders'],
        mend: 'name the media types that are meant',
      },
    ],
  ],
  'pattern-unanchored': [
    [
      {
        says: 'the pattern of sku matches anywhere: [A-Z]{3}[0-9]{4} (POST /orders)',
        at: '/paths/~1orders/post/requestBody/content/application~1json/schema/properties/sku',
        severity: 'info info low medium',
        confidence: 'medium',
        operations: ['postOrders'],
        mend: 'write ^ and $ around the pattern',
      },
    ],
  ],
  'personal-data-in-query': [
    [
      {
        says: 'ssn is personal data in the query (GET /users)',
        at: '/paths/~1users/get/parameters/0',
        severity: 'info low medium high',
        confidence: 'medium',
        operations: ['getUsers'],
        mend: 'search by POST (or QUERY) with a body, or by an id',
      },
    ],
  ],
  'request-anything': [
    [
      {
        says: 'the body of POST /orders may be anything',
        at: '/paths/~1orders/post/requestBody/content/application~1json/schema',
        severity: 'low medium high critical',
        confidence: 'high',
        operations: ['postOrders'],
        mend: 'describe the properties that are accepted, with additionalProperties: false',
      },
    ],
  ],
  'secret-in-document': [
    [
      {
        says: 'AKIAQ3EG… looks like an access key of AWS',
        at: '/paths/~1orders/get/parameters/0/example',
        severity: 'high high critical critical',
        confidence: 'medium',
        operations: [],
        mend: 'revoke the credential now, then replace it with one that is visibly made up: EXAMPLE-…',
      },
    ],
  ],
  'server-host-variable': [
    [
      {
        says: 'the variable host may be any host',
        at: '/servers/0',
        severity: 'info info low medium',
        confidence: 'medium',
        operations: [],
        mend: 'list the values (enum), or keep the variable to a part of a fixed domain: https://{tenant}.example.com',
      },
    ],
  ],
  'server-plain-http': [
    [
      {
        says: 'http://api.example.com is plain HTTP',
        at: '/servers/0',
        severity: 'low medium high critical',
        confidence: 'high',
        operations: [],
        mend: 'write the https address',
        fix: '--fix=all',
        patch: ['$.servers[0] {"url":"https://api.example.com"}'],
      },
    ],
  ],
  'technology-disclosed': [
    [
      {
        says: 'X-Powered-By is sent by GET /orders',
        at: '/paths/~1orders/get/responses/200/headers/X-Powered-By',
        severity: 'off off info low',
        confidence: 'high',
        operations: ['getOrders'],
        mend: 'stop sending the field',
        fix: '--fix',
        patch: ["$.paths['/orders'].get.responses['200'].headers['X-Powered-By'] removed"],
      },
    ],
  ],
  'trace-method': [
    [
      {
        says: 'TRACE /orders is offered',
        at: '/paths/~1orders/trace',
        severity: 'info low medium high',
        confidence: 'high',
        operations: ['traceOrders'],
        mend: 'remove the operation',
        fix: '--fix=all',
        patch: ["$.paths['/orders'].trace removed"],
      },
    ],
  ],
  'xml-accepted': [
    [
      {
        says: 'POST /orders takes XML',
        at: '/paths/~1orders/post/requestBody/content/application~1xml',
        severity: 'info info low medium',
        confidence: 'low',
        operations: ['postOrders'],
        mend: 'take JSON only; where XML is needed, turn off document type definitions and external entities',
      },
    ],
  ],
};
