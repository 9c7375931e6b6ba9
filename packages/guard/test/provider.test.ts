// The guard against a real identity provider: discovery, client credentials, introspection, DPoP, rotation, outage.
// promise: key-rotation
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, SignJWT, type JWK } from 'jose';
import { createGuard, type GuardEvent, type GuardOptions } from '@castellan/guard';
import { node } from '@castellan/guard/node';
import { listen } from './adapters/servers.ts';
import { send } from './client.ts';
import { audience, client, resources, signingKey, startProvider, type ProviderServer } from './provider/index.ts';

const response = { 200: { description: 'ok', content: { 'application/json': { schema: { type: 'object' } } } } };
const path = (scheme: string): object => ({
  get: { operationId: scheme, security: [{ [scheme]: ['orders:read'] }], responses: response },
});

const contractFor = (issuer: string): object => ({
  openapi: '3.1.0',
  info: { title: 'Orders', version: '1' },
  paths: { '/oidc': path('oidc'), '/oauth': path('oauth') },
  components: {
    securitySchemes: {
      oidc: { type: 'openIdConnect', openIdConnectUrl: `${issuer}/.well-known/openid-configuration` },
      oauth: {
        type: 'oauth2',
        flows: { clientCredentials: { tokenUrl: `${issuer}/token`, scopes: { 'orders:read': '' } } },
      },
    },
  },
});

async function guarded(provider: ProviderServer, options: Partial<GuardOptions> = {}, more: object = {}) {
  const events: GuardEvent[] = [];
  const guard = await createGuard({
    contract: contractFor(provider.issuer) as never,
    limits: { perAddress: 'off', perPrincipal: 'off' },
    authentication: {
      oidc: { issuer: provider.issuer, audience, ...more },
      oauth: { issuer: provider.issuer, audience, introspection: { client, cache: 2 }, proof: {} },
    },
    onEvent: (event) => events.push(event),
    ...options,
  });
  const server = await listen(
    node(guard, (request, answer) => {
      answer.setHeader('content-type', 'application/json');
      answer.end(JSON.stringify(request.auth));
    }),
  );
  return {
    ...server,
    guard,
    events,
    reason: () => events.at(-1)?.unmapped.castellan.refused,
    async close() {
      await server.close();
      await guard.end();
    },
  };
}

/** A token signed with one of the provider's keys, each with its own id. */
async function tokenBy(key: JWK, issuer: string, lifetime = 600, now = Date.now()): Promise<string> {
  return new SignJWT({ scope: 'orders:read', jti: randomUUID() })
    .setProtectedHeader({ alg: 'ES256', kid: String(key.kid), typ: 'at+jwt' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject('ada')
    .setIssuedAt(Math.floor(now / 1000))
    .setExpirationTime(Math.floor(now / 1000) + lifetime)
    .sign(await importJWK(key, 'ES256'));
}

describe('a real identity provider', () => {
  let provider: ProviderServer;
  let server: Awaited<ReturnType<typeof guarded>>;
  before(async () => {
    provider = await startProvider([await signingKey('k1')]);
    server = await guarded(provider);
  });
  after(async () => {
    await server.close();
    await provider.close();
  });

  test('client credentials: a JWT is verified with the discovered keys', async () => {
    const answer = await send(server.url, '/oidc', { token: await provider.token(resources.jwt) });
    assert.equal(answer.status, 200, JSON.stringify(server.reason()));
    assert.deepEqual(
      [answer.json['subject'], answer.json['issuer'], answer.json['scopes'], answer.json['schemes']],
      [client.id, provider.issuer, ['orders:read'], ['oidc']],
    );
  });

  test('an opaque token is introspected; one that nobody gave out is refused', async () => {
    const token = await provider.token(resources.opaque);
    const answer = await send(server.url, '/oauth', { token });
    assert.equal(answer.status, 200, JSON.stringify(server.reason()));
    assert.equal((answer.json['credential'] as { kind: string }).kind, 'opaque-token');
    assert.equal((await send(server.url, '/oauth', { token: `${token.slice(0, -1)}!` })).status, 401);
    assert.equal(server.reason()?.reason, 'token-inactive');
  });

  test('with an endpoint and no keys every token is asked about', async () => {
    const introspection = { client, endpoint: `${provider.issuer}/token/introspection` };
    const asking = await guarded(provider, {}, { introspection });
    try {
      const statuses = [];
      for (const token of [
        await provider.token(resources.opaque),
        'made-up',
        await tokenBy(await signingKey('k1'), provider.issuer),
      ])
        statuses.push((await send(asking.url, '/oidc', { token })).status);
      // This provider answers 400 when it is asked about a JWT, so that nobody can say whether it is good.
      assert.deepEqual(statuses, [200, 401, 503]);
    } finally {
      await asking.close();
    }
  });

  test('DPoP: the token is bound by the provider, and good only with a proof', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const jwk = await exportJWK(publicKey);
    const proof = (htm: string, htu: string, more: object = {}): Promise<string> =>
      new SignJWT({ htm, htu, jti: randomUUID(), iat: Math.floor(Date.now() / 1000), ...more })
        .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
        .sign(privateKey);
    const token = await provider.token(resources.jwt, { dpop: await proof('POST', `${provider.issuer}/token`) });
    const ath = createHash('sha256').update(token).digest('base64url');
    const headers = { authorization: `DPoP ${token}`, dpop: await proof('GET', `${server.url}/oauth`, { ath }) };
    const answer = await send(server.url, '/oauth', { headers });
    assert.equal(answer.status, 200, JSON.stringify(server.reason()));
    assert.equal((answer.json['credential'] as { boundTo: string }).boundTo, await calculateJwkThumbprint(jwk));
    assert.equal((await send(server.url, '/oauth', { token })).status, 401);
    assert.equal((await send(server.url, '/oauth', { headers })).status, 401);
    assert.equal(server.reason()?.reason, 'proof-used-before');
  });
});

test('keys are rotated under 500 requests/s: no request is wrongly refused or accepted', async (context) => {
  const [k1, k2, stranger] = await Promise.all([signingKey('k1'), signingKey('k2'), signingKey('k2')]);
  const provider = await startProvider([k1]);
  const server = await guarded(provider, {}, { refresh: 1 });
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const phases = { wrong: [] as string[], sent: 0 };
  const call = async (key: JWK, expected: (status: number) => boolean, what: string): Promise<void> => {
    const token = await tokenBy(key, provider.issuer);
    const status = await statusOf(`${server.url}/oidc`, token, agent);
    phases.sent += 1;
    if (!expected(status)) phases.wrong.push(`${what}: ${status}`);
  };
  const good = (status: number): boolean => status === 200;
  const bad = (status: number): boolean => status === 401;
  /** Sends for so long, 500 requests/s: in each 20 ms ten, one of them forged under a kid that is not published yet. */
  const load = async (seconds: number, keys: readonly JWK[], forger: JWK, what: string): Promise<void> => {
    const started = performance.now();
    const running: Promise<void>[] = [];
    for (let tick = 0; tick < seconds * 50; tick++) {
      for (let i = 0; i < 9; i++) running.push(call(keys[(tick + i) % keys.length] ?? k1, good, what));
      running.push(call(forger, bad, `forged, ${what}`));
      const ahead = started + (tick + 1) * 20 - performance.now();
      if (ahead > 0) await new Promise((resolve) => setTimeout(resolve, ahead));
    }
    await Promise.all(running);
  };
  try {
    await load(2, [k1], stranger, 'before');
    // The new key signs at once, without having been published ahead: the worst that a provider does.
    provider.publish([k2, k1]);
    await load(2, [k2, k1], { ...stranger, kid: 'k3' }, 'both');
    provider.publish([k2]);
    await load(2, [k2], { ...stranger, kid: 'k3' }, 'after');
    assert.deepEqual([...new Set(phases.wrong)], []);
    // More than a refresh after the old key left, what it signed is worth nothing, remembered or not.
    assert.equal(await statusOf(`${server.url}/oidc`, await tokenBy(k1, provider.issuer), agent), 401);
    const rate = Math.round(phases.sent / 6);
    context.diagnostic(
      `${phases.sent} requests (${rate}/s offered 500/s), 0 wrong, key set fetched ${provider.fetches()} times`,
    );
    // However many forged tokens come, the provider is asked about once a second.
    assert.ok(provider.fetches() <= 40, String(provider.fetches()));
  } finally {
    agent.destroy();
    await server.close();
    await provider.close();
  }
});

test('a provider that is down for 10 minutes: cached keys serve within the bound, then 503 and an event that says why', async () => {
  const key = await signingKey('k1');
  const provider = await startProvider([key]);
  let now = Date.now();
  const server = await guarded(provider, { clock: () => now }, { refresh: 60, outage: 300 });
  const port = Number(new URL(provider.issuer).port);
  const remembered = await tokenBy(key, provider.issuer, 3600, now);
  const call = async (token: string): Promise<number> => (await send(server.url, '/oidc', { token })).status;
  try {
    assert.equal(await call(remembered), 200);
    await provider.close();
    const statuses: Record<number, number> = {};
    for (let minute = 1; minute <= 10; minute++) {
      now += 60_000;
      statuses[minute] = await call(await tokenBy(key, provider.issuer, 3600, now));
    }
    // The last fetch was at minute 0, so five minutes are within the bound.
    assert.deepEqual(statuses, { 1: 200, 2: 200, 3: 200, 4: 200, 5: 503, 6: 503, 7: 503, 8: 503, 9: 503, 10: 503 });
    assert.equal(await call(remembered), 503, 'a remembered token is no older key than its key');
    const refused = server.reason();
    assert.deepEqual([refused?.type, refused?.reason], ['unavailable', 'keys-too-old']);
    assert.match(refused?.log ?? '', /the last keys are older than 300 s and no newer ones can be had: .*ECONNREFUSED/);
    assert.match(
      server.guard.notices.find((one) => one.code === 'provider-out-of-reach')?.message ?? '',
      /out of reach since/,
    );
    const back = await startProvider([key], port);
    now += 6000;
    assert.equal(await call(remembered), 200);
    assert.equal(
      server.guard.notices.some((one) => one.code === 'provider-out-of-reach'),
      false,
    );
    await back.close();
  } finally {
    await server.close();
  }
});

function statusOf(url: string, token: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    httpRequest(url, { agent, headers: { authorization: `Bearer ${token}` } }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode ?? 0));
    })
      .on('error', reject)
      .end();
  });
}
