// What proving who calls costs: each scheme in µs of processor time per request, all threads together, no sockets.
// npm run bench -- auth
import { createHash, randomUUID, sign, KeyObject, type X509Certificate } from 'node:crypto';
import { exportJWK, generateKeyPair, calculateJwkThumbprint, SignJWT, type JWK } from 'jose';
import { loadContract } from '@castellan/contract';
import { Sessions, csrfToken } from '@castellan/guard/authenticate';
import { RevocationList } from '@castellan/guard/revocation';
import { createAuthentication, type Authenticate } from '../../packages/guard/src/authenticate/index.ts';
import type { SchemeRequest } from '../../packages/guard/src/scheme.ts';

const issuer = 'https://login.company.com';
const audience = 'orders';
const apiKey = 'a7Fq2Zx9Lm4Tr8Yc1Wv6Nb3Hd5Ks0Jp';
const password = 'copper lantern quietly 42';
const schemes = {
  es256: { type: 'http', scheme: 'bearer' },
  two: { type: 'http', scheme: 'bearer' },
  rs256: { type: 'http', scheme: 'bearer' },
  dpop: { type: 'http', scheme: 'bearer' },
  basic: { type: 'http', scheme: 'basic' },
  key: { type: 'apiKey', in: 'header', name: 'x-key' },
  session: { type: 'apiKey', in: 'cookie', name: 'session' },
  certificate: { type: 'mutualTLS' },
  signed: { type: 'http', scheme: 'signature' },
};
const operation = (operationId: string, security: object): object => ({
  operationId,
  security: [security],
  responses: {},
});
const document = {
  openapi: '3.1.0',
  info: { title: 'Orders', version: '1' },
  paths: {
    ...Object.fromEntries(Object.keys(schemes).map((name) => [`/${name}`, { get: operation(name, { [name]: [] }) }])),
    '/both': { get: operation('both', { es256: [], key: [] }) },
  },
  components: { securitySchemes: schemes },
};

const [ec, rsa, holder, machine] = await Promise.all(
  (['ES256', 'RS256', 'ES256', 'ES256'] as const).map(async (alg, index) => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    return { privateKey, jwk: { ...(await exportJWK(publicKey)), alg, kid: `k${index}` } as JWK };
  }),
);
if (ec === undefined || rsa === undefined || holder === undefined || machine === undefined) throw new Error('no keys');

const thumbprint = 'ab'.repeat(32);
const certificate = {
  fingerprint256: thumbprint,
  ca: false,
  validFrom: 'Jan 1 2020 GMT',
  validTo: 'Jan 1 2099 GMT',
  issuer: 'CN=ca',
  subject: 'CN=billing',
} as unknown as X509Certificate;
const sessions = new Sessions();
const cookie = sessions.start({ subject: 'ada' });
const contract = await loadContract(document);
const revocations = new RevocationList();
let fetches = 0;
const fetch = (): Promise<never> => {
  fetches += 1;
  return Promise.reject(new Error('nothing is fetched here'));
};
const authentication = await createAuthentication({
  contract,
  revocations,
  fetch,
  authentication: {
    es256: { issuer, audience, jwks: { keys: [ec.jwk] } },
    two: [
      { issuer, audience, jwks: { keys: [ec.jwk] } },
      { issuer: 'https://partners.company.com', audience, jwks: 'https://partners.company.com/jwks', lazy: true },
    ],
    rs256: { issuer, audience, jwks: { keys: [rsa.jwk] } },
    dpop: { issuer, audience, jwks: { keys: [ec.jwk] }, proof: { required: true } },
    basic: { users: { ada: { password } } },
    key: { keys: { [apiKey]: { subject: 'billing' } } },
    session: { sessions },
    certificate: { certificates: { known: { [thumbprint]: { subject: 'billing' } } } },
    signed: { signatures: { keys: { machine: { key: machine.jwk, subject: 'billing' } } } },
  },
});
const authenticateOf = (name: string): Authenticate => {
  const found = contract.operations.find((one) => one.operationId === name);
  const authenticate = found === undefined ? undefined : authentication.forOperation(found);
  if (authenticate === undefined) throw new Error(`nothing to do for ${name}`);
  return authenticate;
};

const now = Date.now();
function request(
  headers: Record<string, string>,
  more: { method?: string; certificate?: boolean } = {},
): SchemeRequest {
  return {
    incoming: {
      method: more.method ?? 'GET',
      target: '/orders?limit=20',
      rawHeaders: Object.entries(headers).flat(),
      headers,
      httpVersion: '1.1',
      remoteAddress: '127.0.0.1',
      encrypted: true,
      clientCertificate: () => (more.certificate === true ? certificate : undefined),
    },
    authorization: headers['authorization'],
    address: '127.0.0.1',
    url: 'https://api.company.com/orders',
    now,
  };
}

const seconds = Math.floor(now / 1000);
const token = (keys: typeof ec, alg: string, more: object = {}): Promise<string> =>
  new SignJWT({ scope: 'orders:read', jti: randomUUID(), ...more })
    .setProtectedHeader({ alg, kid: String(keys.jwk.kid) })
    .setIssuer(String((more as { iss?: string }).iss ?? issuer))
    .setAudience(audience)
    .setSubject('ada')
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + 3600)
    .sign(keys.privateKey);
const bearer = (text: string): Record<string, string> => ({ authorization: `Bearer ${text}` });

async function many<T>(count: number, make: () => Promise<T>): Promise<T[]> {
  const list: T[] = [];
  for (let i = 0; i < count; i++) list.push(await make());
  return list;
}

const bound = await token(ec, 'ES256', { cnf: { jkt: await calculateJwkThumbprint(holder.jwk) } });
const { alg: _alg, kid: _kid, ...holderJwk } = holder.jwk;
const proofRequest = async (): Promise<SchemeRequest> => {
  const proof = await new SignJWT({
    htm: 'GET',
    htu: 'https://api.company.com/orders',
    iat: seconds,
    jti: randomUUID(),
    ath: createHash('sha256').update(bound).digest('base64url'),
  })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: holderJwk as JWK })
    .sign(holder.privateKey);
  return request({ authorization: `DPoP ${bound}`, dpop: proof });
};
const signedRequest = async (): Promise<SchemeRequest> => {
  const parameters = `("@method" "@authority" "@path" "@query");created=${seconds};nonce="${randomUUID()}";keyid="machine"`;
  const base = `"@method": GET\n"@authority": api.company.com\n"@path": /orders\n"@query": ?limit=20\n"@signature-params": ${parameters}`;
  const key = KeyObject.from(machine.privateKey as never);
  const signature = sign('sha256', Buffer.from(base), { key, dsaEncoding: 'ieee-p1363' }).toString('base64');
  return request({ 'signature-input': `sig=${parameters}`, signature: `sig=:${signature}:` });
};

/** Microseconds of processor time per request, so that other work on the machine counts little; the median of five runs where every request may be repeated. */
async function measure(name: string, requests: readonly SchemeRequest[], rounds: number, good = true): Promise<number> {
  const authenticate = authenticateOf(name);
  const runs: number[] = [];
  for (let run = 0; run < (rounds === 1 ? 1 : 5); run++) {
    const started = process.cpuUsage();
    for (let round = 0; round < rounds; round++) {
      for (const one of requests) {
        const outcome = authenticate(one);
        const settled = outcome instanceof Promise ? await outcome : outcome;
        if (settled === undefined || 'subject' in settled !== good)
          throw new Error(`${name}: ${JSON.stringify(settled)}`);
      }
    }
    const { user, system } = process.cpuUsage(started);
    runs.push((user + system) / (rounds * requests.length));
  }
  return runs.sort((a, b) => a - b)[Math.floor(runs.length / 2)] ?? 0;
}

const remembered = request(bearer(await token(ec, 'ES256')));
const basic = (secret: string): SchemeRequest =>
  request({ authorization: `Basic ${Buffer.from(`ada:${secret}`).toString('base64')}` });
const rows: [what: string, microseconds: number][] = [];
const row = async (
  what: string,
  name: string,
  requests: readonly SchemeRequest[],
  rounds: number,
  good = true,
): Promise<void> => {
  rows.push([what, await measure(name, requests, rounds, good)]);
};

await row('JWT ES256, first time', 'es256', await many(2000, async () => request(bearer(await token(ec, 'ES256')))), 1);
await row(
  'JWT RS256 2048, first time',
  'rs256',
  await many(500, async () => request(bearer(await token(rsa, 'RS256')))),
  1,
);
await row('password (Argon2id 19 MiB), first time', 'basic', [basic(password)], 1);
await row('JWT, remembered', 'es256', [remembered], 50_000);
await row('JWT, remembered, two issuers', 'two', [remembered], 50_000);
const foreign = await many(200, async () => request(bearer(await token(ec, 'ES256', { iss: 'https://evil.example' }))));
const fetched = fetches;
await row('JWT of a foreign issuer', 'es256', foreign, 100, false);
await row('JWT of a foreign issuer, two issuers', 'two', foreign, 100, false);
await row('password, remembered', 'basic', [basic(password)], 50_000);
await row('API key', 'key', [request({ 'x-key': apiKey })], 50_000);
await row(
  'token and API key (AND)',
  'both',
  [request({ ...bearer(await token(ec, 'ES256')), 'x-key': apiKey })],
  50_000,
);
await row('session cookie, GET', 'session', [request({ cookie: `session=${cookie}` })], 50_000);
await row(
  'session cookie, POST with CSRF defence',
  'session',
  [
    request(
      { cookie: `session=${cookie}`, origin: 'https://api.company.com', 'x-csrf-token': csrfToken(cookie) },
      { method: 'POST' },
    ),
  ],
  50_000,
);
await row('client certificate', 'certificate', [request({}, { certificate: true })], 50_000);
await row('DPoP: remembered token, new proof', 'dpop', await many(2000, proofRequest), 1);
await row('HTTP message signature ES256', 'signed', await many(2000, signedRequest), 1);
for (let i = 0; i < 10_000; i++) await revocations.revoke({ kind: 'token', id: `revoked-${i}` });
await row('JWT, remembered, 10,000 revocations', 'es256', [remembered], 50_000);

console.log(`Node ${process.versions.node}, µs of processor time per request`);
for (const [what, microseconds] of rows)
  console.log(`${what.padEnd(42)} ${microseconds.toFixed(microseconds < 100 ? 2 : 0).padStart(9)}`);
if (fetches !== fetched) {
  console.log('a token of a foreign issuer caused a fetch');
  process.exitCode = 1;
}
if (rows.some(([what, microseconds]) => what.includes('foreign') && microseconds >= 20)) {
  console.log('tokens of a foreign issuer cost 20 µs or more');
  process.exitCode = 1;
}
const slow = rows.filter(([what, microseconds]) => what.startsWith('JWT, remembered') && microseconds >= 2);
if (slow.length > 0) {
  console.log('remembered tokens cost 2 µs or more');
  process.exitCode = 1;
}
