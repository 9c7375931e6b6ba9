// What is outside passes as it came, and is recorded; nothing more than what was named is outside, however it is written.
// promise: outside-named
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createGuard, type Guard } from '@castellan/guard';
import { node } from '@castellan/guard/node';
import { Recorded } from './adapters/recorded.ts';
import { listen, servers, type Started } from './adapters/servers.ts';
import { raw, send } from './client.ts';
import type { Application } from './contract.ts';

const ok = { responses: { 200: { description: 'ok', content: { 'application/json': {} } } } };
const id = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };
const contract = {
  openapi: '3.1.0',
  info: { title: 'Notes', version: '1' },
  security: [{ key: [] }],
  paths: {
    '/notes': { get: { operationId: 'listNotes', ...ok } },
    '/docs/private': { get: { operationId: 'privateDocs', ...ok } },
    '/docs/Users/{id}/': { get: { operationId: 'getUser', parameters: [id], ...ok } },
  },
  components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'x-key' } } },
};
const authentication = { key: { keys: [{ key: 'a-key-that-is-long-enough', subject: 'ada' }] } };
const outside = ['/health', '/docs/**', 'GET /metrics', '/assets/*.js', '/caf%C3%A9', '/end/'];
const page = '<html><script>1</script></html>';
const html = (status: number) => ({ status, type: 'text/html', headers: { server: 'app', etag: '"1"' }, body: page });
const application: Application = Object.fromEntries(
  ['/health', '/docs', '/docs/x/y', '/metrics', '/assets/app.js', '/secret'].map((path) => [
    path,
    { method: 'get', path, handle: () => html(path === '/health' ? 503 : 200) },
  ]),
);

for (const [name, start] of Object.entries(servers))
  describe(name, () => {
    let guard: Guard;
    let server: Started;
    const recorded = new Recorded();
    before(async () => {
      guard = await createGuard({ contract, authentication, outside, onEvent: recorded.add });
      server = await start(guard, application);
    });
    after(async () => {
      await server.close();
      await guard.end();
    });

    for (const path of ['/health', '/docs', '/docs/x/y', '/metrics', '/assets/app.js', '/docs/x/y?a=1&a=2&b[]=%00'])
      test(`${path} passes as it came`, { timeout: 60_000 }, async () => {
        const answer = await send(server.url, path);
        assert.equal(answer.status, path === '/health' ? 503 : 200);
        assert.equal(answer.text, page);
        assert.equal(answer.headers['content-security-policy'], undefined);
        assert.equal(answer.headers['cache-control'], undefined);
        assert.deepEqual([answer.headers['server'], answer.headers['etag']], ['app', '"1"']);
        const { unmapped, metadata } = await recorded.next();
        const named = path.startsWith('/docs') ? '/docs/**' : path.startsWith('/assets') ? '/assets/*.js' : path;
        assert.equal(unmapped.castellan.outside, named === '/metrics' ? 'GET /metrics' : named);
        assert.equal(unmapped.castellan.refused, undefined);
        assert.equal(answer.headers['x-request-id'], metadata.uid);
      });

    test('/secret, which nobody named, does not', { timeout: 60_000 }, async () => {
      assert.equal((await send(server.url, '/secret')).status, 404);
      assert.equal((await recorded.next()).unmapped.castellan.outside, undefined);
    });
  });

describe('no more than was named', () => {
  let guard: Guard;
  let server: Started;
  let reached: string[] = [];
  before(async () => {
    guard = await createGuard({ contract, authentication, outside });
    server = await listen(
      node(guard, (request, response) => {
        reached.push(
          `${request.method} ${request.url} ${request.headers['x-http-method-override'] ?? ''}${request.headers['x-original-url'] ?? ''}`,
        );
        response.end('reached');
      }),
    );
  });
  after(async () => {
    await server.close();
    await guard.end();
  });

  /** Other ways to write a path, and paths beside it. */
  const disguises = (path: string): string[] => {
    const [, first = '', ...rest] = path.split('/');
    const below = rest.length === 0 ? '' : `/${rest.join('/')}`;
    return [
      `/${first}x${below}`,
      `//${first}${below}`,
      `/${first}/.${below}`,
      `/x/../${first}${below}`,
      `/${first}/../notes`,
      `/${first}/..%2fnotes`,
      `/${first}/%2e%2e/notes`,
      `/${first}/..;/notes`,
      `/${first};a=b${below}`,
      `/${first}%2f..%2fnotes`,
      `/${first}\\..\\notes`,
      `/${first}%5c..%5cnotes`,
      `/${first.toUpperCase()}${below}`,
      `/%${first.charCodeAt(0).toString(16)}${first.slice(1)}${below}`,
      `/${first}%00${below}`,
      `/${first}%252e%252e/notes`,
      `http://x/${first}${below}`,
    ];
  };
  for (const path of ['/health', '/docs/x', '/metrics', '/assets/a.js'])
    for (const target of disguises(path))
      test(`${target}`, async () => {
        reached = [];
        await raw(server.url, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
        // What passes is below what was named, as the bytes say.
        for (const one of reached) assert.match(one, /^GET \/docs\/[^.;\\%]*$/);
        assert.ok(reached.length === 0 || target.startsWith('/docs/'), reached.join());
      });

  // A router that reads loosely would find a documented path here.
  for (const target of [
    '/docs/private',
    '/docs/Private',
    '/docs/PRIVATE',
    '/docs/private/',
    '/docs/%70rivate',
    '/docs/users/7',
    '/docs/Users/7',
    '/docs/USERS/7/',
    '/docs/users/a%20b',
  ])
    test(`${target} is the API's`, async () => {
      reached = [];
      for (const method of ['GET', 'POST', 'DELETE', 'PURGE'])
        assert.doesNotMatch(
          await raw(
            server.url,
            `${method} ${target} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
          ),
          /reached/,
        );
      assert.deepEqual(reached, []);
    });

  for (const [method, target, passes] of [
    ['HEAD', '/metrics', true],
    ['POST', '/metrics', false],
    ['POST', '/health', true],
    ['GET', '/assets/x/y.js', false],
    ['GET', '/assets/.js', true],
    ['GET', '/assets/x.jsx', false],
    ['GET', '/caf%C3%A9', true],
    ['GET', '/caf%c3%a9', false],
    ['GET', '/end/', true],
    ['GET', '/end', false],
    ['GET', '/health/', false],
    ['GET', '/docsx', false],
    ['GET', '/docs/', true],
  ] as const)
    test(`${method} ${target}: ${passes ? 'passes' : 'refused'}`, async () => {
      reached = [];
      await raw(
        server.url,
        `${method} ${target} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
      );
      assert.equal(reached.length, passes ? 1 : 0);
    });

  test('fields that change method or path do not go along', async () => {
    reached = [];
    await raw(
      server.url,
      'POST /docs/x HTTP/1.1\r\nHost: x\r\nX-HTTP-Method-Override: GET\r\nX-Original-URL: /notes\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
    );
    assert.deepEqual(reached, ['POST /docs/x ']);
  });

  test('messages that cannot be framed are refused, and addresses are counted', async () => {
    reached = [];
    await raw(
      server.url,
      'POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n',
    );
    assert.deepEqual(reached, []);
    const counted = await createGuard({ contract, authentication, outside, limits: { perAddress: '2/day' } });
    const other = await listen(node(counted, (_request, response) => response.end('reached')));
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await send(other.url, '/health')).status);
    assert.deepEqual(statuses, [200, 200, 429]);
    await other.close();
    await counted.end();
  });
});

test('what cannot be meant is told at the start', async () => {
  for (const [given, said] of [
    ['health', /first slash/],
    ['/**', /everything undocumented/],
    ['/*', /everything undocumented/],
    ['GET /**', /everything undocumented/],
    ['/docs/**/x', /no path that can be outside/],
    ['/a//b', /no path that can be outside/],
    ['/docs/***', /no path that can be outside/],
    ['/docs?x=1', /no path that can be outside/],
    ['get /docs', /no path that can be outside/],
  ] as const)
    await assert.rejects(createGuard({ contract, authentication, outside: [given] }), said, given);
});
