// A connection is of the certificate that it had with its first request: whoever renegotiates (TLS 1.2) is nobody else by it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import { createServer, type Server } from 'node:https';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { X509Certificate } from 'node:crypto';
import { after, test, type TestContext } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { createGuard } from '@castellan/guard';
import { node, type GuardedHandler } from '@castellan/guard/node';
import { createAuthority } from './certificates.ts';
import { certificateOf, holdCertificate } from '../src/node/certificate.ts';

const authority = createAuthority('Clients');
after(() => authority.close());
const ours = authority.issue('localhost', { usage: 'serverAuth' });
const ada = authority.issue('ada');

const contract = {
  openapi: '3.1.0',
  info: { title: 'Certificates', version: '1' },
  security: [{ certificate: [] }],
  components: { securitySchemes: { certificate: { type: 'mutualTLS' } } },
  paths: {
    '/me': {
      get: { responses: { 200: { description: '', content: { 'application/json': { schema: { type: 'object' } } } } } },
    },
  },
};
const authentication = { certificate: { certificates: { subject: 'common-name' as const, anyone: true } } };
const asking = { ...ours, ca: authority.cert, requestCert: true, rejectUnauthorized: false };

interface Started {
  readonly port: number;
  readonly close: () => unknown;
}

async function listening(server: Server | Http2SecureServer): Promise<Started> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

const whoami: GuardedHandler = (request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ subject: request.auth?.subject }));
};

async function guarded(make: (listener: RequestListener) => Server): Promise<Started> {
  const guard = await createGuard({ contract, authentication, limits: { perAddress: 'off' } });
  const server = make(node(guard, whoami));
  const { port, close } = await listening(server);
  return { port, close: () => [close(), guard.end()] };
}

const servers: Readonly<Record<string, () => Promise<Started>>> = {
  'node:https': () => guarded((listener) => createServer(asking, listener)),
  'node:http2 that speaks HTTP/1.1 as well': () =>
    guarded((listener) => createSecureServer({ ...asking, allowHTTP1: true }, listener as never) as unknown as Server),
};

/** A TLS 1.2 connection with the certificate of ada. */
class Client {
  readonly #socket: TLSSocket;
  readonly #gone: Promise<void>;
  #text = '';

  private constructor(socket: TLSSocket) {
    this.#socket = socket;
    socket.on('data', (chunk) => (this.#text += chunk.toString('latin1')));
    socket.on('error', () => {});
    this.#gone = new Promise((resolve) => void socket.once('close', () => resolve()));
  }

  static async open(t: TestContext, port: number, ALPNProtocols: string[] = []): Promise<Client> {
    const options = { rejectUnauthorized: false, maxVersion: 'TLSv1.2', ALPNProtocols, ...ada } as const;
    const socket = connect({ port, host: '127.0.0.1', ...options });
    t.after(() => socket.destroy());
    await once(socket, 'secureConnect');
    return new Client(socket);
  }

  /** The JSON that the server answers, or nothing where the connection ended. */
  async ask(request: string | Buffer = 'GET /me HTTP/1.1\r\nHost: localhost\r\n\r\n'): Promise<string | undefined> {
    this.#text = '';
    this.#socket.write(request);
    const whole = async (): Promise<void> => {
      while (!this.#text.endsWith('}')) await once(this.#socket, 'data');
    };
    await Promise.race([whole().catch(() => undefined), this.#gone]);
    return /\{.*\}$/s.exec(this.#text)?.[0];
  }

  /** False where the server ends the connection instead. */
  async renegotiate(): Promise<boolean> {
    const done = new Promise<boolean>((resolve) => {
      this.#socket.renegotiate({ rejectUnauthorized: false }, (error) => resolve(error === null));
    });
    return Promise.race([done, this.#gone.then(() => false)]);
  }
}

test('a server without the guard renegotiates', { timeout: 60_000 }, async (t) => {
  const { port, close } = await listening(createServer(asking, (_, response) => response.end('{}')));
  t.after(close);
  const client = await Client.open(t, port);
  assert.equal(await client.ask(), '{}');
  assert.equal(await client.renegotiate(), true);
  assert.equal(await client.ask(), '{}');
});

for (const [name, start] of Object.entries(servers)) {
  test(`${name}: after a request with a certificate nothing is renegotiated`, { timeout: 60_000 }, async (t) => {
    const { port, close } = await start();
    t.after(close);
    const client = await Client.open(t, port);
    assert.equal(await client.ask(), '{"subject":"ada"}');
    assert.equal(await client.renegotiate(), false);
    assert.equal(await client.ask(), undefined);
  });

  test(`${name}: what was renegotiated before counts`, { timeout: 60_000 }, async (t) => {
    const { port, close } = await start();
    t.after(close);
    const client = await Client.open(t, port);
    assert.equal(await client.renegotiate(), true);
    assert.equal(await client.ask(), '{"subject":"ada"}');
    assert.equal(await client.renegotiate(), false);
  });
}

/** What opens a connection, empty SETTINGS, and GET /me (RFC 9113 sections 3.4 and 6.2, RFC 7541 section 6). */
const firstBytes = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
  Buffer.from([0, 0, 10, 1, 5, 0, 0, 0, 1, 0x82, 0x87, 0x04, 3, ...Buffer.from('/me'), 0x01, 1, 0x61]),
]);

test('HTTP/2: nothing is renegotiated', { timeout: 60_000 }, async (t) => {
  const guard = await createGuard({ contract, authentication });
  const server = createSecureServer(asking, node(guard, whoami) as never);
  const { port, close } = await listening(server);
  t.after(() => [close(), guard.end()]);
  const client = await Client.open(t, port, ['h2']);
  assert.match((await client.ask(firstBytes)) ?? '', /\{"subject":"ada"\}$/);
  assert.equal(await client.renegotiate(), false);
});

const own = new X509Certificate(ada.cert);
const foreign = new X509Certificate(authority.issue('billing').cert);
/** What a connection may be in the course of a renegotiation: its state, then what it must be taken for. */
const states: readonly (readonly [string, object, X509Certificate | undefined])[] = [
  ['as it was', {}, own],
  ['another certificate shown, its key not proved yet', { getPeerX509Certificate: () => foreign }, own],
  [
    'another certificate that did not verify',
    { getPeerX509Certificate: () => foreign, authorizationError: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
    undefined,
  ],
  ['no certificate', { getPeerX509Certificate: () => undefined }, own],
  ['no longer verified', { authorized: false }, undefined],
];

for (const [what, change, taken] of states)
  test(`a connection with a certificate that is now ${what} is never another's`, () => {
    let disabled = 0;
    const socket = {
      authorized: true,
      authorizationError: null as unknown as Error,
      getPeerX509Certificate: (): X509Certificate | undefined => own,
      disableRenegotiation: () => (disabled += 1),
    };
    holdCertificate(socket as Partial<TLSSocket>);
    Object.assign(socket, change);
    assert.equal(certificateOf(socket as Partial<TLSSocket>), taken);
    assert.equal(disabled, 1);
  });

test('a certificate that did not verify is nobody, whenever it is looked at', () => {
  for (const state of [
    { authorized: false, authorizationError: 'CERT_HAS_EXPIRED' },
    { authorized: true, authorizationError: 'CERT_HAS_EXPIRED' },
    { authorized: false },
    {},
  ]) {
    const socket = { ...state, getPeerX509Certificate: () => foreign } as unknown as Partial<TLSSocket>;
    holdCertificate(socket);
    assert.equal(certificateOf(socket), undefined);
  }
});
