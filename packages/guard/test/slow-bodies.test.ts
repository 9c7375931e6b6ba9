// What ended while the body of a request was waited for has ended for that request too.
// promise: asked-again
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { createGuard, type GuardOptions } from '../src/index.ts';
import { useOnce } from '../src/authenticate/use-once.ts';
import { LocalReplayMemory } from '../src/authenticate/replay.ts';
import { csrfToken, Sessions } from '../src/authenticate/public.ts';
import { audience, createIssuer, issuer } from './tokens.ts';

const identity = await createIssuer();
const folder = mkdtempSync(join(tmpdir(), 'castellan-slow-'));
after(() => rmSync(folder, { recursive: true }));

const castellan = { rateLimit: { rate: '1/day' }, flow: { name: 'shop', pace: '1/day' } };
const contractOf = (scheme: object, operation: object = {}) => ({
  openapi: '3.1.0',
  info: { title: 'Slow', version: '1' },
  paths: {
    '/a': {
      post: {
        operationId: 'a',
        security: [{ s: [] }],
        'x-castellan': castellan,
        requestBody: { required: true, content: { 'application/json': { schema: { type: 'object' } } } },
        responses: { 204: { description: '' } },
        ...operation,
      },
    },
  },
  components: { securitySchemes: { s: scheme } },
});

/** A request whose body comes when `end` is called. */
function request(headers: Readonly<Record<string, string>>) {
  let end = (): void => undefined;
  const body = new Promise<Uint8Array>((resolve) => (end = () => resolve(Buffer.from('{}'))));
  const all = { host: 'localhost', 'content-type': 'application/json', 'content-length': '2', ...headers };
  return {
    end: () => end(),
    incoming: {
      method: 'POST',
      target: '/a',
      rawHeaders: Object.entries(all).flat(),
      headers: all,
      httpVersion: '1.1',
      remoteAddress: '192.0.2.1',
      encrypted: true,
      readBody: () => body,
    },
  };
}

/** Until it is known who calls: then only the body is waited for. */
async function authenticated(exchange: { readonly auth: unknown }): Promise<void> {
  for (let i = 0; i < 100_000 && exchange.auth === undefined; i++) await new Promise((next) => setImmediate(next));
  await new Promise((next) => setImmediate(next));
}

interface Case {
  readonly scheme: object;
  readonly options: Partial<GuardOptions>;
  readonly headers: Readonly<Record<string, string>>;
  readonly ends: (guard: Awaited<ReturnType<typeof createGuard>>) => unknown;
}

let now = Date.now();
const clock = (): number => now;
const bearer = { type: 'http', scheme: 'bearer' };
const key = { type: 'apiKey', in: 'header', name: 'x-key' };
const jwt = { issuer, audience, jwks: identity.jwks, clockSkew: 0 };
const token = async (claims = {}) => ({ authorization: `Bearer ${await identity.token(claims)}` });

const cases: Readonly<Record<string, () => Case | Promise<Case>>> = {
  'a session that was ended': async () => {
    const sessions = new Sessions();
    const cookie = await sessions.start({ subject: 'ada' });
    return {
      scheme: { type: 'apiKey', in: 'cookie', name: '__Host-s' },
      options: { authentication: { s: { sessions } } },
      headers: { cookie: `__Host-s=${cookie}`, 'x-csrf-token': csrfToken(cookie), 'sec-fetch-site': 'same-origin' },
      ends: () => sessions.end(cookie),
    };
  },
  'a session of the application’s own': () => {
    let signedIn = true;
    return {
      scheme: bearer,
      options: { authentication: { s: { verify: () => (signedIn ? { subject: 'ada' } : undefined) } } },
      headers: { authorization: 'Bearer own' },
      ends: () => (signedIn = false),
    };
  },
  'an answer of a verifier that says until when': () => ({
    scheme: bearer,
    options: { authentication: { s: { verify: () => ({ subject: 'ada', expiresAt: 2_000_000_000_000 }) } } },
    headers: { authorization: 'Bearer own' },
    ends: () => (now = 2_000_000_000_001),
  }),
  'a token that expired': async () => ({
    scheme: bearer,
    options: { authentication: { s: jwt } },
    headers: await token(),
    ends: () => (now += 601_000),
  }),
  'a token that was revoked': async () => ({
    scheme: bearer,
    options: { authentication: { s: jwt } },
    headers: await token({ jti: 't1' }),
    ends: (guard) => guard.revocations.revoke({ kind: 'token', id: 't1' }),
  }),
  'a subject that was revoked': async () => ({
    scheme: bearer,
    options: { authentication: { s: jwt } },
    headers: await token(),
    ends: (guard) => guard.revocations.revoke({ kind: 'subject', id: 'ada', at: now + 1000 }),
  }),
  'a key that left its store': () => {
    const record = { id: 'k', hash: '', subject: 'ada', scopes: [], groups: [], createdAt: 0 };
    let kept = true;
    return {
      scheme: key,
      options: { authentication: { s: { store: { find: async () => (kept ? record : undefined) } as never } } },
      headers: { 'x-key': 'Zk4pQ8sT1vX6yB3nM9wC7dF2gH5jL0rA' },
      ends: () => (kept = false),
    };
  },
  'a key that expired': () => ({
    scheme: key,
    options: {
      authentication: {
        s: { keys: [{ key: 'Zk4pQ8sT1vX6yB3nM9wC7dF2gH5jL0rA', subject: 'ada', expiresAt: now + 1000 }] },
      },
    },
    headers: { 'x-key': 'Zk4pQ8sT1vX6yB3nM9wC7dF2gH5jL0rA' },
    ends: () => (now += 1000),
  }),
};

const plain = { requestBody: undefined };

describe('while the body is waited for', () => {
  for (const [what, make] of Object.entries(cases)) {
    for (const ends of [true, false]) {
      test(ends ? what : `${what}: one that did not end`, async () => {
        now = Date.now();
        const { scheme, options, headers, ends: end } = await make();
        const guard = await createGuard({ contract: contractOf(scheme), clock, ...options });
        const { incoming, end: sent } = request(headers);
        const exchange = guard.open(incoming as never);
        const admitted = guard.admit(exchange);
        await authenticated(exchange);
        if (ends) await end(guard);
        sent();
        assert.equal(await admitted, !ends);
        if (ends) assert.equal(exchange.verdict?.refusal.type, 'unauthenticated');
        await guard.end();
      });
    }
  }

  const reloads: Readonly<Record<string, readonly [operation: object | undefined, type: string | undefined]>> = {
    'the operation is gone': [undefined, 'not-found'],
    'it takes no body': [plain, 'invalid-request'],
    'it takes less': [{ 'x-castellan': { maxBody: '1B' } }, 'too-large'],
    'it asks for a scope': [{ security: [{ s: ['admin'] }] }, 'insufficient-scope'],
    'it is retired': [{ 'x-castellan': { lifecycle: { state: 'retired' } } }, 'retired'],
    'another type is asked for': [
      { requestBody: { required: true, content: { 'application/json': { schema: { type: 'array' } } } } },
      'invalid-request',
    ],
    'nothing that counts here': [{ summary: 'New words.' }, undefined],
  };
  for (const [what, [operation, type]] of Object.entries(reloads)) {
    test(`the contract changed: ${what}`, async () => {
      now = Date.now();
      const file = join(folder, 'api.json');
      const write = (value: object): void => writeFileSync(file, JSON.stringify(value));
      write(contractOf(bearer));
      const guard = await createGuard({
        contract: file,
        clock,
        authentication: { s: { verify: () => ({ subject: 'ada' }) } },
      });
      const { incoming, end } = request({ authorization: 'Bearer own' });
      const exchange = guard.open(incoming as never);
      const admitted = guard.admit(exchange);
      const next = contractOf(bearer, operation);
      write(
        operation === undefined
          ? { ...next, paths: { '/b': { ...next.paths['/a'], post: { ...next.paths['/a'].post, operationId: 'b' } } } }
          : next,
      );
      await guard.reload();
      end();
      assert.equal(await admitted, type === undefined);
      assert.equal(exchange.verdict?.refusal.type, type);
      await guard.end();
    });
  }

  test('policies in force decide, not those from before', async () => {
    const policies = join(folder, 'a.cedar');
    const guardOf = { ...contractOf(bearer, { 'x-castellan': undefined }) };
    writeFileSync(policies, 'permit(principal, action, resource);');
    const guard = await createGuard({
      contract: guardOf,
      policies,
      authentication: { s: { verify: () => ({ subject: 'ada' }) } },
    });
    const { incoming, end } = request({ authorization: 'Bearer own' });
    const exchange = guard.open(incoming as never);
    const admitted = guard.admit(exchange);
    await authenticated(exchange);
    writeFileSync(policies, 'forbid(principal, action, resource);');
    await guard.reload();
    end();
    assert.equal(await admitted, false);
    assert.equal(exchange.verdict?.refusal.reason, 'policy-denied');
    await guard.end();
  });

  test('a token that is good once is good for the request that it came with, and for no other', async () => {
    now = Date.now();
    const guard = await createGuard({
      contract: contractOf(bearer, { 'x-castellan': undefined }),
      clock,
      authentication: { s: { ...jwt, once: true } },
    });
    const headers = await token({ jti: 'once' });
    const [first, second] = [request(headers), request(headers)];
    const exchange = guard.open(first.incoming as never);
    const admitted = guard.admit(exchange);
    await authenticated(exchange);
    const refused = guard.admit(guard.open(second.incoming as never));
    for (const one of [first, second]) one.end();
    assert.equal(await admitted, true);
    assert.equal(await refused, false);
    await guard.end();
  });

  test('under observe the event says what ended, once', async () => {
    let signedIn = true;
    const guard = await createGuard({
      contract: contractOf(bearer),
      mode: 'observe',
      authentication: { s: { verify: () => (signedIn ? { subject: 'ada' } : undefined) } },
    });
    const { incoming, end } = request({ authorization: 'Bearer own' });
    const exchange = guard.open(incoming as never);
    const admitted = guard.admit(exchange);
    await authenticated(exchange);
    signedIn = false;
    end();
    assert.equal(await admitted, true);
    assert.deepEqual(
      exchange.observed?.map(({ stage }) => stage),
      ['authenticate'],
    );
    await guard.end();
  });
});

test('what was used up is fresh for one request only', async () => {
  const replay = new LocalReplayMemory();
  const [one, another] = [{ now: 0 }, { now: 0 }] as never[];
  assert.equal(await useOnce(replay, one as never, 'k', 10), 'fresh');
  assert.equal(await useOnce(replay, one as never, 'k', 10), 'fresh');
  assert.equal(await useOnce(replay, another as never, 'k', 10), 'used');
  assert.equal(await useOnce(replay, another as never, 'k', 10), 'used');
});
