import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { loadExample } from './example.ts';
import { checkContract } from './engine.ts';
import { contractRules } from './rules/index.ts';

const options = { rules: contractRules, now: Date.parse('2026-11-25'), profile: 'standard' } as const;
const T = { type: 'string' };
type Schema = Record<string, unknown>;

const object = (properties: object): Schema => ({ type: 'object', properties });
const json = (schema: object) => ({ content: { 'application/json': { schema } } });

/** An operation, with what it takes, gives and asks for. */
interface Call {
  readonly takes?: object;
  readonly gives?: object;
  readonly query?: readonly string[] | Readonly<Record<string, object>>;
  readonly statuses?: Readonly<Record<string, string>>;
  readonly security?: readonly object[];
  /** Schemas of path parameters. */
  readonly at?: Readonly<Record<string, object>>;
  readonly more?: object;
}

/** A document with one operation; its callers have a bearer token, where the call says nothing else. */
function documentOf(call: string, { takes, gives, query = {}, statuses = {}, security, at = {}, more }: Call): Schema {
  const [method = '', path = ''] = call.split(' ');
  const asked = Array.isArray(query) ? Object.fromEntries(query.map((name: string) => [name, T])) : query;
  const names = [...path.matchAll(/\{([^{}]+)\}/g)].map(([, name = '']) => name);
  return {
    security: [{ token: [] }],
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    paths: {
      [path]: {
        [method.toLowerCase()]: {
          parameters: [
            ...names.map((name) => ({ name, in: 'path', required: true, schema: at[name] ?? T })),
            ...Object.entries(asked).map(([name, schema]) => ({ name, in: 'query', required: true, schema })),
          ],
          ...(takes === undefined ? {} : { requestBody: json(takes) }),
          ...(security === undefined ? {} : { security }),
          responses: {
            200: { description: 'ok', ...(gives === undefined ? {} : json(gives)) },
            ...Object.fromEntries(Object.entries(statuses).map(([status, description]) => [status, { description }])),
          },
          ...more,
        },
      },
    },
  };
}

/** The ways in which one and the same document may be written: in place, by reference, in parts. */
function* forms(call: string, facts: Call): Generator<readonly [string, Schema]> {
  yield ['in place', documentOf(call, facts)];
  const { takes, gives } = facts;
  if (takes === undefined && gives === undefined) return;
  const named = (wrap: (name: string) => object): Schema => {
    const document = documentOf(call, {
      ...facts,
      ...(takes === undefined ? {} : { takes: wrap('Taken') }),
      ...(gives === undefined ? {} : { gives: wrap('Given') }),
    });
    Object.assign(document['components'] as Schema, {
      schemas: { ...(takes === undefined ? {} : { Taken: takes }), ...(gives === undefined ? {} : { Given: gives }) },
    });
    return document;
  };
  const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
  yield ['by $ref', named(ref)];
  yield ['in allOf', named((name) => ({ allOf: [ref(name)] }))];
}

async function found(document: Schema, rule: string): Promise<readonly string[]> {
  const contract = await loadExample(stringify(document, { aliasDuplicateObjects: false }));
  return checkContract(contract, options).flatMap((finding) => (finding.rule === rule ? [finding.message] : []));
}

type Row = readonly [call: string, facts?: Call];
interface Kind {
  readonly kind: string;
  readonly rule: string;
  readonly weak: readonly Row[];
  readonly honest: readonly Row[];
}

const open = { security: [] };
const kinds: readonly Kind[] = [
  {
    kind: 'object ids in the query and in nested paths',
    rule: 'object-policy-missing',
    weak: [
      ['GET /invoice', { query: ['id'] }],
      ['GET /orders/details', { query: ['orderId'] }],
      ['GET /workshop/api/mechanic/mechanic_report', { query: ['report_id'] }],
      ['DELETE /files', { query: ['fileId'] }],
      ['GET /rechnung', { query: ['rechnungsId'] }],
      ['GET /factura', { query: ['idFactura'] }],
      ['GET /shops/orders/{order_id}/receipt'],
      ['GET /kunden/{kundenId}/vertraege/{vertragId}'],
    ],
    honest: [
      ['GET /orders', { query: ['page', 'sort', 'status'] }],
      ['GET /rates', { query: ['currency'] }],
      ['GET /articles', { query: ['clientRequestId'], ...open }],
      ['GET /me', { query: ['correlationId'] }],
    ],
  },
  {
    kind: 'URLs by what they mean',
    rule: 'url-unrestricted',
    weak: [
      ['POST /contact', { takes: object({ mechanic_api: T, problem: T }) }],
      ['POST /contact', { takes: object({ partner: object({ dealerApi: T }) }) }],
      ['POST /contact', { takes: object({ mechanic: { ...T, example: 'http://localhost:8000/api/report' } }) }],
      ['POST /report', { takes: object({ rueckrufUrl: T }) }],
      ['POST /devices', { takes: object({ urlNotificacion: T }) }],
      ['GET /proxy', { query: { url: { ...T, format: 'uri' } } }],
      ['POST /avatars', { takes: object({ avatarUrl: { ...T, description: 'The picture is fetched from there' } }) }],
    ],
    honest: [
      ['POST /users', { takes: object({ homepage: { ...T, format: 'uri', example: 'https://example.com' } }) }],
      ['POST /users', { takes: object({ website: { ...T, example: 'https://example.com' } }) }],
      ['POST /keys', { takes: object({ apiName: T, uses_api: { type: 'boolean' } }) }],
      ['POST /users', { takes: object({ avatarUrl: T, profileUrl: T }) }],
      ['GET /things', { gives: object({ mechanic_api: T }) }],
    ],
  },
  {
    kind: 'resets without the old secret',
    rule: 'password-change-unconfirmed',
    weak: [
      ['PUT /users/{username}/password', { takes: object({ password: T }) }],
      ['POST /reset-password', { takes: object({ email: T, newPassword: T }), ...open }],
      ['POST /auth/forgot-password', { takes: object({ username: T, password: T }), ...open }],
      ['POST /passwort-zuruecksetzen', { takes: object({ email: T, neuesPasswort: T }), ...open }],
      ['PUT /benutzer/{id}/passwort', { takes: object({ passwort: T }) }],
      ['PATCH /usuarios/{id}/contrasena', { takes: object({ contrasena: T }) }],
      ['POST /reset-password', { takes: object({ user: object({ email: T, password: T }) }), ...open }],
      ['PUT /users/{id}/password', { takes: object({ value: T }) }],
      ['PUT /users/{id}/password', { takes: T }],
    ],
    honest: [
      ['PUT /me/password', { takes: object({ currentPassword: T, newPassword: T }) }],
      ['POST /reset-password', { takes: object({ token: T, newPassword: T }), ...open }],
      ['POST /reset-password', { takes: object({ token: T, user: object({ password: T }) }), ...open }],
      ['POST /reset-password/{key}', { takes: object({ password: T }), ...open }],
      ['POST /reset-password', { takes: object({ email: T, otp: T, newPassword: T }), ...open }],
      ['POST /passwort-zuruecksetzen', { takes: object({ bestaetigungscode: T, neuesPasswort: T }), ...open }],
      ['PUT /benutzer/{id}/passwort', { takes: object({ altesPasswort: T, neuesPasswort: T }) }],
      ['POST /forgot-password', { takes: object({ email: T }), ...open }],
      ['POST /register', { takes: object({ email: T, password: T }), ...open }],
    ],
  },
  {
    kind: 'accounts that a documented answer tells of',
    rule: 'user-enumeration',
    weak: [
      ['POST /login', { takes: object({ email: T, password: T }), statuses: { 404: 'no such user' }, ...open }],
      ['POST /auth/signin', { takes: object({ username: T, password: T }), statuses: { 404: '' }, ...open }],
      ['POST /forgot-password', { takes: object({ email: T }), statuses: { 404: 'unknown' }, ...open }],
      ['POST /anmelden', { takes: object({ benutzername: T, passwort: T }), statuses: { 404: '' }, ...open }],
      ['POST /login', { takes: object({ user: object({ email: T, password: T }) }), statuses: { 404: '' }, ...open }],
      [
        'POST /login',
        { takes: object({ email: T, password: T }), statuses: { 400: 'The user does not exist' }, ...open },
      ],
    ],
    honest: [
      ['POST /login', { takes: object({ email: T, password: T }), statuses: { 401: 'wrong' }, ...open }],
      ['POST /forgot-password', { takes: object({ email: T }), statuses: { 400: 'bad address' }, ...open }],
      [
        'POST /tenants/{tenant}/login',
        { takes: object({ email: T, password: T }), statuses: { 404: 'no such tenant' }, ...open },
      ],
      ['POST /reset-password', { takes: object({ token: T, password: T }), statuses: { 404: 'no token' }, ...open }],
      ['GET /users/{id}', { statuses: { 404: 'no such user' } }],
    ],
  },
  {
    kind: 'lists in wrappers and nested objects with personal data',
    rule: 'list-returns-sensitive',
    weak: [
      ['GET /people', { gives: { type: 'array', items: object({ ssn: T }) } }],
      ['GET /people', { gives: object({ data: { type: 'array', items: object({ ssn: T }) } }) }],
      ['GET /people', { gives: object({ result: object({ users: { type: 'array', items: object({ dob: T }) } }) }) }],
      ['GET /people', { gives: object({ items: { items: object({ person: object({ iban: T }) }) }, total: T }) }],
      ['GET /leute', { gives: object({ leute: { type: 'array', items: object({ geburtsdatum: T }) } }) }],
      ['GET /people', { gives: { type: 'array', items: object({ ssn: {} }) } }],
      ['GET /people', { gives: { type: 'array', items: object({ ssn: { description: 'the number' } }) } }],
    ],
    honest: [
      ['GET /people', { gives: { type: 'array', items: object({ name: T }) } }],
      ['GET /people/{id}', { gives: object({ ssn: T, visits: { type: 'array', items: object({ day: T }) } }) }],
      ['GET /people', { gives: { type: 'array', items: object({ ssn: { type: 'boolean' } }) } }],
    ],
  },
  {
    kind: 'properties without a type',
    rule: 'secret-returned',
    weak: [
      ['GET /users/{id}', { gives: object({ passwordHash: {} }) }],
      ['GET /users/{id}', { gives: object({ account: object({ apiKey: { description: 'the key' } }) }) }],
      ['GET /benutzer/{id}', { gives: object({ passwort: { example: 'x' } }) }],
    ],
    honest: [['GET /users/{id}', { gives: object({ password: object({ changedAt: T }) }) }]],
  },
  {
    kind: 'properties without a type in requests',
    rule: 'owner-writable',
    weak: [
      ['POST /notes', { takes: object({ ownerId: {}, text: T }) }],
      ['POST /notizen', { takes: object({ besitzerId: { description: 'wem' } }) }],
    ],
    honest: [['POST /notes', { takes: object({ ownerId: { readOnly: true } }) }]],
  },
  {
    kind: 'file names',
    rule: 'file-path-accepted',
    weak: [
      ['GET /download/{filename}'],
      ['GET /files/{file_name}'],
      ['GET /logs/{logFile}'],
      ['GET /herunterladen/{dateiname}'],
      ['GET /descargar', { query: ['nombreArchivo'] }],
      ['GET /download', { query: ['file'] }],
    ],
    honest: [
      ['GET /download/{filename}', { at: { filename: { ...T, pattern: '^[a-z]+$' } } }],
      ['GET /files/{fileId}'],
      ['GET /download', { query: { file: { type: 'integer' } } }],
      ['POST /files', { takes: object({ filename: T }) }],
    ],
  },
  {
    kind: 'queries',
    rule: 'query-language-accepted',
    weak: [
      ['GET /reports/{sql}'],
      ['GET /query/{whereClause}'],
      ['POST /reports', { takes: object({ report: object({ rawSql: T }) }) }],
      ['POST /abfrage', { takes: object({ sqlAbfrage: T }) }],
    ],
    honest: [['GET /search', { query: ['q', 'query', 'filter'] }]],
  },
  {
    kind: 'commands',
    rule: 'command-accepted',
    weak: [
      ['GET /run/{command}'],
      ['POST /exec/{cmd}'],
      ['GET /diagnose', { query: ['cmd'] }],
      ['POST /ping', { takes: object({ options: object({ shellCommand: {} }) }) }],
      ['POST /ausfuehren', { takes: object({ befehl: T }) }],
    ],
    honest: [
      ['POST /run/{command}', { at: { command: { enum: ['start', 'stop'] } } }],
      ['GET /commands', { query: ['commandId', 'commandType'] }],
      ['GET /runs', { gives: object({ command: T }) }],
    ],
  },
  {
    kind: 'routes that a template swallows',
    rule: 'route-swallowed',
    weak: [['POST /jobs/{name}'], ['POST /api/v1/auftraege/{name}'], ['POST /jobs/{name}', { at: { name: {} } }]],
    honest: [
      ['POST /jobs/{name}/runs'],
      ['POST /jobs/{id}', { at: { id: { ...T, format: 'uuid' } } }],
      ['GET /jobs/{name}'],
    ],
  },
  {
    kind: 'roles as sub-resources',
    rule: 'admin-unprivileged',
    weak: [
      ['PUT /users/{id}/role', { takes: object({ role: T }) }],
      ['POST /users/{id}/roles', { takes: object({ name: T }) }],
      ['PATCH /accounts/{id}/permissions', { takes: { type: 'array', items: T } }],
      ['PUT /benutzer/{id}/rolle', { takes: object({ rolle: T }) }],
    ],
    honest: [['GET /users/{id}/role'], ['PUT /documents/{id}/permissions'], ['PUT /users/{id}/name']],
  },
  {
    kind: 'reads that write',
    rule: 'read-that-writes',
    weak: [
      ['GET /createdb'],
      ['GET /orders/{id}/delete'],
      ['GET /users/{id}/promote'],
      ['GET /reset-database'],
      ['GET /transfer', { query: ['from', 'to', 'amount'] }],
      ['GET /benutzer-loeschen'],
      ['GET /usuarios/{id}/eliminar'],
      ['GET /items/{id}', { more: { summary: 'Deletes the item' } }],
      ['GET /items/{id}', { more: { operationId: 'removeItem' } }],
      ['GET /items', { query: { action: { ...T, enum: ['show', 'delete'] } } }],
    ],
    honest: [
      ['GET /orders/{id}'],
      ['GET /updates'],
      ['GET /transfers'],
      ['GET /settings'],
      ['GET /users/{id}/created'],
      ['GET /address'],
      ['GET /orders', { more: { summary: 'Created orders of a day', operationId: 'createdOrders' } }],
      ['GET /items', { query: { action: { ...T, enum: ['created', 'deleted'] } } }],
    ],
  },
  {
    kind: 'whose something is, in bodies',
    rule: 'owner-writable',
    weak: [
      ['POST /orders', { takes: object({ user_id: T, product: T }) }],
      ['POST /orders', { takes: object({ order: object({ userId: T, product: T }) }) }],
      ['POST /bestellungen', { takes: object({ kundenId: T, ware: T }) }],
      ['POST /comments', { takes: object({ authorId: { type: 'integer' }, text: T }) }],
    ],
    honest: [['POST /items/get', { takes: object({ user_id: T }) }]],
  },
];

for (const { kind, rule, weak, honest } of kinds) {
  test(`${kind}: found in every form (${rule})`, async () => {
    const missed: string[] = [];
    for (const [call, facts = {}] of weak)
      for (const [form, document] of forms(call, facts)) {
        // An ordinary operation beside it, that asks for the same.
        Object.assign(document['paths'] as object, { '/news': { get: { responses: { 200: { description: 'ok' } } } } });
        if ((await found(document, rule)).length === 0) missed.push(`${call} ${JSON.stringify(facts)} ${form}`);
      }
    assert.deepEqual(missed, []);
  });
  test(`${kind}: honest neighbours are left alone`, async () => {
    const wrong: string[] = [];
    for (const [call, facts = {}] of honest)
      for (const [form, document] of forms(call, facts))
        wrong.push(...(await found(document, rule)).map((message) => `${call} ${form}: ${message}`));
    assert.deepEqual(wrong, []);
  });
}

test('plain http to any host is found, but to this machine', async () => {
  const at = async (url: string) =>
    (
      await found(
        { servers: [{ url, variables: { host: { default: 'a' }, scheme: { default: 'http' } } }], paths: {} },
        'server-plain-http',
      )
    ).length > 0;
  for (const url of [
    'http://api.example.com',
    'HTTP://api.example.com/v1',
    'http://203.0.113.7:8080',
    'http://[2001:db8::1]/',
    'http://10.0.0.3',
    'http://192.168.1.20:5000/api',
    'http://orders.svc',
    'http://api.internal',
    'http://gateway',
    'http://{host}:8080',
    'http://{host}.example.com',
    '{scheme}://api.example.com',
    'ws://api.example.com',
  ])
    assert.ok(await at(url), url);
  for (const url of [
    'https://api.example.com',
    'http://localhost:3000',
    'http://127.0.0.1',
    'http://[::1]:80',
    '/v1',
    'wss://a.example.com',
  ])
    assert.ok(!(await at(url)), url);
});
