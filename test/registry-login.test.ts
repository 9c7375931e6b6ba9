// Who comes into the registry: people of a real identity provider, guards with client certificates.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createGuard, type Guard } from '@castellan/guard';
import { openStore, serveRegistry, type RegistryServer, type Store } from '@castellan/registry';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';

const audience = 'castellan-registry';
const secret = 'for-the-test-only-R7mQ2x';
const folder = mkdtempSync(join(tmpdir(), 'castellan-registry-login-'));
const closing: (() => Promise<unknown>)[] = [];
after(async () => {
  for (const close of closing.toReversed()) await close();
  rmSync(folder, { recursive: true });
});

/** Claims of the next token, by what a person at the provider is. */
let person: Readonly<Record<string, unknown>> = {};

async function startProvider(): Promise<{ issuer: string; token: (scope: string) => Promise<string> }> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const key = { ...(await exportJWK(privateKey)), kid: 'one', alg: 'ES256', use: 'sig' };
  const server = createServer((incoming, response) => callback(incoming, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const callback = new Provider(issuer, {
    jwks: { keys: [key] },
    cookies: { keys: ['for the test only'] },
    clients: [
      {
        client_id: 'console',
        client_secret: secret,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    scopes: ['registry:read', 'registry:write'],
    formats: {
      customizers: {
        jwt: (_context: unknown, _token: unknown, parts: { payload: object }) => Object.assign(parts.payload, person),
      },
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context: unknown, resource: string) => ({
          scope: 'registry:read registry:write',
          audience: resource === 'https://registry.example/' ? audience : 'something-else',
          accessTokenTTL: 600,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
  }).callback();
  closing.push(() => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    return closed;
  });
  return {
    issuer,
    async token(scope) {
      const response = await fetch(`${issuer}/token`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(`console:${secret}`).toString('base64')}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          resource: scope === 'other' ? 'https://other.example/' : 'https://registry.example/',
          scope: scope === 'other' ? 'registry:read' : scope,
        }).toString(),
      });
      const { access_token: token } = (await response.json()) as { access_token: string };
      return token;
    },
  };
}

let store: Store;
let provider: Awaited<ReturnType<typeof startProvider>>;
let server: RegistryServer;
const everyScope = 'registry:read registry:write';

before(async () => {
  provider = await startProvider();
  store = await openStore({ url: 'memory:' });
  closing.push(() => store.close());
  server = await serveRegistry(store, {
    port: 0,
    login: {
      issuer: provider.issuer,
      audience,
      roles: {
        administrator: ['platform'],
        security: ['soc', 'incident-response'],
        owner: ['api-owners'],
        viewer: ['everyone'],
      },
    },
  });
  closing.push(() => server.close());
});

interface Answer {
  readonly status: number;
  readonly body: { readonly roles: string[]; readonly apis: { readonly id: string }[] };
}

async function ask(
  method: string,
  path: string,
  groups: readonly string[],
  scope = everyScope,
  body?: object,
): Promise<Answer> {
  person = { sub: 'ada', groups };
  const response = await fetch(server.url + path, {
    method,
    headers: {
      authorization: `Bearer ${await provider.token(scope)}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

const documentOf = (title: string): string =>
  JSON.stringify({
    openapi: '3.1.0',
    info: { title, version: '1' },
    paths: { [`/${title}`]: { get: { responses: { 200: { description: '' } } } } },
  });

test('groups of the provider are roles where the configuration says so, and teams', async () => {
  for (const [groups, roles] of [
    [[], []],
    [['everyone'], ['viewer']],
    [['soc'], ['security']],
    [
      ['incident-response', 'everyone'],
      ['viewer', 'security'],
    ],
    [['platform'], ['administrator']],
    // What the registry's own keys are called, and what is written otherwise, is a group like any other.
    [['role:administrator', 'administrator', 'guard', 'role:guard', 'Platform', 'platform '], []],
  ] as const) {
    const { status, body } = await ask('GET', '/me', groups);
    assert.deepEqual([status, body.roles], [200, roles], groups.join());
    assert.equal((await ask('GET', '/apis', groups)).status, roles.length === 0 ? 403 : 200, groups.join());
    const made = await ask('POST', '/keys', groups, everyScope, { name: 'x', role: 'viewer' });
    assert.equal(made.status, (roles as readonly string[]).includes('administrator') ? 201 : 403, groups.join());
  }
});

test('an owner sees and changes what belongs to their teams; a token changes only with the scope for it', async () => {
  for (const [api, owner] of [
    ['orders', 'team-orders'],
    ['payments', 'team-payments'],
  ] as const)
    assert.equal(
      (
        await ask('POST', '/documents', ['platform'], everyScope, {
          source: api,
          document: documentOf(api),
          api,
          owner,
        })
      ).status,
      200,
    );
  const groups = ['api-owners', 'team-orders'];
  const { body } = await ask('GET', '/apis', groups);
  assert.deepEqual(
    body.apis.map(({ id }) => id),
    ['orders'],
  );
  assert.equal((await ask('GET', '/apis/payments', groups)).status, 404);
  const own = { source: 'orders', document: documentOf('orders'), api: 'orders' };
  assert.equal((await ask('POST', '/documents', groups, 'registry:read', own)).status, 403);
  assert.equal((await ask('POST', '/documents', groups, everyScope, own)).status, 200);
  const other = { source: 'payments', document: documentOf('payments'), api: 'payments' };
  assert.equal((await ask('POST', '/documents', groups, everyScope, other)).status, 403);
  assert.equal((await ask('GET', '/apis', groups, 'other')).status, 401, 'a token for something else');
});

// promise: certificates-admitted
test('a guard with a client certificate reports about its API; one that nobody admitted does not', async () => {
  const openssl = (...args: readonly string[]): void =>
    void execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  openssl(
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-subj',
    '/CN=guards',
    '-days',
    '2',
  );
  writeFileSync(join(folder, 'server.ext'), 'subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth');
  writeFileSync(join(folder, 'client.ext'), 'extendedKeyUsage=clientAuth');
  for (const [name, extensions] of [
    ['server', 'server'],
    ['orders', 'client'],
    ['stranger', 'client'],
  ] as const) {
    openssl(
      'req',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      `/CN=${name}`,
    );
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-out',
      `${name}.pem`,
      '-days',
      '2',
      '-extfile',
      `${extensions}.ext`,
    );
  }
  const file = (name: string): string => join(folder, name);
  const tls = await serveRegistry(store, {
    port: 0,
    tls: { cert: file('server.pem'), key: file('server.key'), clientCa: file('ca.pem') },
  });
  closing.push(() => tls.close());
  const send = (
    name: string | undefined,
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const outgoing = request(
        tls.url + path,
        {
          method,
          agent: false,
          ca: readFileSync(file('ca.pem')),
          ...(name === undefined
            ? {}
            : { cert: readFileSync(file(`${name}.pem`)), key: readFileSync(file(`${name}.key`)) }),
          headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        },
        (response) => {
          let text = '';
          response.on('data', (piece) => (text += String(piece)));
          response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    });
  const certificate = execFileSync(
    'openssl',
    ['x509', '-in', file('orders.pem'), '-noout', '-fingerprint', '-sha256'],
    { encoding: 'utf8' },
  )
    .trim()
    .split('=')[1];
  const administrator = { 'x-castellan-key': tls.localKey };
  const guard = { name: 'orders', role: 'guard', api: 'orders', certificate };
  assert.equal((await send(undefined, 'POST', '/keys', guard, administrator)).status, 201);
  assert.equal(
    (await send(undefined, 'POST', '/keys', guard, administrator)).status,
    422,
    'a certificate is of one guard',
  );
  const report = {
    id: 'report-by-certificate',
    time: Date.now(),
    heartbeat: {
      name: 'orders',
      instance: 'instance-1',
      environment: 'production',
      contract: 'abcdef012345',
      mode: 'enforce',
      audit: true,
      versions: {},
      identities: [],
      resources: [],
    },
    sightings: [],
    consumers: [],
  };
  assert.equal((await send('orders', 'POST', '/reports', report)).status, 200);
  assert.equal((await send('orders', 'GET', '/apis')).status, 403);
  assert.equal((await send('stranger', 'POST', '/reports', report)).status, 401);
  assert.equal((await send(undefined, 'POST', '/reports', report)).status, 401);
  const { text } = await send(undefined, 'GET', '/deployments', undefined, administrator);
  assert.deepEqual(
    (JSON.parse(text) as { deployments: { api: string }[] }).deployments.map(({ api }) => api),
    ['orders'],
  );
  // A guard with nothing but its certificate; and with another one that takes the place of the first while it runs.
  const files = { ca: file('ca.pem'), certificate: file('guard.pem'), key: file('guard.key') };
  const carry = (name: string): void => {
    writeFileSync(files.certificate, readFileSync(file(`${name}.pem`)));
    writeFileSync(files.key, readFileSync(file(`${name}.key`)));
  };
  const names = async (): Promise<readonly string[]> => {
    const { text: listed } = await send(undefined, 'GET', '/deployments', undefined, administrator);
    return (JSON.parse(listed) as { deployments: { name: string }[] }).deployments.map(({ name }) => name).toSorted();
  };
  const reporting = (name: string): Promise<Guard> =>
    createGuard({
      contract: JSON.parse(documentOf('orders')) as Readonly<Record<string, unknown>>,
      registry: { url: tls.url, name, connection: files },
    });
  carry('orders');
  const first = await reporting('by-certificate');
  await first.end();
  assert.deepEqual(await names(), ['by-certificate', 'orders']);
  carry('stranger');
  const stranger = await reporting('by-stranger');
  assert.equal(stranger.reports().lost, 0);
  carry('orders');
  await stranger.end();
  assert.deepEqual(await names(), ['by-certificate', 'by-stranger', 'orders'], 'the files are read for each report');
  carry('stranger');
  await (await reporting('nobody')).end();
  assert.deepEqual(await names(), ['by-certificate', 'by-stranger', 'orders']);
  await assert.rejects(
    createGuard({
      contract: JSON.parse(documentOf('orders')) as Readonly<Record<string, unknown>>,
      registry: { url: tls.url, connection: { ...files, key: file('none.key') } },
    }),
    /registry\.connection\.key cannot be read \(ENOENT\)/,
  );
});
