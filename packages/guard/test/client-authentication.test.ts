// How this API proves to a real provider which client it is when it asks about opaque tokens: every method that there is.
import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { Provider } from 'oidc-provider';
import { createAuthority } from './certificates.ts';
import { send } from './client.ts';
import { guarded } from './guarded.ts';
import { signingKey } from './provider/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-clients-'));
const authority = createAuthority('own');
after(() => {
  rmSync(folder, { recursive: true });
  authority.close();
});
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const secret = 'for-the-test-only-R7mQ2x-R7mQ2x-R7mQ2x';
const ca = file('ca.pem', authority.cert);
const certificate = authority.issue('orders-api');
const ec = await generateKeyPair('ES256', { extractable: true });
const ecKey: JWK = { ...(await exportJWK(ec.privateKey)), alg: 'ES256', kid: 'ec1' };
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const published = async (key: JWK): Promise<JWK> => {
  const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...rest } = key;
  return { ...rest, use: 'sig' };
};

const clientOf = (id: string, method: string, more: object = {}) => ({
  client_id: id,
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
  id_token_signed_response_alg: 'ES256',
  token_endpoint_auth_method: method,
  ...more,
});

const asked: string[] = [];
let issuer = '';
let close = (): void => {};
before(async () => {
  const own = authority.issue('id.company.internal', { usage: 'serverAuth' });
  let callback: ReturnType<Provider['callback']> = () => {};
  const options = { cert: own.cert, key: own.key, ca: authority.cert, requestCert: true, rejectUnauthorized: false };
  const server = createServer(options, (request, response) => {
    if (request.url?.includes('introspection') === true) asked.push(JSON.stringify(request.headers));
    callback(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close = () => server.close();
  issuer = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const socketOf = (context: { req: IncomingMessage }) =>
    context.req.socket as unknown as { authorized: boolean; getPeerX509Certificate: () => X509Certificate | undefined };
  callback = new Provider(issuer, {
    jwks: { keys: [await signingKey('k1')] },
    cookies: { keys: ['for the test only'] },
    clients: [
      clientOf('by-basic', 'client_secret_basic', { client_secret: secret }),
      clientOf('by-post', 'client_secret_post', { client_secret: secret }),
      clientOf('by-ec', 'private_key_jwt', {
        token_endpoint_auth_signing_alg: 'ES256',
        jwks: { keys: [await published(ecKey)] },
      }),
      clientOf('by-rsa', 'private_key_jwt', {
        token_endpoint_auth_signing_alg: 'RS256',
        jwks: { keys: [{ ...(await exportJWK(rsa.publicKey)), use: 'sig' }] },
      }),
      clientOf('by-certificate', 'tls_client_auth', { tls_client_auth_subject_dn: 'CN=orders-api' }),
    ],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'tls_client_auth'],
    scopes: ['orders:read'],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      mTLS: {
        enabled: true,
        tlsClientAuth: true,
        getCertificate: (context: { req: IncomingMessage }) => socketOf(context).getPeerX509Certificate(),
        certificateAuthorized: (context: { req: IncomingMessage }) => socketOf(context).authorized,
        certificateSubjectMatches: (context: { req: IncomingMessage }, _property: string, expected: string) =>
          socketOf(context).getPeerX509Certificate()?.subject === expected,
      },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({ scope: 'orders:read', audience: 'orders', accessTokenFormat: 'opaque' }),
      },
    },
  }).callback();
});
after(() => close());

/** An opaque token of the provider. */
async function opaqueToken(): Promise<string> {
  const { connectionFetch } = await import('../src/authenticate/provider-connection.ts');
  const fetch = connectionFetch('it', { ca }, globalThis.fetch);
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`by-basic:${secret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource: 'https://orders.example/' }).toString(),
  });
  const { access_token: token } = (await response.json()) as { access_token?: string };
  if (token === undefined) throw new Error('no token');
  return token;
}

const api = (client: object, connection: object = {}) =>
  guarded({
    authentication: {
      token: {
        issuer,
        audience: 'orders',
        connection: { ca, ...connection },
        introspection: { client: client as { id: string } },
      },
    },
  });

const certificateFiles = {
  certificate: file('client.pem', certificate.cert),
  key: file('client.key', certificate.key),
};
const methods: Readonly<Record<string, readonly [client: object, connection?: object]>> = {
  basic: [{ id: 'by-basic', secret }],
  post: [{ id: 'by-post', secret, auth: 'post' }],
  'private_key_jwt with a JWK': [{ id: 'by-ec', key: ecKey }],
  'private_key_jwt with a file': [{ id: 'by-ec', key: file('key.json', JSON.stringify(ecKey)) }],
  'private_key_jwt with PEM': [{ id: 'by-rsa', key: pem }],
  'private_key_jwt with a PEM file': [{ id: 'by-rsa', key: file('key.pem', pem), auth: 'private_key_jwt' }],
  mtls: [{ id: 'by-certificate' }, certificateFiles],
  'mtls, written': [{ id: 'by-certificate', auth: 'mtls' }, certificateFiles],
};

describe('a token is asked about', () => {
  for (const [name, [client, connection]] of Object.entries(methods)) {
    test(name, async () => {
      const server = await api(client, connection);
      try {
        const before = asked.length;
        const token = await opaqueToken();
        const answer = await send(server.url, '/v1/orders?limit=5', { token });
        assert.equal(answer.status, 200, JSON.stringify(server.events.at(-1)?.unmapped.castellan.refused));
        assert.equal((await send(server.url, '/v1/orders?limit=5', { token: 'made-up' })).status, 401);
        assert.equal(asked.length, before + 2);
      } finally {
        await server.close();
      }
    });
  }
  test('as another client, or none: 503, and why', async () => {
    const stranger = await generateKeyPair('ES256', { extractable: true });
    const key = { ...(await exportJWK(stranger.privateKey)), alg: 'ES256' };
    for (const [client, connection] of [
      [{ id: 'by-ec', key }, {}],
      [{ id: 'by-basic', secret: `${secret}x` }, {}],
    ] as const) {
      const server = await api(client, connection);
      try {
        assert.equal((await send(server.url, '/v1/orders?limit=5', { token: 'x' })).status, 503);
        assert.match(server.events.at(-1)?.unmapped.castellan.refused?.log ?? '', /introspection: .* answers 40[01]/);
      } finally {
        await server.close();
      }
    }
  });
  test('what proves nothing is refused at start', async () => {
    for (const [client, message] of [
      [{ id: 'x' }, /no certificate|there is no/],
      [{ id: 'x', auth: 'post' }, /auth is post, and there is no secret/],
      [{ id: 'x', auth: 'mtls' }, /there is no certificate/],
      [{ id: 'x', secret, key: ecKey }, /a secret and a key/],
      [{ id: 'x', key: '/nowhere.json' }, /key cannot be used \(ENOENT\)/],
      [{ id: 'x', key: await published(ecKey) }, /no private key/],
      [{ id: 'x', auth: 'digest', secret }, /auth is none of/],
    ] as const)
      await assert.rejects(api(client), message);
  });
});
