// Starting, listening, ending; what is wrong with the set-up is said at once and in one line.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { Agent, request as httpsRequest } from 'node:https';
import { createServer as createTlsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { CastellanError } from '@castellan/contract';
import { startGateway, type GatewayOptions } from '@castellan/gateway';
import { contract } from './contract.ts';
import { before, httpUpstream, problem, raw, send } from './stage.ts';

async function refusedStart(options: Partial<GatewayOptions> & { upstream: string }): Promise<CastellanError> {
  try {
    const gateway = await startGateway({ contract, port: 0, ...options });
    await gateway.close();
  } catch (error) {
    assert.ok(error instanceof CastellanError, String(error));
    assert.ok(!error.message.includes('\n'));
    return error;
  }
  return assert.fail('it started');
}

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const hello = (t: TestContext): Promise<string> =>
  httpUpstream(t, (request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":1}');
  });

test('an upstream that does not answer is said at start', async () => {
  const error = await refusedStart({ upstream: `http://127.0.0.1:${await freePort()}` });
  assert.equal(error.code, 'unreachable-upstream');
  assert.match(error.message, /ECONNREFUSED.*start it first/);
});

test('an upstream that is no http address is said at start', async () => {
  for (const upstream of ['', 'localhost:3000', 'ftp://host', 'http://'])
    assert.equal((await refusedStart({ upstream })).code, 'bad-upstream', upstream);
});

test('a port in use is said at start, and the process can go on', async (t) => {
  const upstream = await hello(t);
  const { gateway } = await before(t, upstream);
  const error = await refusedStart({ upstream, port: Number(new URL(gateway.url).port) });
  assert.equal(error.code, 'port-in-use');
  assert.match(error.message, /--port/);
});

test('an address that is not of this machine is said at start', async (t) => {
  const error = await refusedStart({ upstream: await hello(t), host: '192.0.2.1' });
  assert.equal(error.code, 'cannot-listen');
  assert.match(error.message, /is no address of this machine; name one of its own, such as 127\.0\.0\.1/);
});

test('close ends idle connections and frees the port', async (t) => {
  const upstream = await hello(t);
  const gateway = await startGateway({ contract, upstream, port: 0 });
  const answer = await fetch(`${gateway.url}/items`);
  assert.equal(answer.status, 200);
  await answer.text();
  await gateway.close();
  await assert.rejects(send(gateway.url, '/items'), { code: 'ECONNREFUSED' });
});

test('bytes that are no HTTP get one plain answer and the end of the connection', async (t) => {
  const { gateway } = await before(t, await hello(t));
  assert.match(await raw(gateway.url, 'nonsense\r\n\r\n'), /^HTTP\/1\.1 400 Bad Request\r\n/);
  assert.match(
    await raw(gateway.url, `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`),
    /^HTTP\/1\.1 431 /,
  );
  assert.match(await raw(gateway.url, 'GET /items HTTP/1.1\r\nConnection: close\r\n\r\n'), /^HTTP\/1\.1 400 /);
  assert.match(
    await raw(
      gateway.url,
      'POST /items HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ),
    /^HTTP\/1\.1 400 /,
  );
});

test('an Upgrade that nobody documented is an ordinary request; CONNECT is refused', async (t) => {
  const { gateway } = await before(t, await hello(t));
  assert.match(
    await raw(
      gateway.url,
      'GET /items HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA\r\n\r\n',
    ),
    /^HTTP\/1\.1 200 /,
  );
  const connected = await raw(gateway.url, 'CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.ok(!connected.startsWith('HTTP/1.1 2'), connected);
});

test('TLS: HTTPS to the caller, and an upstream certificate of no trusted authority is refused', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  const made = spawnSync(
    'openssl',
    `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout ${files.key} -out ${files.cert}`.split(
      ' ',
    ),
  );
  if (made.status !== 0) return t.skip('openssl is not on this machine');
  const upstream = await hello(t);

  const { gateway } = await before(t, upstream, { tls: files });
  assert.match(gateway.url, /^https:/);
  const agent = new Agent({ rejectUnauthorized: false });
  t.after(() => agent.destroy());
  const { status, hsts } = await new Promise<{ status: number | undefined; hsts: unknown }>((resolve, reject) => {
    httpsRequest(`${gateway.url}/items`, { agent }, (response) => {
      response.resume();
      resolve({ status: response.statusCode, hsts: response.headers['strict-transport-security'] });
    })
      .on('error', reject)
      .end();
  });
  assert.equal(status, 200);
  assert.match(String(hsts), /max-age/);

  writeFileSync(join(folder, 'bad.pem'), 'not a key');
  for (const tls of [
    { cert: files.cert, key: join(folder, 'missing.pem') },
    { cert: files.cert, key: join(folder, 'bad.pem') },
    { cert: join(folder, 'bad.pem'), key: files.key },
    { cert: folder, key: files.key },
  ]) {
    assert.equal((await refusedStart({ upstream, tls })).code, 'tls-file');
  }

  const secured = createTlsServer(
    { cert: readFileSync(files.cert), key: readFileSync(files.key) },
    (request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":1}');
    },
  );
  await new Promise<void>((resolve) => {
    secured.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    secured.closeAllConnections();
    secured.close();
  });
  const distrusting = await before(t, `https://127.0.0.1:${(secured.address() as AddressInfo).port}`);
  const answer = await send(distrusting.gateway.url, '/items');
  assert.equal(answer.status, 502);
  assert.equal(problem(answer), 'bad-gateway');
});
