import type { Verdicts } from '../verdict.ts';

/** What the rules counted under API9:2023 say. */
export const verdicts: Verdicts = {
  'deprecated-by-word': [
    [
      {
        says: 'GET /old is deprecated in words only',
        at: '/paths/~1old/get',
        severity: 'info info low medium',
        confidence: 'medium',
        operations: ['getOld'],
        mend: 'say it so that tools read it',
        fix: '--fix',
        patch: ['$.paths[\'/old\'].get {"deprecated":true}'],
      },
    ],
  ],
  'deprecated-without-sunset': [
    [
      {
        says: 'GET /old is deprecated without an end',
        at: '/paths/~1old/get',
        severity: 'off low low medium',
        confidence: 'high',
        operations: ['getOld'],
        mend: 'add x-castellan: { lifecycle: { state: deprecated, sunset: 2027-01-01, successor: … } }, which also sends the Sunset header field (RFC 8594)',
      },
    ],
  ],
  'draft-offered': [
    [
      {
        says: 'GET /new is a draft in a published document',
        at: '/paths/~1new/get',
        severity: 'info info low medium',
        confidence: 'high',
        operations: ['getNew'],
        mend: 'publish without it, or finish and review it',
      },
    ],
  ],
  'operation-id-missing': [
    [
      {
        says: '1 operation has no operationId: GET /orders',
        at: '',
        severity: 'off info info low',
        confidence: 'high',
        operations: ['getOrders'],
        mend: 'name each operation as it is called today',
        fix: '--fix',
        patch: ['$.paths[\'/orders\'].get {"operationId":"getOrders"}'],
      },
    ],
  ],
  'owner-missing': [
    [
      {
        says: 'neither x-castellan.owner nor info.contact says who answers for the API',
        at: '',
        severity: 'off low low medium',
        confidence: 'high',
        operations: [],
        mend: 'add x-castellan: { owner: team-name } to the document',
      },
    ],
  ],
  'route-swallowed': [
    [
      {
        says: '{name} of POST /jobs/{name} takes any word, also one that names another route',
        at: '/paths/~1jobs~1{name}/post/parameters/0',
        severity: 'off info low medium',
        confidence: 'medium',
        operations: ['postJobsName'],
        mend: 'bound the parameter: a format (uuid), a pattern or an enum that no other route matches',
      },
    ],
    [
      {
        says: '{name} of POST /auftraege/{name} takes any word, also one that names another route',
        at: '/paths/~1auftraege~1{name}/post/parameters/0',
        severity: 'off info low medium',
        confidence: 'medium',
        operations: ['postAuftraegeName'],
        mend: 'bound the parameter: a format (uuid), a pattern or an enum that no other route matches',
      },
    ],
  ],
  'server-not-production': [
    [
      {
        says: 'https://api.staging.example.com is not production',
        at: '/servers/1',
        severity: 'off info low medium',
        confidence: 'high',
        operations: [],
        mend: 'keep those servers in an overlay for each environment, and publish the document without them',
      },
    ],
  ],
  'sunset-passed': [
    [
      {
        says: 'GET /old should have ended on 2020-01-01',
        at: '/paths/~1old/get',
        severity: 'low medium high critical',
        confidence: 'high',
        operations: ['getOld'],
        mend: 'set lifecycle.state to retired (it is then answered 410) and remove it, or move the date with a reason',
      },
    ],
  ],
  'test-operation-public': [
    [
      {
        says: 'POST /test/reset-database looks made for tests',
        at: '/paths/~1test~1reset-database/post',
        severity: 'info info low medium',
        confidence: 'medium',
        operations: ['postTestResetDatabase'],
        mend: 'remove it from what is published, or keep it behind an environment that has no real data',
      },
    ],
  ],
  'versions-side-by-side': [
    [
      {
        says: 'version 1 of 1 operation is open beside a newer one, and not deprecated',
        at: '/paths/~1v1~1orders/get',
        severity: 'info low medium high',
        confidence: 'medium',
        operations: ['getV1Orders'],
        members: ['getV1Orders'],
        mend: 'mark the old operations deprecated, with a sunset and their successor, and apply every security change to both until then',
      },
    ],
  ],
};
