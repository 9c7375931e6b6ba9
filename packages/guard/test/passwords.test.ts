// Passwords under attack: a flood of guesses, enumeration by time, lock-out aimed at a victim.
// promise: no-user-enumeration
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { addKey, revokeKey, rotateKey, setUser } from '@castellan/guard/keys';
import { argon2id } from '../src/authenticate/argon2.ts';
import { deriveInWorker } from '../src/authenticate/argon2-worker.ts';
import { send, type Answer } from './client.ts';
import { contract } from './contract.ts';
import { guarded, identity } from './guarded.ts';
import { audience, issuer } from './tokens.ts';

const password = 'copper lantern quietly 42';
const withBasic = {
  ...contract,
  paths: {
    ...contract.paths,
    '/v1/account': { get: { ...contract.paths['/v1/me'].get, operationId: 'getAccount', security: [{ basic: [] }] } },
    '/v1/machine': { get: { ...contract.paths['/v1/me'].get, operationId: 'getMachine', security: [{ key: [] }] } },
  },
  components: {
    ...contract.components,
    securitySchemes: {
      ...contract.components.securitySchemes,
      basic: { type: 'http', scheme: 'basic' },
      key: { type: 'apiKey', in: 'header', name: 'x-key' },
    },
  },
};

const folder = mkdtempSync(join(tmpdir(), 'castellan-passwords-'));
const users = join(folder, 'users.json');
const keys = join(folder, 'keys.json');
after(() => rmSync(folder, { recursive: true }));

let now = Date.now();
const open = () =>
  guarded({
    contract: withBasic,
    clock: () => now,
    trustedProxies: ['loopback'],
    limits: { perAddress: 'off' },
    authentication: { token: { issuer, audience, jwks: identity.jwks }, basic: { store: users }, key: { store: keys } },
  });

const call = (url: string, user: string, secret: string, from: string): Promise<Answer> =>
  send(url, '/v1/account', {
    headers: {
      authorization: `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`,
      'x-forwarded-for': from,
    },
  });

describe('passwords', () => {
  let server: Awaited<ReturnType<typeof open>>;
  let key: Awaited<ReturnType<typeof addKey>>;
  before(async () => {
    await setUser(users, 'ada', { password }, { subject: 'ada', groups: ['editors'] }, now);
    key = await addKey(keys, { subject: 'billing', scopes: ['orders:read'] }, now);
    server = await open();
  });
  after(() => server.close());

  test('a flood of guesses from 400 addresses does not stop the API', async (context) => {
    const token = await identity.token();
    const guesses = Array.from({ length: 400 }, (_, i) =>
      call(server.url, i % 2 === 0 ? 'ada' : `user${i}`, `guess ${i}`, `198.51.100.${i % 250}`),
    );
    const times: number[] = [];
    for (let i = 0; i < 40; i++) {
      const started = performance.now();
      assert.equal((await send(server.url, '/v1/me', { token })).status, 200);
      times.push(performance.now() - started);
    }
    const answers = await Promise.all(guesses);
    const statuses = new Set(answers.map((answer) => answer.status));
    times.sort((a, b) => a - b);
    context.diagnostic(
      `during 400 guesses: median ${(times[20] ?? 0).toFixed(1)} ms, slowest ${(times[39] ?? 0).toFixed(1)} ms`,
    );
    assert.deepEqual([...statuses].sort(), [401, 429]);
    // Guesses that do not fit into the queue are turned away at once: they cost neither memory nor threads.
    const tried = answers.filter((answer) => answer.status === 401).length;
    // 98 fit in, and some more while they come.
    assert.ok(tried < 200, `${tried} of 400 were tried`);
    for (const answer of answers) if (answer.status === 429) assert.ok(Number(answer.headers['retry-after']) >= 1);
  });

  test('the owner gets in from a new address while the account is under attack', async () => {
    now += 3_600_000;
    for (let i = 0; i < 60; i++) await call(server.url, 'ada', `wrong ${i}`, `203.0.113.${i}`);
    assert.equal((await call(server.url, 'ada', password, '192.0.2.77')).status, 200);
  });

  test('whoever guesses waits, twice as long each time, and a wait that is over lets try again', async () => {
    now += 3_600_000;
    const answers: Answer[] = [];
    for (let i = 0; i < 8; i++) answers.push(await call(server.url, 'eve', `wrong ${i}`, '192.0.2.9'));
    assert.deepEqual(answers.map((answer) => answer.status).slice(0, 6), [401, 401, 401, 401, 401, 401]);
    assert.equal(answers[6]?.status, 429);
    now += Number(answers[6]?.headers['retry-after']) * 1000;
    assert.equal((await call(server.url, 'eve', 'wrong again', '192.0.2.9')).status, 401);
    const next = await call(server.url, 'eve', 'and again', '192.0.2.9');
    assert.ok(Number(next.headers['retry-after']) > Number(answers[6]?.headers['retry-after']));
  });

  test('a name that nobody has gets the same answer in about the same time', async (context) => {
    now += 3_600_000;
    const time = async (user: string): Promise<number> => {
      const times: number[] = [];
      for (let i = 0; i < 5; i++) {
        const started = performance.now();
        const answer = await call(server.url, user, `wrong ${user} ${i}`, `192.0.2.${100 + i}`);
        assert.equal(answer.status, 401);
        times.push(performance.now() - started);
      }
      return Math.min(...times);
    };
    const [real, none] = [await time('ada'), await time('nobody')];
    context.diagnostic(`wrong password ${real.toFixed(1)} ms, unknown user ${none.toFixed(1)} ms`);
    assert.ok(none > real / 3 && none < real * 3, `${real} and ${none} ms`);
    const bodies = await Promise.all(['ada', 'nobody'].map((user) => call(server.url, user, 'x', '192.0.2.200')));
    const [first, second] = bodies.map(({ text }) => text.replace(/"requestId":"[^"]+"/, ''));
    assert.equal(first, second);
  });

  // promise: keys-in-force
  test('a rotated key and its successor are both good until the overlap is over; a revoked one is not', async () => {
    const machine = async (value: string): Promise<number> =>
      (await send(server.url, '/v1/machine', { headers: { 'x-key': value } })).status;
    assert.equal(await machine(key.key), 200);
    const rotated = await rotateKey(keys, key.record.id, 3_600_000, now);
    const soon = async (value: string, expected: number): Promise<void> => {
      const started = Date.now();
      while ((await machine(value)) !== expected && Date.now() - started < 3000)
        await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal(await machine(value), expected);
    };
    await soon(rotated.key, 200);
    assert.equal(await machine(key.key), 200);
    now += 3_600_001;
    assert.equal(await machine(key.key), 401);
    assert.equal(await machine(rotated.key), 200);
    await revokeKey(keys, rotated.record.id, now);
    await soon(rotated.key, 401);
  });

  test("Node's Argon2 and the worker's for older Node derive the same", async () => {
    const request = {
      message: Buffer.from('password'),
      nonce: Buffer.from('somesaltsomesalt'),
      memory: 8192,
      passes: 2,
      parallelism: 1,
      tagLength: 32,
    };
    const [built, worker] = await Promise.all([argon2id(request), deriveInWorker(request)]);
    assert.equal(built.toString('hex'), worker.toString('hex'));
  });
});
