// Whose tokens are good: several issuers, tenants, issuers that code names, and no key looked for in a token of another one.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import type { SchemeConfigurations, TokenConfiguration } from '../src/authenticate/index.ts';
import { createAuthority } from './certificates.ts';
import { send } from './client.ts';
import { guarded } from './guarded.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-issuers-'));
after(() => rmSync(folder, { recursive: true }));

const contract = (scheme: object = { type: 'http', scheme: 'bearer' }) => ({
  openapi: '3.1.0',
  info: { title: 'Orders', version: '1' },
  security: [{ it: [] }],
  paths: {
    '/orders': Object.fromEntries(
      ['get', 'post'].map((method) => [
        method,
        {
          operationId: `${method}Orders`,
          responses: { 200: { description: '', content: { 'application/json': { schema: { type: 'object' } } } } },
        },
      ]),
    ),
  },
  components: { securitySchemes: { it: scheme } },
});

/** A guarded API that answers with who calls. */
const api = (it: SchemeConfigurations[string], options: object = {}, scheme?: object) =>
  guarded(
    {
      contract: contract(scheme),
      authentication: { it },
      limits: { perAddress: 'off', perPrincipal: 'off' },
      ...options,
    },
    (request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(request.auth));
    },
  );

async function keys(alg = 'ES256', kid = 'k1', more: object = {}) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid, alg, ...more };
  const seconds = Math.floor(Date.now() / 1000);
  return {
    jwk,
    token: (claims: JWTPayload, header: object = {}) =>
      new SignJWT({ iat: seconds, exp: seconds + 600, sub: 'ada', aud: 'orders', ...claims })
        .setProtectedHeader({ alg, kid, ...header })
        .sign(privateKey),
  };
}

/** A provider on loopback that counts what it is asked. */
async function provider(kid: string, path = '') {
  const own = await keys('ES256', kid);
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(String(request.url));
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
    const isMetadata = request.url?.includes('.well-known') === true;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(isMetadata ? { issuer, jwks_uri: `${issuer}/jwks` } : { keys: [own.jwk] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => server.close());
  return { ...own, asked, issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}` };
}

const ask = async (server: Awaited<ReturnType<typeof api>>, token: string) => {
  const { status, json } = await send(server.url, '/orders', { token });
  const refused = server.events.at(-1)?.unmapped.castellan.refused;
  return { status, auth: json, reason: refused?.reason, log: refused?.log };
};

describe('several issuers', () => {
  test('each with its own audience, groups and keys; a token of none of them fetches nothing', async () => {
    const [staff, partners] = [await provider('staff'), await provider('partners')];
    const server = await api([
      { issuer: staff.issuer, audience: 'orders', groups: 'claims.roles' },
      { issuer: partners.issuer, audience: 'partner-orders', groups: '/teams' },
    ]);
    try {
      const ofStaff = await ask(server, await staff.token({ iss: staff.issuer, roles: ['clerk'] }));
      assert.deepEqual(
        [ofStaff.status, ofStaff.auth['issuer'], ofStaff.auth['groups']],
        [200, staff.issuer, ['clerk']],
      );
      const claims = { iss: partners.issuer, aud: 'partner-orders', teams: 'west' };
      const ofPartner = await ask(server, await partners.token(claims));
      assert.deepEqual(
        [ofPartner.status, ofPartner.auth['issuer'], ofPartner.auth['groups']],
        [200, partners.issuer, ['west']],
      );
      const before = [staff.asked.length, partners.asked.length];
      const stranger = await keys('ES256', 'stranger');
      for (const iss of ['https://evil.example.com', `${staff.issuer}/`, staff.issuer.toUpperCase(), '', undefined])
        assert.equal((await ask(server, await stranger.token(iss === undefined ? {} : { iss }))).reason, 'claim-iss');
      assert.deepEqual([staff.asked.length, partners.asked.length], before);
      // Each issuer's own rules, and never another's key.
      assert.equal(
        (await ask(server, await staff.token({ iss: staff.issuer, aud: 'partner-orders' }))).reason,
        'claim-aud',
      );
      assert.notEqual((await ask(server, await staff.token(claims))).status, 200);
    } finally {
      await server.close();
    }
  });

  test('that share one key set fetch it once', async () => {
    const one = await provider('one');
    const issuer = ['https://accounts.google.com', 'accounts.google.com'];
    const server = await api({ issuer, audience: 'orders', jwks: `${one.issuer}/jwks` });
    try {
      for (const iss of issuer) assert.equal((await ask(server, await one.token({ iss }))).status, 200, iss);
      assert.deepEqual(one.asked, ['/jwks']);
    } finally {
      await server.close();
    }
  });

  test('what nobody could decide is refused at start', async () => {
    const jwks = { keys: [(await keys()).jwk] };
    const entry: TokenConfiguration = { issuer: 'https://a.company.com', audience: 'orders', jwks };
    const introspection = { endpoint: 'https://a.company.com/ask', client: { id: 'api', secret: 'kT7vQ2mXz9rLw4Yb8' } };
    for (const [wrong, message] of [
      [[entry, entry], /twice/],
      [[], /empty list/],
      [[entry, { upstream: true }], /\[1\] has upstream/],
      [[entry, { ...entry, issuer: 'https://b.company.com', audienc: 'x' }], /\[1\] has no option 'audienc'/],
      [
        [
          { ...entry, introspection },
          { ...entry, issuer: 'https://b.company.com', introspection },
        ],
        /opaque token names none/,
      ],
      [{ ...entry, issuer: 'https://a.company.com/{tenant}' }, /add tenants|place for a tenant/],
      [{ ...entry, tenants: ['a'] }, /nothing to stand for/],
      [{ issuer: 'https://a.company.com/{tenant}', tenants: ['any'], audience: 'orders' }, /keys of all tenants/],
      [{ issuer: 'https://a.company.com', jwks, require: { token_use: 'access' } }, /neither audience nor client/],
      [{ issuer: 'https://a.company.com', jwks }, /audience is missing/],
      [{ ...entry, from: { cookie: 'a', header: 'b' } }, /several places/],
    ] as const)
      await assert.rejects(api(wrong as never), message);
  });
});

describe('tenants', () => {
  test('that are named: each has its own keys, and no other is good', async () => {
    const [acme, other] = [await provider('acme', '/acme'), await provider('other', '/other')];
    const server = await api({
      issuer: acme.issuer.replace('acme', '{tenantid}'),
      tenants: ['acme'],
      audience: 'orders',
    });
    try {
      const good = await ask(server, await acme.token({ iss: acme.issuer }));
      assert.deepEqual([good.status, good.auth['tenant']], [200, 'acme']);
      assert.equal((await ask(server, await other.token({ iss: other.issuer }))).reason, 'claim-iss');
      assert.equal(other.asked.length, 0);
    } finally {
      await server.close();
    }
  });

  test('any: told, with the keys of all; each key for its own issuer only', async () => {
    const form = 'https://login.company.com/{tenantid}/v2.0';
    const shared = await keys('ES256', 'shared', { issuer: form });
    const own = await keys('ES256', 'own', { issuer: 'https://login.company.com/9188040d/v2.0' });
    const jwks = { keys: [shared.jwk, own.jwk] };
    const server = await api({ issuer: form, tenants: ['any'], audience: 'orders', jwks });
    const exact = await api({ issuer: 'https://login.company.com/acme/v2.0', audience: 'orders', jwks });
    try {
      assert.ok(server.guard.notices.some(({ code }) => code === 'any-tenant'));
      for (const tenant of ['acme', '6f4d']) {
        const iss = form.replace('{tenantid}', tenant);
        const { status, auth } = await ask(server, await shared.token({ iss }));
        assert.deepEqual([status, auth['tenant'], auth['issuer']], [200, tenant, iss]);
        // A key that is another tenant's, by the set itself, is nobody else's.
        assert.equal((await ask(server, await own.token({ iss }))).reason, 'unknown-key');
      }
      assert.equal((await ask(exact, await shared.token({ iss: form.replace('{tenantid}', 'acme') }))).status, 200);
      assert.equal(
        (await ask(exact, await own.token({ iss: form.replace('{tenantid}', 'acme') }))).reason,
        'unknown-key',
      );
      for (const iss of [
        'https://login.company.com/a/b/v2.0',
        'https://login.company.com//v2.0',
        'https://login.company.com.evil.com/a/v2.0',
        'https://login.company.com/a/v2.0/x',
        'https://loginxcompany.com/a/v2.0',
        'https://login.company.com/a?/v2.0',
      ])
        assert.equal((await ask(server, await shared.token({ iss }))).reason, 'claim-iss', iss);
    } finally {
      await server.close();
      await exact.close();
    }
  });
});

test('issuers that code names: asked once at a time, refusals remembered, a failure is 503', async () => {
  const own = await keys();
  let now = Date.now();
  const asked: string[] = [];
  const server = await api(
    {
      audience: 'orders',
      issuer: async (iss) => {
        asked.push(iss);
        await new Promise((resolve) => setImmediate(resolve));
        if (iss.includes('broken')) throw new Error('the database is away');
        return iss.endsWith('.company.com') ? { jwks: { keys: [own.jwk] }, groups: '/roles' } : undefined;
      },
    },
    { clock: () => now },
  );
  try {
    const [good, foreign, broken] = await Promise.all(
      ['https://a.company.com', 'https://evil.example.com', 'https://broken.example.com'].map((iss) =>
        own.token({ iss, roles: ['clerk'] }),
      ),
    );
    const several = await Promise.all([1, 2, 3, 4, 5].map(() => ask(server, String(good))));
    assert.deepEqual(
      several.map(({ status, auth }) => [status, auth['groups']]),
      several.map(() => [200, ['clerk']]),
    );
    for (let i = 0; i < 5; i++) assert.equal((await ask(server, String(foreign))).status, 401);
    assert.deepEqual(asked, ['https://a.company.com', 'https://evil.example.com']);
    now += 61_000;
    assert.equal((await ask(server, String(foreign))).status, 401);
    assert.equal(asked.length, 3);
    const failed = await ask(server, String(broken));
    assert.deepEqual([failed.status, failed.reason], [503, 'issuer-not-known']);
    assert.match(failed.log ?? '', /broken\.example\.com: the database is away/);
  } finally {
    await server.close();
  }
});

test('keys that a header names or carries are not looked at', async () => {
  const [own, stranger] = [await keys(), await keys()];
  const evil = await provider('evil');
  const iss = 'https://login.company.com';
  const server = await api({ issuer: iss, audience: 'orders', jwks: { keys: [own.jwk] } });
  try {
    for (const header of [
      { jku: `${evil.issuer}/jwks` },
      { x5u: `${evil.issuer}/cert.pem` },
      { x5c: ['MIIBszCCAVmgAwIBAgIU'] },
      { x5t: 'gQ2Zx9Lm4Tr8Yc1Wv6Nb3Hd5Ks0' },
      { jwk: stranger.jwk },
    ]) {
      assert.equal((await ask(server, await own.token({ iss }, header))).status, 200, JSON.stringify(header));
      assert.equal((await ask(server, await stranger.token({ iss }, header))).reason, 'bad-signature');
    }
    assert.deepEqual(evil.asked, []);
  } finally {
    await server.close();
  }
});

describe('how the provider is reached', () => {
  const authority = createAuthority('own');
  after(() => authority.close());
  const ca = join(folder, 'ca.pem');
  writeFileSync(ca, authority.cert);

  /** A key set over TLS of this network's own authority. */
  async function overTls(answer: (kid: object) => { status: number; body: string; location?: string }) {
    const own = await keys();
    const issued = authority.issue('id.company.internal', { usage: 'serverAuth' });
    const server = createTlsServer({ cert: issued.cert, key: issued.key }, (_, response) => {
      const { status, body, location } = answer(own.jwk);
      response.writeHead(status, location === undefined ? {} : { location });
      response.end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    after(() => server.close());
    const jwks = `https://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
    return { ...own, entry: { issuer: 'https://id.company.internal', audience: 'orders', jwks } };
  }

  test('its own authority by its file; without it, the message says so', async () => {
    const it = await overTls((jwk) => ({ status: 200, body: JSON.stringify({ keys: [jwk] }) }));
    await assert.rejects(api(it.entry), /authority that is not known here; name its file, connection: \{ ca \}/);
    const server = await api({ ...it.entry, connection: { ca } });
    try {
      assert.equal((await ask(server, await it.token({ iss: it.entry.issuer }))).status, 200);
    } finally {
      await server.close();
    }
    await assert.rejects(api({ ...it.entry, connection: { ca: join(folder, 'none.pem') } }), /connection\.ca/);
  });

  for (const [what, answer, message] of [
    [
      'a redirect',
      { status: 302, body: '', location: 'https://elsewhere.company.com/' },
      /redirects to https:\/\/else/,
    ],
    ['nothing there', { status: 404, body: 'no' }, /answers 404/],
    ['a page', { status: 200, body: '<html>' }, /does not answer JSON/],
    ['no keys', { status: 200, body: '{"keys":[]}' }, /has no keys/],
  ] as const) {
    test(`${what} is told for what it is, and lazy starts`, async () => {
      const it = await overTls(() => answer);
      await assert.rejects(api({ ...it.entry, connection: { ca } }), message);
      const server = await api({ ...it.entry, connection: { ca }, lazy: true });
      try {
        const asked = await ask(server, await it.token({ iss: it.entry.issuer }));
        assert.equal(asked.status, 503);
        assert.match(asked.log ?? '', message);
      } finally {
        await server.close();
      }
    });
  }

  test('in production a private host is one of development, until it is named', async () => {
    const jwks = { keys: [(await keys()).jwk] };
    for (const host of ['kubernetes.default.svc.cluster.local', 'login.test', 'sso.dev.company.com', 'localhost']) {
      const entry = { issuer: `https://${host}/realms/staff`, audience: 'orders', jwks };
      await assert.rejects(api(entry, { environment: 'production' }), { code: 'mock-identity' }, host);
      const named = await api({ ...entry, connection: { hosts: [host] } }, { environment: 'production' });
      await named.close();
      const plain = { ...entry, issuer: entry.issuer.replace('https', 'http'), connection: { hosts: [host] } };
      await assert.rejects(api(plain, { environment: 'production' }), { code: 'mock-identity' }, host);
    }
  });
});
