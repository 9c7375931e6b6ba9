// Which header fields of a caller reach the upstream, and which of the upstream's reach the caller, by pattern.
// promise: proxy-fields-dropped
import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { test, type TestContext } from 'node:test';
import { before, httpUpstream, raw, rawUpstream, send } from './stage.ts';

const json = { 'application/json': { schema: { type: 'object' } } };
const documenting = (names: readonly string[], more: object = {}): Readonly<Record<string, unknown>> => ({
  openapi: '3.1.0',
  info: { title: 'Fields', version: '1' },
  ...more,
  paths: {
    '/x': {
      get: {
        operationId: 'x',
        parameters: names.map((name) => ({ name, in: 'header', schema: { type: 'string' } })),
        responses: { 200: { description: '', content: json } },
      },
    },
  },
});

async function recorder(t: TestContext): Promise<{ url: string; last: () => IncomingHttpHeaders }> {
  let last: IncomingHttpHeaders = {};
  const url = await httpUpstream(t, (request, response) => {
    last = request.headers;
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  return { url, last: () => last };
}

const ends = {
  'x-forwarded-': [
    'user',
    'email',
    'groups',
    'client-cert',
    'server',
    'access-token',
    'preferred-username',
    'ssl',
    'by',
  ],
  'x-original-': ['uri', 'host', 'method', 'forwarded-for', 'remote-addr'],
  'x-auth-request-': ['user', 'groups', 'redirect'],
  'x-remote-': ['user', 'group', 'addr', 'extra-scopes'],
  'x-ssl-': ['client-s-dn', 'client-verify', 'cert'],
  'x-middleware-': ['subrequest', 'rewrite', 'next'],
  'x-accel-': ['redirect', 'buffering', 'internal'],
  'x-webauth-': ['user', 'role'],
  'x-goog-': ['iap-jwt-assertion', 'authenticated-user-email'],
  'x-consumer-': ['id', 'username', 'groups'],
  'x-client-': ['ip', 'cert', 'verify', 'dn'],
  'x-envoy-': ['external-address', 'original-path'],
  'remote-': ['user', 'groups', 'email'],
  'ssl-': ['client-cert', 'client-verify'],
  'castellan-': ['context', 'subject'],
};
const forged = [
  ...Object.entries(ends).flatMap(([start, all]) => all.map((end) => start + end)),
  'true-client-ip',
  'client-cert',
  'client-cert-chain',
  'fastly-client-ip',
  'x-cluster-client-ip',
  'x-azure-clientip',
  'cf-connecting-ip',
  'client-ip',
  'proxy',
  'x-sendfile',
  'x-host',
  'x-real-ip',
  'x-forwarded',
  'x-http-host-override',
  'front-end-https',
  'x-nextjs-data',
  'x-invoke-path',
  'x-rewrite-url',
  'x-amzn-oidc-identity',
  'x-ms-client-principal-name',
];
/** What is never taken from a caller, documented or not. */
const never = new Set(['castellan-context', 'x-rewrite-url', 'x-real-ip', 'client-cert', 'client-cert-chain']);

for (const mode of ['enforce', 'observe'] as const)
  test(`what only software in front of an API may say does not reach the upstream in a caller's words, ${mode}`, async (t) => {
    const { url, last } = await recorder(t);
    const { gateway } = await before(t, url, { contract: documenting([]), mode, limits: { perAddress: 'off' } });
    for (const name of forged)
      for (const spelling of [name, name.toUpperCase(), name.replaceAll('-', '_'), name.replace(/-(?=[^-]*$)/, '_')]) {
        assert.equal((await send(gateway.url, '/x', { headers: { [spelling]: 'forged' } })).status, 200, spelling);
        assert.ok(!JSON.stringify(last()).includes('forged'), spelling);
      }
  });

test('what a document names is a parameter like others, and what no pattern names is passed on', async (t) => {
  const { url, last } = await recorder(t);
  const documented = [...forged.filter((name) => !never.has(name)), 'x-request-id', 'api_key'];
  const { gateway } = await before(t, url, { contract: documenting(documented), limits: { perAddress: 'off' } });
  const ordinary = ['accept-language', 'traceparent', 'x-client-version', 'x-tenant', 'x-api-version', 'x-user-id'];
  for (const name of [...documented, ...ordinary, 'x-requested-with', 'user-agent', 'cookie', 'referer', 'via']) {
    assert.equal((await send(gateway.url, '/x', { headers: { [name]: 'meant' } })).status, 200);
    assert.equal(last()[name], 'meant', name);
  }
  for (const name of never) {
    await send(gateway.url, '/x', { headers: { [name]: 'meant' } });
    assert.notEqual(last()[name], 'meant', name);
  }
  // The twin of a documented field: servers behind would take either.
  await send(gateway.url, '/x', { headers: { 'api-key': 'twin', x_tenant: 'twin', 'x-forwarded_user': 'twin' } });
  assert.ok(!JSON.stringify(last()).includes('twin'));
});

test("the upstream is told a name of the API's, and no other", async (t) => {
  const { url, last } = await recorder(t);
  const { gateway } = await before(t, url, {
    contract: documenting([], {
      servers: [{ url: 'https://api.example.com' }, { url: 'http://old.example.com:8081' }],
    }),
    hosts: ['inside.example:8443'],
    origin: 'https://front.example',
  });
  const told = async (host: string): Promise<unknown> => {
    assert.equal((await send(gateway.url, '/x', { headers: { host } })).status, 200);
    return last()['x-forwarded-host'];
  };
  const { host, port } = new URL(gateway.url);
  for (const name of ['api.example.com', 'API.example.com', 'api.example.com:443', 'old.example.com:8081'])
    assert.equal(await told(name), name);
  for (const name of ['inside.example:8443', 'front.example', host, `localhost:${port}`])
    assert.equal(await told(name), name);
  for (const name of [
    'evil.example',
    'api.example.com.evil.example',
    'api.example.com:81',
    'inside.example',
    'x@api.example.com',
  ])
    assert.equal(await told(name), undefined, name);
});

const sent = (upstream: string, name: string): string => upstream.replace('127.0.0.1', name);

for (const mode of ['enforce', 'observe'] as const)
  test(`addresses of the upstream lead to the gateway, others stay, ${mode}`, async (t) => {
    let fields: Record<string, string> = {};
    const upstream = await httpUpstream(t, (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', ...fields }).end('{}');
    });
    const { port } = new URL(upstream);
    const { gateway } = await before(t, `${upstream}/api`, { contract: documenting([]), mode });
    const got = async (name: string, value: string, host?: string): Promise<unknown> => {
      fields = { [name]: value };
      return (await send(gateway.url, '/x', host === undefined ? {} : { headers: { host } })).headers[name];
    };
    for (const name of ['location', 'content-location']) {
      for (const address of [upstream, `//127.0.0.1:${port}`, sent(upstream, 'localhost'), sent(upstream, '[::1]')])
        for (const path of ['/x?a=1#b', '/', '/x/'])
          assert.equal(await got(name, `${address}/api${path}`), `${gateway.url}${path}`, `${name} ${address}${path}`);
      assert.equal(await got(name, `https://127.0.0.1:${port}/api/x`), `${gateway.url}/x`);
      assert.equal(await got(name, `${upstream}/api`), `${gateway.url}/`);
      // Under a name that is none of the API's, the way is told and no name.
      assert.equal(await got(name, `${upstream}/api/x`, 'evil.example'), '/x');
      assert.equal(await got(name, '/api/x'), '/x');
      for (const elsewhere of [
        'https://login.example/start',
        'http://127.0.0.1:1/cb',
        'urn:x:1',
        '/apis/x',
        'x/',
        '../x',
      ])
        assert.equal(await got(name, elsewhere), elsewhere);
    }
    assert.equal(
      await got('link', `<${upstream}/api/x?p=2>; rel="next", <https://other.example/>; rel=help`),
      `<${gateway.url}/x?p=2>; rel="next", <https://other.example/>; rel=help`,
    );
    assert.equal(await got('refresh', `0; url=${upstream}/api/x`), `0; url=${gateway.url}/x`);
  });

test('an answer without content says no length', async (t) => {
  const upstream = await rawUpstream(t, (socket, request) => {
    const status = request.startsWith('HEAD') ? '200 OK' : '204 No Content';
    socket.end(`HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: 7\r\nX-Note: kept\r\n\r\n`);
  });
  const contract = {
    openapi: '3.1.0',
    info: { title: 'Empty', version: '1' },
    paths: { '/x': { get: { responses: { 200: { description: '', content: json }, 204: { description: '' } } } } },
  };
  for (const mode of ['enforce', 'observe'] as const) {
    const { gateway } = await before(t, upstream, { contract, mode });
    const empty = await raw(gateway.url, 'GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    assert.match(empty, /^HTTP\/1\.1 204 /);
    assert.match(empty, /\r\nx-note: kept\r\n/i);
    assert.doesNotMatch(empty, /\r\n(?:content-length|transfer-encoding):/i);
    const head = await raw(gateway.url, 'HEAD /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    assert.match(head, /\r\ncontent-length: 7\r\n/i);
  }
});

test('the trace of a trusted proxy goes on to the upstream with the gateway as its parent; that of others as it came', async (t) => {
  const { url, last } = await recorder(t);
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const parent = `00-${traceId}-00f067aa0ba902b7-01`;
  const headers = { traceparent: parent, tracestate: 'a=1', 'x-request-id': 'req-12345678' };
  const { gateway } = await before(t, url, { contract: documenting([]), trustedProxies: ['loopback'] });
  const { headers: got } = await send(gateway.url, '/x', { headers });
  assert.match(String(last()['traceparent']), new RegExp(`^00-${traceId}-(?!00f067aa0ba902b7)[\\da-f]{16}-01$`));
  assert.equal(last()['tracestate'], 'a=1');
  assert.equal(last()['x-request-id'], 'req-12345678');
  assert.equal(got['traceresponse'], last()['traceparent']);
  const { gateway: other } = await before(t, url, { contract: documenting([]) });
  await send(other.url, '/x', { headers });
  assert.equal(last()['traceparent'], parent);
  assert.notEqual(last()['x-request-id'], 'req-12345678');
});
