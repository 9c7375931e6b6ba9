// What the guard does with requests on node:http, over real sockets.
// promise: undeclared-refused
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { raw, send } from './client.ts';
import { guarded, identity, json, token } from './guarded.ts';
import { createIssuer } from './tokens.ts';

describe('framing', () => {
  let server: Awaited<ReturnType<typeof guarded>>;
  before(async () => {
    server = await guarded({ limits: { maxBody: 2000 } });
  });
  after(() => server.close());

  const head = (lines: readonly string[]): string => `${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`;

  for (const [name, bytes] of Object.entries({
    'two Host fields': head(['GET /v1/open HTTP/1.1', 'Host: a', 'Host: b']),
    'two Authorization fields': head([
      'GET /v1/open HTTP/1.1',
      'Host: a',
      'Authorization: Bearer a',
      'Authorization: Bearer b',
    ]),
    'Content-Length and Transfer-Encoding': `${head(['POST /v1/orders HTTP/1.1', 'Host: a', 'Content-Length: 5', 'Transfer-Encoding: chunked'])}0\r\n\r\n`,
    'a transfer coding that nobody asked for': `${head(['POST /v1/orders HTTP/1.1', 'Host: a', 'Transfer-Encoding: gzip, chunked'])}0\r\n\r\n`,
    'dot segments': head(['GET /v1/x/../open HTTP/1.1', 'Host: a']),
    'encoded dot segments': head(['GET /v1/x/%2e%2E/open HTTP/1.1', 'Host: a']),
    'an encoded slash': head(['GET /v1%2fopen HTTP/1.1', 'Host: a']),
    'an empty segment': head(['GET //v1/open HTTP/1.1', 'Host: a']),
    'double encoding': head(['GET /v1/orders/%252e HTTP/1.1', 'Host: a']),
    'an encoded NUL': head(['GET /v1/orders/%00 HTTP/1.1', 'Host: a']),
    'a backslash': head(['GET /v1\\open HTTP/1.1', 'Host: a']),
    'broken UTF-8': head(['GET /v1/orders/%c0%af HTTP/1.1', 'Host: a']),
  })) {
    test(`${name}: 400`, async () => {
      assert.match(await raw(server.url, bytes), /^HTTP\/1\.1 400 /);
    });
  }

  test('a trailing slash or another case is another path', async () => {
    assert.equal((await send(server.url, '/v1/open/')).status, 404);
    assert.equal((await send(server.url, '/v1/Open')).status, 404);
  });

  test('a target that is too long: 414; too many fields: 431', async () => {
    assert.equal((await send(server.url, `/v1/open?${'x'.repeat(9000)}`)).status, 414);
    const headers = Object.fromEntries(Array.from({ length: 120 }, (_, i) => [`x-${i}`, '1']));
    assert.equal((await send(server.url, '/v1/open', { headers })).status, 431);
  });

  test('a body over the limit: 413, told by Content-Length or found while reading', async () => {
    const body = JSON.stringify({ name: 'x'.repeat(3000) });
    assert.equal((await send(server.url, '/v1/orders', { method: 'POST', token, body })).status, 413);
    const chunked = await raw(
      server.url,
      `POST /v1/orders HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    );
    assert.match(chunked, /^HTTP\/1\.1 413 /);
  });

  test('a compressed body is read within the same limit', async () => {
    const post = (body: Buffer) =>
      send(server.url, '/v1/orders', {
        method: 'POST',
        token,
        body,
        headers: {
          'content-type': 'application/json',
          'content-encoding': 'gzip',
          'content-length': String(body.length),
        },
      });
    assert.notEqual((await post(gzipSync('{"name":"Tea"}'))).status, 400);
    assert.equal((await post(gzipSync(JSON.stringify({ name: 'x'.repeat(1_000_000) })))).status, 413);
    assert.equal((await post(Buffer.from('not gzip'))).status, 400);
  });

  test('a body where none is documented is refused, an empty one is not', async () => {
    assert.equal((await send(server.url, '/v1/open', { body: '{}' })).status, 400);
    assert.equal((await send(server.url, '/v1/open', { headers: { 'content-length': '0' } })).status, 200);
  });

  test('method override changes nothing and does not reach the handler', async () => {
    let seen: unknown = 'not called';
    const other = await guarded({}, (request, response) => {
      seen = request.headers['x-http-method-override'];
      json(request, response);
    });
    try {
      assert.equal(
        (await send(other.url, '/v1/open', { headers: { 'X-HTTP-Method-Override': 'DELETE' } })).status,
        200,
      );
      assert.equal(seen, undefined);
    } finally {
      await other.close();
    }
  });
});

describe('limits', () => {
  test('per address before authentication, per principal after, each with what the caller must do', async () => {
    const server = await guarded({ limits: { perAddress: '3/minute', perPrincipal: '2/minute' } });
    try {
      assert.equal((await send(server.url, '/v1/orders', { token })).status, 200);
      assert.equal((await send(server.url, '/v1/orders', { token })).status, 200);
      const principal = await send(server.url, '/v1/orders', { token });
      assert.equal(principal.status, 429);
      assert.equal(principal.headers['ratelimit-policy'], '"principal";q=2;w=60');
      const address = await send(server.url, '/v1/open');
      assert.equal(address.status, 429);
      assert.equal(address.headers['retry-after'], '20');
      assert.equal(address.headers['ratelimit-policy'], '"address";q=3;w=60');
    } finally {
      await server.close();
    }
  });

  test('a forwarded address counts only where the proxy is trusted', async () => {
    const trusting = await guarded({ limits: { perAddress: '1/minute' }, trustedProxies: ['loopback'] });
    const plain = await guarded({ limits: { perAddress: '1/minute' } });
    try {
      for (const address of ['203.0.113.1', '203.0.113.2']) {
        assert.equal((await send(trusting.url, '/v1/open', { headers: { 'x-forwarded-for': address } })).status, 200);
      }
      assert.equal((await send(plain.url, '/v1/open', { headers: { 'x-forwarded-for': '203.0.113.1' } })).status, 200);
      assert.equal((await send(plain.url, '/v1/open', { headers: { 'x-forwarded-for': '203.0.113.2' } })).status, 429);
    } finally {
      await trusting.close();
      await plain.close();
    }
  });
});

describe('authentication', () => {
  let server: Awaited<ReturnType<typeof guarded>>;
  before(async () => {
    server = await guarded({});
  });
  after(() => server.close());
  const reason = (): string | undefined => server.events.at(-1)?.unmapped.castellan.refused?.reason;

  for (const [name, make, expected] of [
    ['expired', () => identity.token({ exp: 1_000_000 }), 'token-expired'],
    ['for another audience', () => identity.token({ aud: 'other' }), 'claim-aud'],
    ['from another issuer', () => identity.token({ iss: 'https://evil.example' }), 'claim-iss'],
    ['not valid yet', () => identity.token({ nbf: Math.floor(Date.now() / 1000) + 3600 }), 'claim-nbf'],
    ['without expiry', () => identity.token({ exp: undefined as never }), 'claim-exp'],
    ['without subject', () => identity.token({ sub: '' }), 'no-subject'],
    ['signed by somebody else', async () => (await createIssuer()).token(), 'bad-signature'],
    ['by an unknown key', () => identity.token({}, { kid: 'other' }), 'unknown-key'],
    [
      'unsigned',
      async () => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${(await identity.token()).split('.')[1]}.`,
      'algorithm-not-allowed',
    ],
    ['no token at all', async () => 'nonsense', 'malformed-token'],
  ] as const) {
    test(`a token ${name}: 401, and the reason stays in the log`, async () => {
      const answer = await send(server.url, '/v1/orders', { token: await make() });
      assert.equal(answer.status, 401);
      assert.equal(reason(), expected);
      assert.doesNotMatch(answer.text, new RegExp(expected));
      assert.match(String(answer.headers['www-authenticate']), /error="invalid_token"/);
    });
  }

  test('a token without the scope: 403 that names the scope', async () => {
    const answer = await send(server.url, '/v1/orders', {
      method: 'POST',
      token: await identity.token({ scope: 'orders:read' }),
      body: '{"name":"Tea"}',
    });
    assert.equal(answer.status, 403);
    assert.match(String(answer.headers['www-authenticate']), /error="insufficient_scope", scope="orders:write"/);
  });

  test('API keys, passwords, AND and OR, and the anonymous requirement', async () => {
    const document = {
      openapi: '3.1.0',
      info: { title: 'Mixed', version: '1' },
      components: {
        securitySchemes: {
          key: { type: 'apiKey', in: 'header', name: 'X-Key' },
          basic: { type: 'http', scheme: 'basic' },
        },
      },
      paths: Object.fromEntries(
        Object.entries({
          '/either': [{ key: [] }, { basic: [] }],
          '/both': [{ key: [], basic: [] }],
          '/optional': [{ key: [] }, {}],
        }).map(([path, security]) => [
          path,
          {
            get: {
              security,
              responses: {
                200: { description: 'ok', content: { 'application/json': { schema: { type: 'object' } } } },
              },
            },
          },
        ]),
      ),
    };
    const mixed = await guarded(
      {
        contract: document,
        authentication: {
          key: { keys: { 'a-key-of-some-length': { subject: 'robot' } } },
          basic: { users: { ada: { password: 'correct horse' } } },
        },
      },
      (request, response) => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ who: request.auth?.subject ?? null, schemes: request.auth?.schemes ?? [] }));
      },
    );
    const key = { 'x-key': 'a-key-of-some-length' };
    const basic = { authorization: `Basic ${Buffer.from('ada:correct horse').toString('base64')}` };
    const wrong = { authorization: `Basic ${Buffer.from('ada:wrong').toString('base64')}` };
    try {
      assert.deepEqual((await send(mixed.url, '/either', { headers: key })).json, { who: 'robot', schemes: ['key'] });
      assert.deepEqual((await send(mixed.url, '/either', { headers: basic })).json, { who: 'ada', schemes: ['basic'] });
      assert.equal((await send(mixed.url, '/either', { headers: wrong })).status, 401);
      assert.equal((await send(mixed.url, '/either', { headers: { 'x-key': 'another-key-of-length' } })).status, 401);
      assert.deepEqual((await send(mixed.url, '/both', { headers: { ...key, ...basic } })).json, {
        who: 'robot',
        schemes: ['key', 'basic'],
      });
      assert.equal((await send(mixed.url, '/both', { headers: key })).status, 401);
      assert.equal((await send(mixed.url, '/both', { headers: basic })).status, 401);
      assert.deepEqual((await send(mixed.url, '/optional')).json, { who: null, schemes: [] });
      assert.deepEqual((await send(mixed.url, '/optional', { headers: key })).json, { who: 'robot', schemes: ['key'] });
    } finally {
      await mixed.close();
    }
  });
});
