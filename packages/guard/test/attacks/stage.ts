// A guarded API with every security scheme, on plain and TLS sockets, and what good callers hold.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttp, type Server } from 'node:http';
import { createServer as createTls, request as tlsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';
import { createGuard, type AuthContext, type GuardEvent } from '@castellan/guard';
import { Sessions } from '@castellan/guard/authenticate';
import { addKey } from '@castellan/guard/keys';
import { node } from '@castellan/guard/node';
import { createAuthority, type Authority, type Pem } from '../certificates.ts';
import { send, type Answer, type Sent } from '../client.ts';
import { contract } from './contract.ts';

export const issuer = 'https://login.attacked.dev.example';
export const audience = 'attacked';

/** What an attack sends: to which path, and over TLS with a certificate where one is given. */
export interface Attempt extends Sent {
  readonly path: string;
  readonly tls?: Pem | 'none' | undefined;
}

export interface Keys {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly jwk: JWK;
}

export type Stage = Awaited<ReturnType<typeof openStage>>;

async function keysFor(algorithm: string, kid: string): Promise<Keys> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  return { privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: algorithm } as JWK };
}

/** Opens everything. The clock can be moved. */
export async function openStage() {
  let offset = 0;
  const now = (): number => Date.now() + offset;
  const [ec, rsa, stranger, seal, proof, otherProof, machine] = await Promise.all([
    keysFor('ES256', 'ec'),
    keysFor('RS256', 'rsa'),
    keysFor('ES256', 'ec'),
    keysFor('ECDH-ES+A256KW', 'seal'),
    keysFor('ES256', 'proof'),
    keysFor('ES256', 'other'),
    keysFor('ES256', 'machine'),
  ]);
  const authority = createAuthority('Clients');
  const strangers = createAuthority('Clients');
  const client = authority.issue('billing');
  const folder = mkdtempSync(join(tmpdir(), 'castellan-attacks-'));
  const store = join(folder, 'keys.json');
  const stored = await addKey(store, { subject: 'billing' }, now());
  const gone = await addKey(store, { subject: 'billing', expiresAt: now() - 1000 }, now() - 2000);
  const sessions = new Sessions({ clock: now });
  const provider = await openIntrospection();
  const apiKey = 'a7Fq2Zx9Lm4Tr8Yc1Wv6Nb3Hd5Ks0Jp';
  const events: GuardEvent[] = [];
  const common = { issuer, audience };
  const guard = await createGuard({
    contract,
    clock: now,
    limits: { perAddress: 'off' },
    trustedProxies: ['loopback'],
    onEvent: (event) => events.push(event),
    authentication: {
      jwt: { ...common, jwks: { keys: [ec.jwk] } },
      rsa: { ...common, jwks: { keys: [rsa.jwk] } },
      profile: { ...common, jwks: { keys: [ec.jwk] }, type: 'at+jwt', maxLifetime: 3600 },
      once: { ...common, jwks: { keys: [ec.jwk] }, once: true },
      sealed: {
        ...common,
        jwks: { keys: [ec.jwk] },
        decryption: { keys: [{ ...(await exportJWK(seal.privateKey)), alg: 'ECDH-ES+A256KW', kid: 'seal' } as JWK] },
      },
      bound: { ...common, jwks: { keys: [ec.jwk] }, proof: { required: true } },
      fresh: { ...common, jwks: { keys: [ec.jwk] }, proof: { required: true, nonce: true } },
      opaque: {
        ...common,
        jwks: { keys: [ec.jwk] },
        introspection: { endpoint: provider.url, client: { id: 'api', secret: 'for the test only 5Kd8' } },
      },
      password: { users: { ada: { password: 'copper lantern quietly 42' } } },
      key: { keys: { [apiKey]: { subject: 'billing' } } },
      stored: { store },
      query: { keys: { [apiKey]: { subject: 'billing' } } },
      session: { sessions },
      certificate: {
        certificates: { subject: 'common-name', known: { billing: { subject: 'billing' } } },
      },
      signed: { signatures: { keys: { machine: { key: machine.jwk, subject: 'billing' } } } },
    },
  });
  const contexts: AuthContext[] = [];
  const listener = node(guard, (request, response) => {
    if (request.auth !== undefined) contexts.push(request.auth);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ subject: request.auth?.subject }));
  });
  const plain = await listen(createHttp({ maxHeaderSize: 64 * 1024 }, listener));
  const server = authority.issue('localhost', { usage: 'serverAuth' });
  const tls = await listen(
    createTls(
      { cert: server.cert, key: server.key, ca: authority.cert, requestCert: true, rejectUnauthorized: false },
      listener,
    ),
  );

  return {
    guard,
    events,
    contexts,
    ec,
    rsa,
    stranger,
    seal,
    proof,
    otherProof,
    machine,
    authority,
    strangers,
    client,
    sessions,
    provider,
    apiKey,
    stored,
    gone,
    now,
    url: plain.url,
    tlsUrl: tls.url,
    moveClock: (milliseconds: number) => void (offset += milliseconds),
    /** A good token, changed as asked. */
    token: (claims: JWTPayload = {}, header: Record<string, unknown> = {}, keys: Keys = ec): Promise<string> =>
      new SignJWT(goodClaims(now(), claims))
        .setProtectedHeader({ alg: 'ES256', kid: 'ec', ...header })
        .sign(keys.privateKey),
    goodClaims: (claims: JWTPayload = {}) => goodClaims(now(), claims),
    send: ({ path, tls: certificate, ...sent }: Attempt): Promise<Answer> =>
      certificate === undefined ? send(plain.url, path, sent) : sendTls(tls.url, path, sent, certificate, authority),
    async close() {
      await plain.close();
      await tls.close();
      await provider.close();
      await guard.end();
      for (const one of [authority, strangers]) one.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function goodClaims(now: number, claims: JWTPayload): JWTPayload {
  const seconds = Math.floor(now / 1000);
  return {
    iss: issuer,
    aud: audience,
    sub: 'ada',
    scope: 'orders:read',
    iat: seconds,
    exp: seconds + 600,
    jti: randomUUID(),
    ...claims,
  };
}

async function listen(server: Server): Promise<{ readonly url: string; readonly close: () => Promise<unknown> }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const scheme = 'setSecureContext' in server ? 'https' : 'http';
  return {
    url: `${scheme}://127.0.0.1:${port}`,
    close: () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      return closed;
    },
  };
}

/** An introspection endpoint (RFC 7662) that knows the tokens it is told. */
async function openIntrospection() {
  const answers = new Map<string, object>();
  const server = createHttp((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const token = new URLSearchParams(Buffer.concat(chunks).toString()).get('token') ?? '';
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answers.get(token) ?? { active: false }));
    });
  });
  return { ...(await listen(server)), answers };
}

function sendTls(
  base: string,
  path: string,
  sent: Sent,
  certificate: Pem | 'none',
  authority: Authority,
): Promise<Answer> {
  const url = new URL(base);
  return new Promise((resolve, reject) => {
    const outgoing = tlsRequest(
      {
        host: url.hostname,
        port: url.port,
        path,
        method: sent.method ?? 'GET',
        agent: false,
        ca: authority.cert,
        ...(certificate === 'none' ? {} : { cert: certificate.cert, key: certificate.key }),
        headers: { ...(sent.token === undefined ? {} : { authorization: `Bearer ${sent.token}` }), ...sent.headers },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: {} });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(sent.body);
  });
}
