import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { loadExample } from './example.ts';
import { checkContract } from './engine.ts';
import { contractRules } from './rules/index.ts';

const T = { type: 'string' };
type Schema = Readonly<Record<string, unknown>>;
const object = (...properties: readonly (string | Readonly<Record<string, object>>)[]): Schema => ({
  type: 'object',
  properties: Object.assign({}, ...properties.map((one) => (typeof one === 'string' ? { [one]: T } : one))) as object,
});

/** An operation: what it asks in the query, takes and gives. */
interface Call {
  readonly asks?: readonly string[];
  readonly takes?: Schema;
  readonly gives?: Schema;
  /** Nobody is asked for a credential. */
  readonly open?: boolean;
}
type Calls = Readonly<Record<string, Call>>;

/** Kinds of documents in which a rule was seen to speak where nothing is wrong, and neighbours in which something is. */
const kinds: readonly {
  readonly kind: string;
  readonly rule: string;
  readonly honest: readonly Calls[];
  readonly weak: readonly Calls[];
}[] = [
  ...(
    [
      ['privilege-parameter', 'is_superuser', 'users', 'isAdmin'],
      ['url-unrestricted', 'webhook_url', 'transports', 'callbackUrl'],
      ['host-unrestricted', 'smtp_host', 'mailers', 'targetHost'],
      ['number-unbounded', 'timeout', 'bindings', 'quantity'],
    ] as const
  ).map(([rule, name, things, other]) => ({
    kind: `filters of lists: ${name}`,
    rule,
    honest: [
      { [`GET /${things}`]: { asks: [name], gives: { type: 'array', items: object('id', name) } } },
      { [`GET /v2/${things}`]: { asks: [other], gives: object({ data: { type: 'array', items: object(other) } }) } },
      {
        [`GET /api/${things}`]: {
          asks: [`${name}__in`],
          gives: object({ results: { type: 'array', items: object(name) } }),
        },
      },
      {
        [`GET /${things}`]: { asks: [name], gives: { type: 'array', items: object('id', name) } },
        [`POST /${things}/export`]: { asks: [name] },
      },
    ],
    weak: [
      { [`GET /${things}/{id}`]: { asks: [name], gives: object('id', name) } },
      { [`GET /${things}`]: { asks: [name], gives: { type: 'array', items: object('id') } } },
      { [`POST /${things}/import`]: { asks: [name] } },
    ],
  })),
  {
    kind: 'records that are called after a sign-in',
    rule: 'login-unthrottled',
    honest: [
      { 'POST /stages/user_login': {}, 'PUT /stages/user_login/{id}': {} },
      { 'POST /policies/totp': { takes: object('name') }, 'PATCH /policies/totp/{id}': {} },
      { 'POST /config/anmeldung': {}, 'PATCH /config/anmeldung/{id}': {} },
    ],
    weak: [
      { 'POST /login': {} },
      { 'POST /auth/totp': {}, 'DELETE /auth/totp/{id}': {} },
      { 'POST /anmeldung': {}, 'GET /anmeldung/{id}': {} },
    ],
  },
  {
    kind: 'records that are called after a message',
    rule: 'paid-by-message',
    honest: [{ 'POST /stages/sms': {}, 'PUT /stages/sms/{id}': {} }],
    weak: [{ 'POST /sms': {} }, { 'POST /sms': {}, 'GET /sms/{id}': {} }],
  },
  {
    kind: 'passwords that are shown, not set',
    rule: 'password-too-short',
    honest: [
      { 'POST /users/me/tfa/generate': { takes: object('password') } },
      { 'POST /flows/executor/{slug}': { takes: object('password', 'component') } },
      { 'DELETE /account': { takes: object('password') } },
      { 'POST /account/deactivate': { takes: object('password') } },
      { 'POST /rates': { takes: object({ auth: object('username', 'password', 'api_key') }) } },
    ],
    weak: [
      { 'POST /users': { takes: object('name', 'password') } },
      { 'POST /users/me/tfa/reset-password': { takes: object('password') } },
      { 'PUT /benutzer/{id}': { takes: object('passwort') } },
      { 'POST /invitations/accept': { takes: object('token', 'password') } },
    ],
  },
  {
    kind: 'names of keys that are kept elsewhere',
    rule: 'secret-returned',
    honest: [
      { 'GET /providers/{id}': { gives: object({ signing_key: { ...T, format: 'uuid' } }) } },
      { 'GET /providers/{id}': { gives: object({ encryptionKey: { ...T, format: 'uuid' } }) } },
    ],
    weak: [
      { 'GET /providers/{id}': { gives: object('signing_key') } },
      { 'GET /apps/{id}': { gives: object({ api_key: { ...T, format: 'uuid' } }) } },
    ],
  },
  {
    kind: 'notifications of the API itself',
    rule: 'inbound-webhook-anything',
    honest: [
      { 'POST /notifications/mark_all_seen': {} },
      { 'POST /notifications/read-all': { takes: {} } },
      { 'POST /events/notifications/clear': {} },
    ],
    weak: [{ 'POST /notifications/psp': { takes: {} } }, { 'POST /webhooks/stripe': {} }],
  },
  {
    kind: 'hosts that machines are called by',
    rule: 'host-unrestricted',
    honest: [
      { 'POST /agents/{id}/report': { takes: object('hostname', 'os', 'kernel') } },
      { 'PUT /devices/{id}': { takes: object('fqdn', 'model') } },
    ],
    weak: [
      { 'POST /mailers': { takes: object('host', 'port') } },
      { 'POST /ping': { takes: object('host') } },
      { 'POST /datasources': { takes: object('hostname') } },
    ],
  },
  {
    kind: 'what somebody is in something else',
    rule: 'privilege-writable',
    honest: [
      { 'PATCH /projects/{id}/users/{userId}': { takes: object('role') } },
      {
        'POST /projects/{id}/users': {
          takes: object({ relations: { type: 'array', items: object('userId', 'role') } }),
        },
      },
    ],
    weak: [
      { 'PATCH /users/{id}': { takes: object('role') } },
      { 'PATCH /tenants/{id}/users/{userId}': { takes: object('name', 'email', 'role') } },
    ],
  },
  {
    kind: 'statistics and kinds',
    rule: 'page-missing',
    honest: ['metrics', 'usage', 'orders/stats', 'events/top_per_user', 'provider-types', 'countries', 'sprachen'].map(
      (path) => ({ [`GET /${path}`]: { gives: { type: 'array', items: object('name') } } }),
    ),
    weak: ['orders', 'users', 'kunden'].map((path) => ({
      [`GET /${path}`]: { gives: { type: 'array', items: object('name') } },
    })),
  },
  {
    kind: 'schemas of users',
    rule: 'privilege-writable',
    honest: [{ 'POST /meta/schemas/user/{id}': { takes: object('role') } }],
    weak: [{ 'POST /user/{id}': { takes: object('role') } }],
  },
  {
    kind: 'coordinates of places',
    rule: 'list-returns-sensitive',
    honest: [
      { 'GET /postcodes': { gives: { type: 'array', items: object('postcode', 'latitude', 'longitude') } } },
      { 'GET /stores': { gives: object({ data: { type: 'array', items: object('title', 'latitude') } }) } },
    ],
    weak: [
      { 'GET /drivers': { gives: { type: 'array', items: object('id', 'latitude') } } },
      { 'GET /positions': { gives: { type: 'array', items: object('userId', 'longitude') } } },
      { 'GET /visits': { gives: { type: 'array', items: object('email', 'latitude') } } },
      { 'GET /vehicles/{id}/points': { gives: { type: 'array', items: object('latitude') } } },
    ],
  },
  {
    kind: 'a body that is one id',
    rule: 'owner-writable',
    honest: [{ 'PUT /org/contacts/{kind}': { takes: object('userId') } }],
    weak: [{ 'PUT /notes/{id}': { takes: object('userId', 'text') } }],
  },
  {
    kind: 'ids in settings',
    rule: 'bulk-ids-unbounded',
    honest: [
      { 'POST /policies': { takes: object('name', { conditions: object({ idpIds: { type: 'array', items: T } }) }) } },
    ],
    weak: [
      { 'POST /users/delete': { takes: object({ userIds: { type: 'array', items: T } }) } },
      { 'POST /users/delete': { takes: object({ data: object({ userIds: { type: 'array', items: T } }) }) } },
    ],
  },
  {
    kind: 'tokens that are given back',
    rule: 'authentication-undone',
    honest: ['/v3/auth/revoke', '/oauth2/introspect', '/session/logout', '/auth/abmelden'].map((path) => ({
      [`POST ${path}`]: { open: true, takes: object('token') },
    })),
    weak: ['/v3/certificates/revoke', '/orders', '/users/{id}/revoke'].map((path) => ({
      [`POST ${path}`]: { open: true },
    })),
  },
  {
    kind: 'consents that are taken back',
    rule: 'admin-unprivileged',
    honest: [{ 'GET /orders': {}, 'DELETE /users/{id}/grants': {}, 'DELETE /users/{id}/grants/{grantId}': {} }],
    weak: [
      { 'GET /orders': {}, 'PUT /users/{id}/roles/{role}': {} },
      { 'GET /orders': {}, 'DELETE /users/{id}/roles/{role}': {} },
    ],
  },
  {
    kind: 'resets that are begun for somebody else',
    rule: 'login-unthrottled',
    honest: [{ 'POST /users/{id}/lifecycle/reset_password': {} }],
    weak: [
      { 'POST /users/{id}/reset_password': { takes: object('code') } },
      { 'POST /users/{id}/reset_password': { open: true } },
      { 'POST /reset_password': {} },
    ],
  },
  {
    kind: 'keys that are given to who asks for them',
    rule: 'secret-returned',
    honest: [
      { 'GET /sign_up/{token}': { gives: object('api_key') } },
      { 'GET /apps/{id}/credentials/secrets/{secretId}': { gives: object('client_secret') } },
    ],
    weak: [{ 'GET /apps/{id}/secret-things': { gives: object('client_secret') } }],
  },
  {
    kind: 'approvals',
    rule: 'flow-unprotected',
    honest: [{ 'POST /change_requests/{id}/units/{unit}/review': {} }, { 'POST /lifecycle/reviews': {} }],
    weak: [{ 'POST /products/{id}/reviews': {} }],
  },
  {
    kind: 'credentials of other systems',
    rule: 'password-too-short',
    honest: [
      { 'POST /webhooks': { takes: object('url', { authentication: object('username', 'password') }) } },
      { 'PUT /settings': { takes: object({ smtp_auth: object('password') }) } },
    ],
    weak: [{ 'POST /users': { takes: object({ user: object('password') }) } }],
  },
  {
    kind: 'pictures that the service makes',
    rule: 'url-unrestricted',
    honest: [{ 'PATCH /sites/{id}': { takes: object('name', 'screenshot_url') } }],
    weak: [{ 'POST /screenshots': { takes: object('url') } }],
  },
  {
    kind: 'records that are kept under a host',
    rule: 'host-unrestricted',
    honest: [
      { 'GET /custom-hostnames/{hostname}': {} },
      { 'POST /dns_zones/{id}/records': { takes: object('hostname', 'type') } },
    ],
    weak: [{ 'GET /ping/{hostname}': {} }],
  },
  {
    kind: 'commands that are told about',
    rule: 'command-accepted',
    honest: [
      { 'POST /agents/feedback': { takes: object('command') } },
      { 'POST /audit-logs': { takes: object('cmd') } },
    ],
    weak: [{ 'POST /agents/{id}/jobs': { takes: object('command') } }],
  },
  {
    kind: 'variables of customers',
    rule: 'internal-operation-public',
    honest: [{ 'GET /accounts/{account_id}/env': {} }, { 'POST /sites/{id}/debug': {} }],
    weak: [{ 'GET /env': {} }, { 'GET /internal/accounts/{id}': {} }],
  },
  {
    kind: 'numbers that everyone counts',
    rule: 'object-id-guessable',
    honest: ['GET /blocks/{block_number}', 'GET /epochs/{epoch_number}', 'GET /books/{chapterNumber}'].map((call) => ({
      [call]: {},
    })),
    weak: ['GET /invoices/{invoice_number}', 'GET /accounts/{accountNumber}', 'GET /orders/{id}'].map((call) => ({
      [call]: {},
    })),
  },
];

function documentOf(calls: Calls): string {
  const paths: Record<string, Record<string, object>> = {};
  const json = (schema: Schema) => ({ content: { 'application/json': { schema } } });
  for (const [call, { asks = [], takes, gives, open }] of Object.entries(calls)) {
    const [method = '', path = ''] = call.split(' ');
    const parameters = [
      ...[...path.matchAll(/\{([^{}]+)\}/g)].map(([, name]) => ({
        name,
        in: 'path',
        required: true,
        schema: { type: 'integer' },
      })),
      ...asks.map((name) => ({ name, in: 'query', schema: /timeout|quantity/.test(name) ? { type: 'integer' } : T })),
    ];
    (paths[path] ??= {})[method.toLowerCase()] = {
      ...(open === true ? { security: [] } : {}),
      parameters,
      ...(takes === undefined ? {} : { requestBody: json(takes) }),
      responses: { 200: { description: 'ok', ...(gives === undefined ? {} : json(gives)) } },
    };
  }
  return stringify(
    {
      security: [{ token: [] }],
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      paths,
    },
    { aliasDuplicateObjects: false },
  );
}

for (const { kind, rule, honest, weak } of kinds)
  test(`${rule}: ${kind}`, async () => {
    const rules = contractRules.filter(({ id }) => id === rule);
    const speaks = async (calls: Calls): Promise<boolean> =>
      checkContract(await loadExample(documentOf(calls)), { rules, now: 0, profile: 'standard' }).length > 0;
    const wrong: string[] = [];
    for (const calls of honest) if (await speaks(calls)) wrong.push(`false alarm: ${JSON.stringify(calls)}`);
    for (const calls of weak) if (!(await speaks(calls))) wrong.push(`not found: ${JSON.stringify(calls)}`);
    assert.deepEqual(wrong, []);
  });

test('administration under one path is one finding, and known by it', async () => {
  const rules = contractRules.filter(({ id }) => id === 'admin-unprivileged');
  const told = async (calls: Calls) =>
    checkContract(await loadExample(documentOf({ 'GET /orders': {}, ...calls })), {
      rules,
      now: 0,
      profile: 'standard',
    });
  for (const area of ['/admin', '/v1/admin', '/stages/admin', '/verwaltung']) {
    const few = await told({ [`GET ${area}/users`]: {}, [`PUT ${area}/users/{id}`]: {} });
    assert.equal(few.length, 1, area);
    const more = await told({ [`GET ${area}/a`]: {}, [`GET ${area}/users`]: {}, [`PUT ${area}/users/{id}`]: {} });
    assert.equal(more[0]?.fingerprint, few[0]?.fingerprint);
    assert.equal(more[0]?.members?.length, 3);
  }
  assert.equal(
    (await told({ 'GET /admin/a': {}, 'PUT /users/{id}/role': {}, 'PUT /accounts/{id}/role': {} })).length,
    3,
  );
});

test('an object that is written out at several places is one root cause, and its patch reaches all of them', async () => {
  const site = object('id', 'name', 'password', 'state', 'created_at', { hooks: object('access_token') }, 'plan');
  const list = { type: 'array', items: site };
  const document = documentOf({
    'GET /sites': { gives: list },
    'GET /sites/{id}': { gives: site },
    'GET /accounts/{id}/sites': { gives: list },
    'GET /other': { gives: object('password', 'a', 'b', 'c', 'd', 'e') },
  });
  const rules = contractRules.filter(({ id }) => id === 'secret-returned');
  const found = checkContract(await loadExample(document), { rules, now: 0, profile: 'standard' });
  assert.deepEqual(
    found.map(({ message, operations, mend }) => [message, operations.length, mend.actions?.length]),
    [
      ['password is answered by GET /sites; the same object is written at 2 more places', 3, 3],
      ['access_token is answered by GET /sites; the same object is written at 2 more places', 3, 3],
      ['password is answered by GET /other', 1, 1],
    ],
  );
});
