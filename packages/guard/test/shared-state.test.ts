// State that requests share: counters, guesses, stores that belong together, and who may use what browsers send by themselves.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { ServerResponse } from 'node:http';
import { Attempts } from '../src/authenticate/attempts.ts';
import { withOriginCheck } from '../src/authenticate/csrf.ts';
import { formatPasswordHash, hashPassword, normalPassword } from '../src/authenticate/password.ts';
import { addKey } from '../src/keys/index.ts';
import { hashKey, storeSecret } from '../src/keys/file-store.ts';
import { parseStore } from '../src/keys/records.ts';
import { Limiters } from '../src/limits/limiters.ts';
import type { SchemeVerifier } from '../src/scheme.ts';
import { WatchedFile } from '../src/secrets/watched-file.ts';
import { send } from './client.ts';
import { guarded } from './guarded.ts';

describe('the time of counters', () => {
  test('never goes back, whatever the clock does, and goes on from there', () => {
    let clock = 1000;
    const { now } = new Limiters(() => clock);
    assert.equal(now(), 1000);
    clock = 400;
    assert.equal(now(), 1000);
    clock = 450;
    assert.equal(now(), 1050);
    clock = 5000;
    assert.equal(now(), 5600);
  });
  test('a clock that jumps back gives nobody a new allowance', () => {
    let clock = 1e12;
    const limiters = new Limiters(() => clock);
    const limiter = limiters.get('flow', { count: 2, seconds: 86_400 });
    let taken = 0;
    for (let i = 0; i < 200; i++) {
      clock += i % 2 === 0 ? -50 * i : 10;
      if (limiter.take('ada') === undefined) taken += 1;
    }
    assert.equal(taken, 2);
  });
});

describe('guesses', () => {
  const refused = (attempts: Attempts, account: string, now: number): boolean =>
    typeof attempts.begin(account, '192.0.2.1', now) === 'number';
  test('sign-ins of an own account take no wrong guess back', () => {
    const attempts = new Attempts();
    let tried = 0;
    for (let i = 0; i < 30; i++) {
      if (!refused(attempts, `user${i}`, 0)) tried += 1;
      const own = attempts.begin('mallory', '192.0.2.1', 0);
      if (typeof own !== 'number') own.ended(true);
    }
    assert.ok(tried < 20, `${tried}`);
  });
  test('what was not tried is no guess', () => {
    const attempts = new Attempts();
    for (let i = 0; i < 100; i++) {
      const attempt = attempts.begin(`user${i % 7}`, '192.0.2.1', 0);
      assert.ok(typeof attempt !== 'number');
      attempt.ended(false);
    }
  });
  test('right sign-ins from one address do not lock each other out, also where others guessed wrong before', () => {
    const attempts = new Attempts();
    for (let i = 0; i < 10; i++) attempts.begin(`wrong${i}`, '192.0.2.1', 0);
    for (let i = 0; i < 30; i++) {
      const attempt = attempts.begin(`right${i}`, '192.0.2.1', 0);
      assert.ok(typeof attempt !== 'number', `${i}`);
      attempt.ended(true);
    }
  });
  test('a guess that was taken back takes back no wait that others caused', () => {
    const attempts = new Attempts();
    for (let i = 0; i < 10; i++) attempts.begin(`wrong${i}`, '192.0.2.1', 0);
    const own = attempts.begin('own', '192.0.2.1', 0);
    assert.ok(typeof own !== 'number');
    assert.ok(attempts.wait('other', '192.0.2.1', 0) > 0);
    own.ended(false);
    assert.equal(attempts.wait('other', '192.0.2.1', 0), 0);
    const [first, second] = [attempts.begin('a', '192.0.2.1', 0), attempts.begin('b', '192.0.2.1', 60_000)];
    assert.ok(typeof first !== 'number' && typeof second !== 'number');
    first.ended(true);
    assert.ok(attempts.wait('other', '192.0.2.1', 60_000) > 0);
    first.ended(true);
    assert.ok(attempts.wait('other', '192.0.2.1', 60_000) > 0, 'twice is once');
  });
  const shapes: Readonly<Record<string, (i: number) => string>> = {
    'one address': () => '2001:db8:1:2::5',
    'a /64': (i) => `2001:db8:1:2::${i.toString(16)}`,
    'a /48': (i) => `2001:db8:1:${i.toString(16)}::1`,
  };
  for (const [what, address] of Object.entries(shapes))
    test(`guesses from ${what} come to an end, and elsewhere nobody waits for them`, () => {
      for (const guess of [
        (attempts: Attempts, i: number) => typeof attempts.begin(`user${i}`, address(i), 0) === 'number',
        (attempts: Attempts, i: number) => attempts.wrongKey(address(i), 0) !== undefined,
      ]) {
        const attempts = new Attempts();
        let tried = 0;
        for (let i = 0; i < 1000; i++) if (!guess(attempts, i)) tried += 1;
        assert.ok(tried <= 121, `${tried}`);
        for (const elsewhere of ['2001:db8:2::1', '2001:db9:1::1', '192.0.2.1'])
          assert.equal(attempts.wait('ada', elsewhere, 0), 0);
      }
    });
  test('whoever is known at an address does not wait for strangers of its network', () => {
    const attempts = new Attempts();
    const first = attempts.begin('ada', '2001:db8:1:2::1', 0);
    assert.ok(typeof first !== 'number');
    first.ended(true);
    for (let i = 0; i < 1000; i++) attempts.begin(`user${i}`, `2001:db8:1:${i.toString(16)}::1`, 0);
    assert.equal(attempts.wait('ada', '2001:db8:1:2::1', 0), 0);
    assert.ok(attempts.wait('bob', '2001:db8:1:2::1', 0) > 0);
  });
  test('a password has one spelling', () => {
    const spellings = new Set<string>();
    for (let i = 0; i < 64; i++)
      spellings.add(
        normalPassword(Array.from({ length: 6 }, (_, bit) => ((i >> bit) & 1 ? 'e\u0301' : '\u00e9')).join('')),
      );
    assert.equal(spellings.size, 1);
  });
});

describe('credentials that browsers send by themselves', () => {
  const schemes = {
    basic: { type: 'http', scheme: 'basic', name: 's' },
    mutualTLS: { type: 'mutualTLS', name: 's' },
  } as const;
  for (const [what, scheme] of Object.entries(schemes)) {
    const inner = { scheme, challenge: undefined, notices: [], verify: () => ({ outcome: 'verified' }) };
    const verifier = withOriginCheck(inner as never as SchemeVerifier, { origins: ['https://app.company.com'] }, [
      'https://shop.company.com',
    ]);
    const ask = async (method: string, headers: Record<string, string>, url = 'https://api.company.com/pay') =>
      (
        await verifier.verify({
          incoming: { method, headers, clientCertificate: () => ({}) },
          authorization: 'Basic YTpi',
          url,
        } as never)
      ).outcome;
    test(`${what}: a request that changes something comes from no other site`, async () => {
      const evil = { origin: 'https://evil.example' };
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'LINK'])
        for (const headers of [
          evil,
          { 'sec-fetch-site': 'cross-site' },
          { 'sec-fetch-site': 'same-site' },
          { ...evil, 'sec-fetch-site': 'cross-site' },
          { origin: 'null' },
          { referer: 'https://evil.example/page' },
          { origin: 'http://api.company.com' },
        ])
          assert.equal(await ask(method, headers as never), 'refused', `${method} ${JSON.stringify(headers)}`);
    });
    test(`${what}: own pages, those that were named, programs, and reads pass`, async () => {
      for (const headers of [
        {},
        { 'sec-fetch-site': 'same-origin' },
        { origin: 'https://api.company.com' },
        { referer: 'https://api.company.com/form' },
        { origin: 'https://app.company.com', 'sec-fetch-site': 'same-site' },
        { origin: 'https://shop.company.com', 'sec-fetch-site': 'cross-site' },
      ])
        assert.equal(await ask('POST', headers as never), 'verified', JSON.stringify(headers));
      for (const method of ['GET', 'HEAD', 'OPTIONS', 'QUERY'])
        assert.equal(await ask(method, { origin: 'https://evil.example' }), 'verified');
      // TLS ends in front of this process.
      const own = { origin: 'https://api.company.com', 'sec-fetch-site': 'same-origin' };
      assert.equal(await ask('POST', own, 'http://api.company.com/pay'), 'verified');
    });
  }
});

const rightHash = formatPasswordHash(await hashPassword('right password'));

describe('a store that is away', () => {
  const away = () => {
    throw new Error('connect ECONNREFUSED, password=hunter2');
  };
  const basic = `Basic ${Buffer.from('ada:right password').toString('base64')}`;
  const record = {
    name: 'ada',
    subject: 'ada',
    scopes: [],
    groups: [],
    createdAt: 0,
    hash: rightHash,
  };
  const schemeOf = (type: object) => ({
    openapi: '3.1.0',
    info: { title: 'Away', version: '1' },
    paths: { '/a': { get: { operationId: 'a', security: [{ s: [] }], responses: { 204: { description: '' } } } } },
    components: { securitySchemes: { s: type } },
  });
  const answering = (_: unknown, response: ServerResponse): void => {
    response.statusCode = 204;
    response.end();
  };
  const kinds = {
    key: [{ type: 'apiKey', in: 'header', name: 'x-key' }, (find: unknown) => ({ store: { find } }), { 'x-key': 'k' }],
    session: [
      { type: 'apiKey', in: 'cookie', name: '__Host-s' },
      (find: unknown) => ({ sessions: { find } }),
      { cookie: '__Host-s=a' },
    ],
    user: [
      { type: 'http', scheme: 'basic' },
      (find: unknown) => ({ store: { find, samples: () => [record.hash] } }),
      { authorization: basic },
    ],
  } as const;
  for (const [kind, [type, entry, headers]] of Object.entries(kinds))
    for (const [how, find] of Object.entries({ 'at once': away, later: async () => away() }))
      test(`${kind} store, ${how}: 503, and no wrong guess`, async () => {
        const server = await guarded(
          { contract: schemeOf(type), authentication: { s: entry(find) as never } },
          answering,
        );
        try {
          for (let i = 0; i < 40; i++) assert.equal((await send(server.url, '/a', { headers })).status, 503, `${i}`);
          assert.match(JSON.stringify(server.events[0]), /store failed/);
        } finally {
          await server.close();
        }
      });
  test('one that comes and goes, with a new object for each question', async () => {
    let there = true;
    let samples = 0;
    const store = {
      find: async () => (there ? { ...record } : away()),
      samples: () => {
        samples += 1;
        return [record.hash];
      },
    };
    const contract = schemeOf({ type: 'http', scheme: 'basic' });
    const server = await guarded({ contract, authentication: { s: { store } as never } }, answering);
    const status = async () => (await send(server.url, '/a', { headers: { authorization: basic } })).status;
    try {
      for (const now of [true, true, false, false, true, true]) {
        there = now;
        assert.equal(await status(), now ? 204 : 503);
      }
      assert.equal(samples, 1, 'the password was derived once');
    } finally {
      await server.close();
    }
  });
});

test('a key store and its secret are read together', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-store-'));
  after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'keys.json');
  await addKey(file, { subject: 'ada' }, 0);
  const watched = new WatchedFile(
    file,
    (text) => ({ secret: storeSecret(file, false), records: parseStore('keys', file, text) }),
    undefined,
    [`${file}.secret`],
  );
  try {
    rmSync(file);
    watched.refresh();
    assert.equal(watched.notices.length, 1);
    watched.refresh();
    assert.equal(watched.notices.length, 1);
    rmSync(`${file}.secret`);
    const { key } = await addKey(file, { subject: 'eve' }, 0);
    watched.refresh();
    assert.deepEqual(watched.notices, []);
    const { secret, records } = watched.value;
    assert.deepEqual(
      records.map((record) => record.hash),
      [hashKey(secret, key)],
    );
  } finally {
    watched.close();
  }
});
