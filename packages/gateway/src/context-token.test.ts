import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createLocalJWKSet, createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { openSigningKeys } from '@castellan/guard/secrets';
import { compileContextClaims } from './context-claims.ts';
import { contextKeysPath, startGateway } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-context-'));
after(() => rmSync(folder, { recursive: true }));

const key = 'a7Fq2Zx9Lm4Tr8Yc1Wv6Nb3Hd5Ks0Jp';
const operation = (operationId: string, security: readonly object[]): object => ({
  operationId,
  security,
  responses: { 200: { description: 'ok', content: { 'application/json': { schema: { type: 'object' } } } } },
});
const contract = {
  openapi: '3.1.0',
  info: { title: 'Orders', version: '1' },
  paths: { '/mine': { get: operation('mine', [{ key: [] }]) }, '/open': { get: operation('open', []) } },
  components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'x-key' } } },
};

/** An upstream that tells which fields about the caller reached it. */
async function open(file?: string) {
  const upstream = createServer((request, response) => {
    const about = Object.fromEntries(Object.entries(request.headers).filter(([name]) => /castellan/.test(name)));
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(about));
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const gateway = await startGateway({
    contract,
    upstream: origin,
    port: 0,
    authentication: {
      key: { keys: { [key]: { subject: 'billing', scopes: ['orders:read'], groups: ['machines'], tenant: 't1' } } },
    },
    ...(file === undefined ? {} : { context: { file } }),
  });
  return {
    origin,
    url: gateway.url,
    about: async (path: string, headers: Record<string, string> = {}): Promise<Record<string, string>> =>
      (await (await fetch(`${gateway.url}${path}`, { headers })).json()) as Record<string, string>,
    async close() {
      await gateway.close();
      upstream.close();
    },
  };
}

test('the upstream learns who calls from a signed token, and verifies it with the published keys', async () => {
  const { url, origin, about, close } = await open();
  const { 'castellan-context': token = '' } = await about('/mine', { 'x-key': key });
  const keys = createRemoteJWKSet(new URL(contextKeysPath, url));
  const { payload, protectedHeader } = await jwtVerify(token, keys, {
    issuer: 'castellan-gateway',
    audience: origin,
    typ: 'castellan-context+jwt',
    algorithms: ['ES256'],
  });
  assert.deepEqual(
    [payload.sub, payload['scope'], payload['groups'], payload['tenant']],
    ['billing', 'orders:read', ['machines'], 't1'],
  );
  assert.equal((payload.exp ?? 0) - (payload.iat ?? 0), 60);
  assert.equal(protectedHeader.alg, 'ES256');
  const { credential, schemes } = payload['castellan'] as { credential: { kind: string }; schemes: string[] };
  assert.deepEqual([credential.kind, schemes], ['api-key', ['key']]);
  assert.equal(JSON.stringify(payload).includes(key), false);
  await close();
});

test('what the caller says about itself does not reach the upstream', async () => {
  const { about, close } = await open();
  const forged = { 'castellan-context': 'forged', Castellan_Context: 'forged' };
  assert.deepEqual(await about('/open', forged), {});
  const { 'castellan-context': token } = await about('/mine', { ...forged, 'x-key': key });
  assert.equal(decodeJwt(token ?? '').sub, 'billing');
  await close();
});

test('gateways that share a file of keys publish the same ones; the file is private', async () => {
  const file = join(folder, 'signing-keys.json');
  const [one, two] = [await open(file), await open(file)];
  const published = await Promise.all(
    [one, two].map(
      async ({ url }) => (await (await fetch(url + contextKeysPath)).json()) as { keys: { kid: string; d?: string }[] },
    ),
  );
  assert.deepEqual(published[0], published[1]);
  assert.equal(
    published[0]?.keys.some((jwk) => 'd' in jwk),
    false,
  );
  assert.equal(statSync(file).mode & 0o777, 0o600);
  await one.close();
  await two.close();
});

test('signing keys replace themselves: each is published before it signs and after it stopped', async () => {
  let now = 1_800_000_000_000;
  const keys = await openSigningKeys({ interval: 1000, overlap: 100, clock: () => now });
  const old: { token: string; at: number }[] = [];
  const kids = new Set<string>();
  let known = await keys.jwks();
  for (let second = 0; second < 3500; second += 20) {
    now += 20_000;
    const token = await keys.sign({ sub: 'ada' }, 'test+jwt');
    kids.add(String(decodeProtectedHeader(token).kid));
    // A verifier whose copy of the key set is up to 80 s old knows the key all the same.
    await jwtVerify(token, createLocalJWKSet(known as never));
    if (second % 80 === 0) known = await keys.jwks();
    // A token that was signed a minute ago is verified with the keys of now.
    old.push({ token, at: now });
    const minute = old.find(({ at }) => now - at <= 60_000);
    await jwtVerify(minute?.token ?? '', createLocalJWKSet((await keys.jwks()) as never));
  }
  assert.equal(kids.size, 4);
});

test('a clock that is moved back stops nothing, and makes no heap of keys', async () => {
  let now = 1_800_000_000_000;
  const keys = await openSigningKeys({ interval: 1000, overlap: 100, clock: () => now });
  now -= 86_400_000;
  const first = await keys.sign({ sub: 'ada' }, 'JWT');
  await keys.sign({ sub: 'ada' }, 'JWT');
  const published = await keys.jwks();
  assert.equal(published.keys.length, 1);
  const { kid } = JSON.parse(Buffer.from(first.split('.')[0] ?? '', 'base64url').toString()) as { kid: string };
  assert.equal(published.keys[0]?.kid, kid);
});

test('however many groups, scopes and claims a caller has, the field fits into 8 KiB and says what it leaves out', async () => {
  const keys = await openSigningKeys({});
  const claimsOf = compileContextClaims(undefined);
  for (const count of [0, 1, 50, 700, 5000])
    for (const name of ['g', 'a-group-with-a-usual-name-', '\u00fc\u4e2d\u{1f600}', '"\\\u0001', 'x'.repeat(3000)]) {
      const list = Array.from({ length: count }, (_, index) => `${name}${index}`);
      const auth = {
        subject: 'ada',
        issuer: 'https://login.example.com',
        schemes: ['token'],
        scopes: list,
        groups: list,
        claims: { groups: list, note: name.repeat(20) },
        credential: { kind: 'jwt', id: 'x' },
        authenticatedAt: 0,
      } as const;
      const { claims, leftOut } = claimsOf(auth);
      const token = await keys.sign({ iss: 'castellan-gateway', aud: 'http://10.0.0.11:8080', ...claims }, 'JWT');
      assert.ok(token.length < 7500, `${count} of ${name.slice(0, 20)}: ${token.length}`);
      const { groups, scope, castellan } = claims as {
        groups: readonly string[];
        scope: string;
        castellan: { groupsLeftOut?: number; scopesLeftOut?: number };
      };
      const scopes = scope === '' ? 0 : scope.split(' ').length;
      assert.deepEqual(groups, list.slice(0, groups.length));
      assert.equal(groups.length + (castellan.groupsLeftOut ?? 0), count);
      assert.equal(scopes + (castellan.scopesLeftOut ?? 0), count);
      assert.equal(leftOut, 2 * count - groups.length - scopes);
      assert.equal(leftOut === 0, castellan.groupsLeftOut === undefined && castellan.scopesLeftOut === undefined);
      if (count === 1 && name.length < 100) assert.equal(leftOut, 0);
    }
});

test('groups are cut by what the upstream needs', () => {
  const groups = [
    ...Array.from({ length: 700 }, (_, index) => `company-wide-${index}`),
    'orders-read',
    'orders-write',
    'staff',
  ];
  const auth = { subject: 'ada', schemes: [], scopes: [], groups, claims: {} } as never;
  const claims = (needed: readonly string[]) => compileContextClaims(needed)(auth);
  assert.deepEqual(claims(['orders-*', 'staff']).claims['groups'], ['orders-read', 'orders-write', 'staff']);
  assert.deepEqual(claims(['staff', 'unknown']).claims['groups'], ['staff']);
  assert.deepEqual(claims([]).claims['groups'], []);
  assert.equal(claims(['orders-*', 'staff']).leftOut, 0);
  assert.ok(claims(['*']).leftOut > 0);
  assert.throws(() => compileContextClaims(groups), /context\.groups names more groups than a token holds/);
});

test('a caller of 700 groups gets its answer from an upstream that takes 8 KiB of fields, and it is told', async () => {
  const groups = Array.from({ length: 700 }, (_, index) => `department-${index}`);
  const seen: string[] = [];
  const upstream = createServer({ maxHeaderSize: 8192 }, (request, response) => {
    seen.push(String(request.headers['castellan-context']));
    response.setHeader('content-type', 'application/json');
    response.end('{}');
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const gateway = await startGateway({
    contract,
    upstream: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`,
    port: 0,
    authentication: { key: { keys: { [key]: { subject: 'billing', groups } } } },
  });
  try {
    const told = (): number => gateway.notices.filter(({ code }) => code === 'context-cut').length;
    assert.equal(told(), 0);
    assert.equal((await fetch(`${gateway.url}/mine`, { headers: { 'x-key': key } })).status, 200);
    const payload = decodeJwt(seen[0] ?? '') as { groups: string[]; castellan: { groupsLeftOut: number } };
    assert.equal(payload.groups.length + payload.castellan.groupsLeftOut, 700);
    assert.equal(told(), 1);
  } finally {
    await gateway.close();
    upstream.close();
  }
});
