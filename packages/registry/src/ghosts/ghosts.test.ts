import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IdentityFact, ResourceFact } from '../store/tables.ts';
import type { Ghost } from './ghost.ts';
import { ghostPaths } from './ghost-paths.ts';
import type { Known, KnownApi, KnownDeployment, KnownSighting } from './known.ts';
import { orphans } from './orphans.ts';
import { shadows } from './shadows.ts';
import { unwatched } from './unwatched.ts';
import { zombies } from './zombies.ts';

const now = Date.UTC(2026, 10, 29);
const day = 86_400_000;

const api = (more: Partial<KnownApi> = {}): KnownApi => ({
  id: 'shop',
  owner: 'team-shop',
  state: 'published',
  sunset: null,
  digests: ['sha256:new', 'sha256:old'],
  newestSince: now - 30 * day,
  sideBySide: new Set(),
  operations: [
    { operation: 'list', method: 'GET', path: '/items', state: 'published', sunset: null },
    { operation: 'get', method: 'GET', path: '/items/{id}', state: 'deprecated', sunset: '2026-11-01' },
  ],
  ...more,
});
const sighting = (more: Partial<KnownSighting> = {}): KnownSighting => ({
  api: 'shop',
  environment: 'production',
  host: 'shop.example.com',
  method: 'GET',
  template: '/items',
  documented: true,
  sources: ['access-log'],
  hits: 10,
  answered: 9,
  firstSeen: now - 60 * day,
  lastSeen: now - day,
  ...more,
});
const deployment = (more: Partial<KnownDeployment> = {}): KnownDeployment => ({
  id: more.environment ?? 'production',
  api: 'shop',
  environment: 'production',
  name: `shop-${more.environment ?? 'production'}`,
  source: 'heartbeat',
  place: '',
  digest: 'sha256:new',
  audit: true,
  identities: [],
  resources: [],
  firstSeen: now - day,
  lastSeen: now,
  ...more,
});
const known = (more: Partial<Known> = {}): Known => ({
  now,
  apis: [api()],
  deployments: [],
  sightings: [],
  production: new Set(['production']),
  ...more,
});
const lines = (ghosts: readonly Ghost[]): string[] =>
  ghosts.map(({ kind, severity, subject, environment }) => `${severity} ${kind} ${subject} ${environment}`);

test('shadow: what is answered and not documented; not what nobody answers, and not HEAD or OPTIONS', () => {
  const undocumented = (more: Partial<KnownSighting>): KnownSighting => sighting({ documented: false, ...more });
  const found = shadows(
    known({
      sightings: [
        undocumented({ template: '/internal/dump' }),
        undocumented({ template: '/debug', environment: 'staging' }),
        undocumented({ template: '/app.js', api: '' }),
        undocumented({ template: '(not found)' }),
        undocumented({ template: '/admin', answered: 0 }),
        undocumented({ method: 'OPTIONS' }),
        undocumented({ method: 'HEAD' }),
        sighting(),
      ],
    }),
  );
  assert.deepEqual(lines(found), [
    'high shadow GET /internal/dump production',
    'medium shadow GET /debug staging',
    'low shadow GET /app.js production',
  ]);
  assert.deepEqual(found[0]?.evidence, [
    '9 of 10 requests were answered by shop.example.com (access-log)',
    'no contract version of shop documents it',
  ]);
});

test('zombie: it answers after its sunset, it is retired and answers, or an old version runs', () => {
  const old = sighting({ template: '/items/{id}' });
  const cases: readonly (readonly [Partial<Known>, readonly string[]])[] = [
    [{ sightings: [old, sighting()] }, ['high zombie GET /items/{id} production']],
    [{ sightings: [{ ...old, lastSeen: Date.UTC(2026, 9, 31) }] }, []],
    [{ sightings: [{ ...old, answered: 0 }] }, []],
    [{ apis: [api({ state: 'retired' })], sightings: [sighting()] }, ['high zombie GET /items production']],
    [{ apis: [api({ sunset: '2026-11-28' })], sightings: [sighting()] }, ['high zombie GET /items production']],
    [{ apis: [api({ sunset: '2027-01-01' })], sightings: [sighting()] }, []],
    [{ deployments: [deployment({ digest: 'sha256:old' })] }, ['medium zombie shop-production production']],
    // A guard tells the first digits.
    [
      { deployments: [deployment({ digest: 'old' }), deployment({ digest: 'new' }), deployment({ digest: null })] },
      ['medium zombie shop-production production'],
    ],
    [{ deployments: [deployment({ digest: 'sha256:unknown' })] }, []],
  ];
  for (const [more, expected] of cases) assert.deepEqual(lines(zombies(known(more))), expected);
});

test('orphan: never seen where others of the API are, or owned by nobody; an API that nobody watches says nothing', () => {
  assert.deepEqual(lines(orphans(known({ sightings: [sighting()] }))), ['low orphan GET /items/{id} production']);
  assert.deepEqual(lines(orphans(known())), []);
  assert.deepEqual(lines(orphans(known({ sightings: [sighting({ documented: false, template: '/x' })] }))), []);
  assert.deepEqual(lines(orphans(known({ apis: [api({ owner: null })] }))), ['low orphan shop ']);
});

test('unwatched: it says that there is no audit sink; where nobody says, nothing is concluded', () => {
  const found = unwatched(
    known({
      deployments: [
        deployment({ audit: false }),
        deployment({ audit: null }),
        deployment(),
        deployment({ environment: 'staging', audit: false }),
      ],
    }),
  );
  assert.deepEqual(lines(found), [
    'high unwatched shop-production production',
    'medium unwatched shop-staging staging',
  ]);
});

const issuer = (host: string): IdentityFact => ({ fingerprint: `f-${host}`, scheme: 'oauth', kind: 'issuer', host });
const resource = (name: string, kind = 'postgres'): ResourceFact => ({ fingerprint: name, kind });
const real = deployment({
  identities: [issuer('login.example.com')],
  resources: [resource('orders'), resource('stripe', 'https'), resource('collector', 'tcp')],
});
const staging = (
  identities: readonly IdentityFact[],
  resources: readonly ResourceFact[],
  environment = 'staging',
): KnownDeployment => deployment({ environment, identities, resources });

test('ghost path: not production, the same data, and identities that are worth less', () => {
  for (const [identities, why] of [
    [[issuer('127.0.0.1:9999')], /mock or a development issuer/],
    [[issuer('localhost:8080')], /mock/],
    [[issuer('mock-idp.internal')], /mock/],
    [[issuer('login.dev.example.com')], /development issuer/],
    [[issuer('[::1]:80')], /mock/],
    [[issuer('login.example.com'), issuer('idp-staging.example.com')], /development issuer/],
    [[issuer('login.partner.example')], /production does not trust its identity provider login\.partner\.example/],
    [[{ fingerprint: 'u', scheme: 'basic', kind: 'users', host: '' }], /less than in production \(users\)/],
    [[], /authenticates nobody/],
  ] as const) {
    const [found] = ghostPaths(known({ deployments: [real, staging(identities, [resource('orders')])] }));
    assert.deepEqual(
      found && [found.kind, found.severity, found.environment],
      ['ghost-path', 'critical', 'staging'],
      String(why),
    );
    assert.match(found?.evidence.join('\n') ?? '', why);
    assert.match(found?.evidence[0] ?? '', /same postgres as shop-production in production/);
  }
});

test('no ghost path: data of its own, a third party, the same identities, or production itself', () => {
  const mock = [issuer('127.0.0.1:9999')];
  for (const one of [
    staging(mock, [resource('orders-staging')]),
    staging(mock, [resource('stripe', 'https')]),
    staging(mock, [resource('collector', 'tcp')]),
    staging(mock, []),
    staging([issuer('login.example.com')], [resource('orders')]),
    staging(mock, [resource('orders')], 'production'),
  ])
    assert.deepEqual(ghostPaths(known({ deployments: [real, one] })), []);
});
