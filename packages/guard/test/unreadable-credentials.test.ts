// Credentials that nobody can read are none that is good, and records of stores are read as databases give them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Attempts } from '../src/authenticate/attempts.ts';
import { formatPasswordHash, impossibleHash } from '../src/authenticate/password.ts';
import { sessionVerifier } from '../src/authenticate/session.ts';
import { storedKeyVerifier } from '../src/authenticate/stored-keys.ts';
import { storedUsers } from '../src/authenticate/stored-users.ts';
import type { SchemeOutcome } from '../src/scheme.ts';
import { send } from './client.ts';
import { guarded } from './guarded.ts';

const key = 'nQ4vT7mXz9rLw2Yb8NcDkT7vQ2mXz9rLw4Yb8NcDkT7vQ2mXz9rLw4Yb8NcD';
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
type Shown = readonly [query: string, headers: Readonly<Record<string, string | string[]>>];
const inHeader = (...values: string[]): Shown => ['', { 'x-key': values }];
const inQuery = (query: string): Shown => [`?${query}`, {}];
const inCookie = (cookie: string): Shown => ['', { cookie }];
const authorized = (authorization: string): Shown => ['', { authorization }];
/** Of each scheme: what is a credential, what is none, and what is one that nobody can read. */
const places: Readonly<Record<string, readonly [good: Shown, none: readonly Shown[], unreadable: readonly Shown[]]>> = {
  header: [inHeader(key), [inHeader(''), ['', { 'x-keys': key }]], [inHeader(key, key), inHeader('', key)]],
  query: [
    inQuery(`key=${key}`),
    [inQuery('key='), inQuery('key')],
    [inQuery(`key=${key}&key=${key}`), inQuery(`k%65y=${key}&key=x`), inQuery(`key=&key=${key}`)],
  ],
  cookie: [
    inCookie(`key=${key}`),
    [inCookie('key='), inCookie(`keys=${key}`), inCookie('key')],
    [inCookie(`key=${key}; key=${key}`), inCookie(`key=; key=${key}`), inCookie(`${'a=b; '.repeat(200)}key=${key}`)],
  ],
  basic: [
    authorized(basic('ada:correct horse battery')),
    [authorized('Basic'), authorized('Basic '), authorized('Basics x'), authorized('Bearer x')],
    [
      authorized(basic('ada')),
      authorized('Basic !'),
      authorized('basic\tYTpi'),
      authorized(basic(`a:${'x'.repeat(2000)}`)),
    ],
  ],
  bearer: [
    authorized(`Bearer ${key}`),
    [authorized('Bearer'), authorized('Bearer '), authorized('Bearers x'), authorized(basic('a:b'))],
    [authorized(`Bearer\t${key}`), authorized(`bearer,${key}`), authorized(`Bearer="${key}"`)],
  ],
};

describe('where anybody may call, what stands where a credential is and cannot be read is none that is good', () => {
  const scheme = (name: string): object =>
    name === 'basic' || name === 'bearer'
      ? { type: 'http', scheme: name }
      : { type: 'apiKey', in: name, name: name === 'header' ? 'X-Key' : 'key' };
  const names = Object.keys(places);
  const answer = { 200: { description: '', content: { 'application/json': { schema: { type: 'object' } } } } };
  const operation = (operationId: string, security: readonly object[]): object => ({
    get: { operationId, security, responses: answer },
  });
  const contract = {
    openapi: '3.1.0',
    info: { title: 'Open', version: '1' },
    paths: Object.fromEntries([
      ...names.flatMap((name) => [
        [`/may/${name}`, operation(`may-${name}`, [{ [name]: [] }, {}])],
        [`/must/${name}`, operation(`must-${name}`, [{ [name]: [] }])],
      ]),
      ['/both', operation('both', [{ header: [], bearer: [] }, {}])],
    ]),
    components: { securitySchemes: Object.fromEntries(names.map((name) => [name, scheme(name)])) },
  };
  const keys = { keys: { [key]: { subject: 'ada' } } };
  const users = { users: { ada: { password: 'correct horse battery' } } };
  const authentication = Object.fromEntries(names.map((name) => [name, name === 'basic' ? users : keys]));

  test('each scheme, each form', async (t) => {
    const server = await guarded({ contract, authentication: authentication as never }, (request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ who: request.auth?.subject ?? 'nobody' }));
    });
    t.after(() => server.close());
    const ask = async (path: string, headers: Shown[1] = {}): Promise<string> => {
      const { status, json } = await send(server.url, path, { headers });
      return status === 200
        ? String(json['who'])
        : `${status} ${server.events.at(-1)?.unmapped.castellan.refused?.reason}`;
    };
    for (const [name, [good, none, unreadable]] of Object.entries(places)) {
      for (const [way, anybody] of [
        ['may', 'nobody'],
        ['must', '401 no-credential'],
      ] as const) {
        assert.equal(await ask(`/${way}/${name}`), anybody, name);
        assert.equal(await ask(`/${way}/${name}${good[0]}`, good[1]), 'ada', name);
        for (const [query, headers] of none)
          assert.equal(await ask(`/${way}/${name}${query}`, headers), anybody, JSON.stringify([name, query, headers]));
      }
      for (const [query, headers] of unreadable) {
        const what = JSON.stringify([name, query, headers]).slice(0, 200);
        assert.equal(await ask(`/may/${name}${query}`, headers), '401 malformed-credential', what);
        assert.match(await ask(`/must/${name}${query}`, headers), /^401 /, what);
      }
    }
    // Of a requirement with two, the second is looked at where the first is missing.
    assert.equal(await ask('/both'), 'nobody');
    assert.equal(await ask('/both', { authorization: 'Bearer made-up-made-up-made-up' }), '401 unknown-key');
    assert.equal(await ask('/both', { authorization: `Bearer ${key}` }), 'nobody');
    assert.equal(await ask('/both', { 'x-key': key }), 'nobody');
    assert.equal(await ask('/both', { 'x-key': key, authorization: `Bearer ${key}` }), 'ada');
  });
});

describe('records as databases give them', () => {
  const now = Date.UTC(2026, 5, 1);
  const moments = (time: number): Record<string, unknown> => ({
    milliseconds: time,
    seconds: time / 1000,
    date: new Date(time),
    text: new Date(time).toISOString(),
  });
  const nulls = {
    owner: null,
    scopes: null,
    groups: null,
    tenant: null,
    expiresAt: null,
    revokedAt: null,
    createdAt: null,
  };
  const hash = formatPasswordHash(impossibleHash(Buffer.alloc(32, 7)));
  const base = {
    id: 'a',
    name: 'ada',
    hash,
    subject: 'ada',
    scopes: ['read'],
    groups: [],
    createdAt: now,
    startedAt: now,
  };
  const scheme = (place: string): never => ({ name: 'it', type: 'apiKey', in: place, key: 'k', location: {} }) as never;
  const request = {
    incoming: { rawHeaders: ['k', 'x'.repeat(20)], headers: { cookie: 'k=value' } },
    address: '192.0.2.1',
    now,
  };
  const outcomeOf = ({ outcome }: SchemeOutcome): string => outcome;
  /** What each kind of store makes of what it finds. */
  const stores: Readonly<Record<string, (find: () => never) => unknown>> = {
    keys: async (find) =>
      outcomeOf(
        await storedKeyVerifier(scheme('header'), { find }, new Attempts(), () => now, 'it').verify(request as never),
      ),
    users: async (find) => {
      const account = await storedUsers('it', { find, samples: () => [hash] }).find('ada', now);
      return account === undefined ? 'refused' : outcomeOf(account.outcome);
    },
    sessions: async (find) =>
      outcomeOf(await sessionVerifier(scheme('cookie'), { sessions: { find } }, 'it').verify(request as never)),
  };
  for (const [kind, ask] of Object.entries(stores))
    test(kind, async () => {
      const seen = async (found: unknown, outcome: string): Promise<void> => {
        for (const find of [() => found, () => Promise.resolve(found)])
          assert.equal(await ask(find as () => never), outcome, JSON.stringify(found));
      };
      for (const nothing of [null, undefined]) await seen(nothing, 'refused');
      await seen({ ...base }, 'verified');
      await seen({ ...base, ...nulls }, 'verified');
      for (const [form, expiresAt] of Object.entries(moments(now + 60_000)))
        await seen({ ...base, form, expiresAt }, 'verified');
      for (const [form, expiresAt] of Object.entries(moments(now - 60_000)))
        await seen({ ...base, form, expiresAt }, 'refused');
      for (const expiresAt of ['soon', {}, Number.NaN]) await seen({ ...base, expiresAt }, 'refused');
      if (kind === 'sessions') return;
      for (const revokedAt of Object.values(moments(now - 60_000))) await seen({ ...base, revokedAt }, 'refused');
    });
});
