// Events of each class as OCSF 1.5 has them: of all that may become of a request, and of incidents.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createDetection, detectors, ocsfFinding } from '@castellan/detect';
import type { GuardEvent, GuardOptions } from '@castellan/guard';
import { searchLog } from '@castellan/guard/audit';
import { ordinaryDays, sequenceFacts } from '../../packages/detect/src/sequence-world.ts';
import { guarded, identity } from '../../packages/guard/test/guarded.ts';
import { audience, issuer } from '../../packages/guard/test/tokens.ts';
import { ocsfIssues } from './validate.ts';

type Event = Readonly<Record<string, unknown>>;

const folder = mkdtempSync(join(tmpdir(), 'castellan-ocsf-'));
after(() => rmSync(folder, { recursive: true }));
const policies = join(folder, 'items.cedar');
writeFileSync(
  policies,
  'permit (principal, action in [Action::"getItem", Action::"putItem"], resource) when { principal == User::"ada" };',
);

const text = { type: 'string' };
const answers = { 200: { description: 'It', content: { 'application/json': { schema: { type: 'object' } } } } };
const methods = ['get', 'put', 'post', 'patch', 'delete', 'head', 'options', 'trace'] as const;
const contract = {
  openapi: '3.2.0',
  info: { title: 'Items "of all"', version: '1.0-β' },
  security: [{ token: [] }],
  paths: {
    '/items/{id}': {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }],
      ...Object.fromEntries(methods.map((method) => [method, { operationId: `${method}Item`, responses: answers }])),
    },
    '/open': { get: { operationId: 'open', security: [], responses: answers } },
    '/basic': { get: { operationId: 'basic', security: [{ basic: [] }], responses: answers } },
    '/key': { get: { operationId: 'key', security: [{ key: [] }], responses: answers } },
  },
  components: {
    securitySchemes: {
      token: { type: 'http', scheme: 'bearer' },
      basic: { type: 'http', scheme: 'basic' },
      key: { type: 'apiKey', in: 'header', name: 'x-key' },
    },
    schemas: { Id: text },
  },
};
const tokens = {
  ada: await identity.token({ sub: 'ada', scope: 'items:read items:write', groups: ['staff', 'night "shift"'] }),
  bob: await identity.token({ sub: 'bob\n<b>', groups: ['staff'] }),
  plain: await identity.token({ sub: 'nobody-in-particular' }),
  actor: await identity.token({ sub: 'ada', act: { sub: 'support' } }),
};
const basic = (user: string, password: string): string => `Basic ${btoa(`${user}:${password}`)}`;
const credentials: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  none: {},
  ...Object.fromEntries(Object.entries(tokens).map(([who, token]) => [who, { authorization: `Bearer ${token}` }])),
  'a bad token': { authorization: `Bearer ${tokens.ada.slice(0, -9)}aaaaaaaaa` },
  'a good password': { authorization: basic('eve', 'a password of eve') },
  'a bad password': { authorization: basic('eve', 'wrong') },
  'a good key': { 'x-key': 'k5Jq0b8QxWc2mT7vYpR4nL9sD1fG6hZa' },
  'a bad key': { 'x-key': 'wrong' },
};
const paths = [
  '/items/7',
  '/items/x',
  '/open',
  '/basic',
  '/key',
  '/nowhere/7',
  '/items/7?a=1',
  '/%2e%2e/x',
  '/fail',
  '/cut',
];

/** Asks, whatever becomes of it. */
function ask(url: string, method: string, path: string, headers: Readonly<Record<string, string>>): Promise<void> {
  return new Promise((resolve) => {
    httpRequest(`${url}/`, { method, path, headers }, (response) => response.resume().on('close', resolve))
      .on('error', () => resolve())
      .end();
  });
}

/** A receiver of webhooks. */
async function receiver(): Promise<{ readonly url: string; readonly events: Event[] }> {
  const events: Event[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (piece: string) => (body += piece));
    request.on('end', () => {
      events.push(...(JSON.parse(body) as Event[]));
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, events };
}

const settings: Readonly<Record<string, Partial<GuardOptions>>> = {
  enforce: {},
  observe: { mode: 'observe' },
  'with pseudonyms': { audit: { dir: join(folder, 'people'), pseudonyms: true } },
  'fsync, explained': { audit: { dir: join(folder, 'durable'), durability: 'fsync' }, explain: true },
};

for (const [setting, options] of Object.entries(settings))
  test(`every event of a guard is OCSF 1.5: ${setting}`, { timeout: 120_000 }, async () => {
    const { url, events } = await receiver();
    const server = await guarded(
      {
        contract,
        policies,
        authentication: {
          token: { issuer, audience, jwks: identity.jwks, groups: 'groups' },
          basic: { users: { eve: { password: 'a password of eve' } } },
          key: { keys: { k5Jq0b8QxWc2mT7vYpR4nL9sD1fG6hZa: { subject: 'batch', scopes: ['nightly'] } } },
        },
        limits: { perAddress: 'off', perPrincipal: 'off' },
        forward: {
          webhook: {
            url,
            secret: 'a secret of thirty-two characters!',
            events: 'all',
            classes: ['api-activity', 'http-activity', 'authentication', 'authorize-session'],
          },
        },
        ...options,
      },
      (request, response) => {
        const { pathname } = new URL(request.url ?? '/', 'http://x');
        if (request.method === 'DELETE') throw new Error('not today');
        if (request.method === 'PATCH') return void response.destroy();
        response.setHeader('content-type', 'application/json');
        response.end(pathname === '/open' ? '"not an object"' : '{}');
      },
    );
    for (const headers of Object.values(credentials))
      for (const path of paths)
        for (const method of path === '/items/7' ? [...methods, 'query', 'propfind'] : ['get'])
          await ask(server.url, method.toUpperCase(), path, headers);
    await server.close();
    const all: readonly Event[] = [
      ...events,
      ...(server.events as readonly GuardEvent[] as unknown as readonly Event[]),
    ];
    const wrong = all.flatMap((event) => ocsfIssues(event).map((issue) => `${issue}: ${JSON.stringify(event)}`));
    assert.deepEqual(wrong.slice(0, 5), []);
    const count = (uid: number): number => events.filter((event) => event['class_uid'] === uid).length;
    assert.equal(count(6003), server.events.length);
    assert.equal(count(4002), server.events.length);
    // Six credentials are good, each told once; every bad one that was presented is told each time.
    const logons = events.filter((event) => event['class_uid'] === 3002);
    assert.equal(logons.filter((event) => event['status_id'] === 1).length, 6);
    const refused = server.events.filter(({ unmapped: { castellan } }) =>
      [castellan.refused, ...(castellan.observed ?? [])].some((one) => one?.type === 'unauthenticated'),
    );
    const failed = logons.filter((event) => event['status_id'] === 2).length;
    assert.ok(
      failed > 10 && failed < refused.length,
      `${failed} of ${refused.length}: who presents nothing is no logon`,
    );
    // Two tokens and the key have scopes or groups, and one token groups alone.
    assert.ok(count(3003) >= 3);
    if (setting === 'with pseudonyms') {
      const said = JSON.stringify(events);
      assert.doesNotMatch(said, /"ada"|"eve"|"batch"|bob/);
      const [log] = searchLog(join(folder, 'people'), {});
      assert.ok(log !== undefined);
    }
  });

test('a receiver of refusals is told of failed logons, and not of good ones', async () => {
  const { url, events } = await receiver();
  const server = await guarded({
    contract,
    authentication: {
      token: { issuer, audience, jwks: identity.jwks },
      basic: { users: { eve: { password: 'a password of eve' } } },
      key: { verify: () => undefined },
    },
    forward: { webhook: { url, secret: 'a secret of thirty-two characters!', classes: ['authentication'] } },
  });
  for (const [name, headers] of Object.entries(credentials))
    await ask(server.url, 'GET', name.includes('password') ? '/basic' : '/items/7', headers);
  await server.close();
  assert.deepEqual(
    events.map((event) => [event['class_uid'], event['status_id'], event['auth_protocol']]),
    [
      [3002, 2, 'bearer'],
      [3002, 2, 'basic'],
    ],
  );
  const [, account] = events.map(({ user }) => user as { readonly uid?: string });
  assert.match(account?.uid ?? '', /^[\w-]{16}$/, 'the account that was tried, as a keyed hash');
});

test('every incident of every detector is a Detection Finding of OCSF 1.5', () => {
  const days = ordinaryDays();
  let checked = 0;
  for (const detector of detectors)
    for (const bad of detector.bad) {
      const detection = createDetection({ seed: 1 });
      for (const facts of [...days, ...sequenceFacts(bad)]) detection.sink(facts);
      for (const incident of detection.incidents)
        for (const change of ['opened', 'updated', 'closed'] as const) {
          const event = JSON.parse(JSON.stringify(ocsfFinding(incident, change))) as Event;
          assert.deepEqual(ocsfIssues(event), [], detector.id);
          checked += 1;
        }
    }
  assert.ok(checked >= detectors.length);
});

test('what is no event of OCSF is found', () => {
  const good = JSON.parse(
    JSON.stringify({
      class_uid: 6003,
      category_uid: 6,
      activity_id: 2,
      type_uid: 600302,
      severity_id: 1,
      time: Date.UTC(2026, 0, 1),
      metadata: { version: '1.5.0', product: { name: 'x' } },
      api: { operation: 'x' },
      actor: { user: { uid: 'x' } },
      src_endpoint: { ip: '::1' },
    }),
  ) as Event;
  assert.deepEqual(ocsfIssues(good), []);
  const changes: Readonly<Record<string, unknown>> = {
    class_uid: 1,
    category_uid: 3,
    activity_id: 5,
    type_uid: 1,
    severity_id: 7,
    status_id: 9,
    time: 1_767_225_600,
    duration: 1.5,
    metadata: { version: '1.5.0' },
    api: {},
    actor: {},
    src_endpoint: {},
    else: 1,
  };
  for (const [name, value] of Object.entries(changes))
    assert.notDeepEqual(ocsfIssues({ ...good, [name]: value }), [], name);
  for (const name of ['time', 'metadata', 'api', 'actor', 'src_endpoint', 'class_uid'])
    assert.notDeepEqual(ocsfIssues({ ...good, [name]: undefined }), [], `without ${name}`);
});
