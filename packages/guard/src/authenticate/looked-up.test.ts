// Credentials that are looked up: keys of the configuration and of a store, sessions. Each form and its answer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SecurityScheme } from '@castellan/contract';
import type { KeyRecord, KeyStore } from '../keys/store.ts';
import type { SchemeOutcome, SchemeRequest, SchemeVerifier } from '../scheme.ts';
import { apiKeyVerifier } from './api-key.ts';
import { Attempts } from './attempts.ts';
import { fieldReader } from './scheme-credential.ts';
import { Sessions } from './sessions.ts';
import { sessionVerifier } from './session.ts';
import { storedKeyVerifier } from './stored-keys.ts';

type ApiKey = SecurityScheme & { readonly type: 'apiKey' };
const inHeader = { name: 'key', type: 'apiKey', in: 'header', key: 'X-Key' } as unknown as ApiKey;
const inCookie = { ...inHeader, in: 'cookie', key: 'sid' } as ApiKey;
const inQuery = { ...inHeader, in: 'query', key: 'key' } as ApiKey;
const now = 1_800_000_000_000;

const requestOf = (more: {
  incoming?: object;
  authorization?: string;
  address?: string;
  now?: number;
}): SchemeRequest =>
  ({
    address: '192.0.2.1',
    now,
    url: 'https://a/',
    ...more,
    incoming: { rawHeaders: [], headers: {}, target: '/', ...more.incoming },
  }) as unknown as SchemeRequest;
const withKey = (key: string, more: object = {}): SchemeRequest =>
  requestOf({ incoming: { rawHeaders: ['x-key', key] }, ...more });

/** The subject, or why not. */
async function told(outcome: SchemeOutcome | Promise<SchemeOutcome>): Promise<string> {
  const settled = await outcome;
  if (settled.outcome === 'verified') return settled.identity.subject;
  return 'reason' in settled ? settled.reason : settled.outcome;
}

const strong = 'kE9vQ2mX7pL4zR8tW1yB6nC3';

test('where a key stands in a request', () => {
  const header = (fields: readonly string[], name = 'X-Key'): string | undefined =>
    fieldReader('header', name)(requestOf({ incoming: { rawHeaders: fields }, authorization: 'Token x' }));
  for (const [fields, key] of [
    [[], undefined],
    [['X-Key', 'a'], 'a'],
    [['x-kEY', 'a'], 'a'],
    [['X-Kez', 'a'], undefined],
    [['X-Key2', 'a'], undefined],
    [['a', 'X-Key'], undefined],
    [['X-Key', ''], ''],
    [['X-Key', 'a', 'x-key', 'a'], ''],
    [['b', '1', 'X-Key', 'a', 'c', '2'], 'a'],
  ] as const)
    assert.equal(header(fields), key, fields.join());
  assert.equal(header(['Authorization', 'other'], 'Authorization'), 'x');
  for (const [target, key] of [
    ['/a', undefined],
    ['/a?key=1', '1'],
    ['/a?b=?key=1', undefined],
    ['/key=1', undefined],
  ] as const)
    assert.equal(fieldReader('query', 'key')(requestOf({ incoming: { target } })), key, target);
  assert.equal(fieldReader('cookie', 'sid')(requestOf({ incoming: { headers: { cookie: 'sid=1' } } })), '1');
});

test('keys of the configuration', async () => {
  const holder = { subject: 'ada', scopes: ['a'], groups: ['g'], tenant: 't', id: 'first' };
  const keys = {
    [strong]: holder,
    [`${strong}2`]: { subject: 'bob', expiresAt: now },
    [`${strong}3`]: { subject: 'eve', expiresAt: now + 1 },
  };
  for (const form of [keys, Object.entries(keys).map(([key, one]) => ({ ...one, key }))]) {
    const { verify, notices, challenge } = apiKeyVerifier(inHeader, { keys: form } as never, new Attempts(), 'R');
    assert.deepEqual([notices, challenge], [[], 'ApiKey realm="R", in="header", name="X-Key"']);
    for (const [key, expected] of [
      [strong, 'ada'],
      [`${strong}2`, 'key-expired'],
      [`${strong}3`, 'eve'],
      [strong.toLowerCase(), 'unknown-key'],
      ['x'.repeat(1024), 'unknown-key'],
      ['x'.repeat(1025), 'key-too-long'],
      ['', 'missing'],
    ] as const)
      assert.equal(await told(verify(withKey(key))), expected, key.slice(0, 30));
    assert.equal(await told(verify(requestOf({}))), 'missing');
    const outcome = await verify(withKey(strong));
    assert.ok(outcome.outcome === 'verified');
    assert.deepEqual(outcome.identity, {
      subject: 'ada',
      issuer: 'key',
      scopes: ['a'],
      groups: ['g'],
      claims: {},
      credential: { kind: 'api-key', id: 'first' },
      tenant: 't',
    });
    const eve = await verify(withKey(`${strong}3`));
    assert.ok(eve.outcome === 'verified');
    assert.match(eve.identity.credential.id ?? '', /^[0-9a-f]{16}$/);
    assert.deepEqual([eve.identity.scopes, eve.identity.groups, 'tenant' in eve.identity], [[], [], false]);
  }
});

test('keys that are short or weak, and keys in the query, are told of', () => {
  const of = (key: string, scheme = inHeader): string[] =>
    apiKeyVerifier(scheme, { keys: { [key]: { subject: 'ada' } } } as never, new Attempts(), 'R').notices.map(
      ({ code }) => code,
    );
  assert.throws(() => of('x'.repeat(15)), { code: 'bad-authentication' });
  assert.deepEqual(of('hellohellohellohello'), ['weak-secret']);
  assert.deepEqual(of(strong), []);
  assert.deepEqual(of(strong, inQuery), ['key-in-query']);
});

test('wrong keys are answered at once, and then slowly', async () => {
  const { verify } = apiKeyVerifier(inHeader, { keys: { [strong]: { subject: 'ada' } } } as never, new Attempts(), 'R');
  const answers: string[] = [];
  for (let i = 0; i < 22; i++) answers.push(await told(verify(withKey('wrong'))));
  assert.deepEqual([answers.indexOf('throttled'), answers.lastIndexOf('unknown-key')], [20, 19]);
  assert.equal(await told(verify(withKey(strong))), 'ada', 'who has the key waits for nothing');
});

const record = (more: Partial<KeyRecord> = {}): KeyRecord =>
  ({ id: 'k', subject: 'ada', scopes: ['a'], groups: ['g'], createdAt: 7, ...more }) as KeyRecord;

test('keys of a store', async () => {
  const used: unknown[] = [];
  const records = new Map<string, KeyRecord>([
    ['good', record({ tenant: 't', expiresAt: now + 1 })],
    ['plain', record({ id: 'p' })],
    ['over', record({ expiresAt: now })],
    ['revoked', record({ revokedAt: 1 })],
  ]);
  const store: KeyStore = {
    find: (key: string) => records.get(key),
    used: (id: string, at: number) => used.push([id, at]),
    notices: (at: number) => [{ code: 'old', message: String(at) }],
  } as never;
  const verifier = storedKeyVerifier(inQuery, store, new Attempts(), () => now, 'R');
  const ask = (key: string): Promise<string> =>
    told(verifier.verify(requestOf({ incoming: { target: `/?key=${key}` } })));
  for (const [key, expected] of [
    ['good', 'ada'],
    ['plain', 'ada'],
    ['over', 'key-expired'],
    ['revoked', 'key-revoked'],
    ['other', 'unknown-key'],
    ['', 'missing'],
    ['x'.repeat(1024), 'unknown-key'],
    ['x'.repeat(1025), 'key-too-long'],
    ['cstl_x', 'key-mistyped'],
    ['xcstl_x', 'unknown-key'],
  ] as const)
    assert.equal(await ask(key), expected, key.slice(0, 20));
  assert.deepEqual(used, [
    ['k', now],
    ['p', now],
  ]);
  const outcome = await verifier.verify(requestOf({ incoming: { target: '/?key=good' } }));
  assert.ok(outcome.outcome === 'verified');
  assert.deepEqual(outcome.identity, {
    subject: 'ada',
    issuer: 'key',
    scopes: ['a'],
    groups: ['g'],
    claims: {},
    credential: { kind: 'api-key', id: 'k', expiresAt: now + 1 },
    issuedAt: 7000,
    tenant: 't',
  });
  assert.equal(
    await verifier.verify(requestOf({ incoming: { target: '/?key=good' } })),
    outcome,
    'one record, one outcome',
  );
  assert.deepEqual(
    verifier.notices.map(({ code, fatalInProduction }) => [code, fatalInProduction]),
    [
      ['key-in-query', false],
      ['old', false],
    ],
  );
  const quiet = storedKeyVerifier(inHeader, { find: () => record() } as never, new Attempts(), () => now, 'R');
  assert.deepEqual([quiet.notices, quiet.close, await told(quiet.verify(withKey('x')))], [[], undefined, 'ada']);
  class Closing {
    closed = 0;
    find(): undefined {}
    close(): void {
      this.closed += 1;
    }
  }
  const closing = new Closing();
  await storedKeyVerifier(inHeader, closing as never, new Attempts(), () => now, 'R').close?.();
  assert.equal(closing.closed, 1);
  const late = storedKeyVerifier(
    inHeader,
    { find: () => Promise.resolve(record({ expiresAt: now })) } as never,
    new Attempts(),
    () => now,
    'R',
  );
  const answers: string[] = [];
  for (let i = 0; i < 21; i++) answers.push(await told(late.verify(withKey('x'))));
  assert.deepEqual([answers[19], answers[20]], ['key-expired', 'throttled']);
});

test('sessions end when they are not used, at their end, and at once where somebody ends them', async () => {
  let at = now;
  const sessions = new Sessions({ idle: 10, lifetime: 25, clock: () => at });
  const value = sessions.start({ subject: 'ada', scopes: ['a'], groups: ['g'], tenant: 't' });
  const { verify, ambient, challenge } = sessionVerifier(inCookie, { sessions }, 'notes');
  assert.deepEqual([ambient, challenge], [true, 'Cookie realm="notes", name="sid"']);
  const ask = (cookie: string): Promise<string> =>
    told(verify(requestOf({ incoming: { headers: { cookie } }, now: at })));
  assert.equal(await ask(`sid=${value}`), 'ada');
  for (const [cookie, expected] of [
    ['', 'missing'],
    ['sid=', 'missing'],
    ['sid=x', 'unknown-session'],
    [`sid=${'x'.repeat(513)}`, 'unknown-session'],
  ] as const)
    assert.equal(await ask(cookie), expected, cookie.slice(0, 10));
  at += 9_999;
  assert.equal(await ask(`sid=${value}`), 'ada');
  at += 10_000;
  assert.equal(await ask(`sid=${value}`), 'unknown-session');
  const second = sessions.start({ subject: 'bob' });
  for (let i = 0; i < 3; i++) {
    at += 8_000;
    assert.equal(await ask(`sid=${second}`), 'bob');
  }
  at += 1_000;
  assert.equal(await ask(`sid=${second}`), 'unknown-session', 'it was used, and is over');
  const third = sessions.start({ subject: 'eve' });
  sessions.end(third);
  assert.equal(await ask(`sid=${third}`), 'unknown-session');
});

test('what a session store says', async () => {
  const session = { id: 's', subject: 'ada', startedAt: 5, expiresAt: now + 1 };
  let asked: unknown;
  const of = (found: unknown): SchemeVerifier =>
    sessionVerifier(inCookie, { sessions: { find: (...all: unknown[]) => ((asked = all), found) } } as never, 'notes');
  const cookie = { incoming: { headers: { cookie: `sid=${'x'.repeat(512)}` } } };
  assert.equal(await told(of(undefined).verify(requestOf(cookie))), 'unknown-session');
  assert.deepEqual(asked, ['x'.repeat(512), now]);
  assert.equal(await told(of({ ...session, expiresAt: now }).verify(requestOf(cookie))), 'session-expired');
  const good = of(session);
  const [first, again] = [await good.verify(requestOf(cookie)), await good.verify(requestOf(cookie))];
  assert.ok(first.outcome === 'verified' && again.outcome === 'verified');
  assert.equal(first.identity, again.identity);
  assert.deepEqual(first.identity, {
    subject: 'ada',
    issuer: 'key',
    scopes: [],
    groups: [],
    claims: {},
    credential: { kind: 'session', id: 's', expiresAt: now + 1 },
    issuedAt: 5000,
  });
  const away = of(Promise.reject(new Error('away')));
  assert.equal((await away.verify(requestOf(cookie))).outcome, 'unavailable');
});
