// For each member of an entry of `authentication`: a credential whose outcome is another one where the member says something else.
import { createHash, generateKeyPairSync, randomUUID, sign, X509Certificate } from 'node:crypto';
import { CompactEncrypt, SignJWT, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import type { Contract, SecurityScheme } from '@castellan/contract';
import { CastellanError } from '@castellan/contract';
import { Attempts } from '../../packages/guard/src/authenticate/attempts.ts';
import { csrfToken } from '../../packages/guard/src/authenticate/csrf.ts';
import { readScheme } from '../../packages/guard/src/authenticate/read-scheme.ts';
import { verifierOf } from '../../packages/guard/src/authenticate/verifier.ts';
import type { SchemeRequest, SchemeVerifier } from '../../packages/guard/src/scheme.ts';
import { createAuthority } from '../../packages/guard/test/certificates.ts';
import { audience, issuer } from '../../packages/guard/test/tokens.ts';
import { file, identity, jwks, type Probe } from './api.ts';

/** A moment after all that is made here: a certificate is not valid before the second in which it was made. */
const now = Date.now() + 10_000;
const scheme = (of: object): SecurityScheme => ({ name: 'it', ...of }) as unknown as SecurityScheme;
const bearer = scheme({ type: 'http', scheme: 'bearer' });
const basic = scheme({ type: 'http', scheme: 'basic' });
const header = scheme({ type: 'apiKey', in: 'header', key: 'x-key' });
const cookie = scheme({ type: 'apiKey', in: 'cookie', key: '__Host-s' });
const tls = scheme({ type: 'mutualTLS' });
const signed = scheme({ type: 'http', scheme: 'signature' });

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly certificate?: X509Certificate;
  readonly query?: string;
  /** Seconds after the start. */
  readonly later?: number;
}

function requestOf({ method = 'GET', headers = {}, certificate, later = 0, query }: Sent): SchemeRequest {
  const incoming = {
    method,
    target: query === undefined ? '/a' : `/a?${query}`,
    rawHeaders: Object.entries({ host: 'api.example.com', ...headers }).flat(),
    headers: { host: 'api.example.com', ...headers },
    clientCertificate: () => certificate,
  };
  return {
    incoming: incoming as unknown as SchemeRequest['incoming'],
    authorization: headers['authorization'],
    address: '192.0.2.1',
    url: 'https://api.example.com/a',
    now: now + later * 1000,
  };
}

type Fetch = typeof globalThis.fetch;
const away: Fetch = () => Promise.reject(new Error('nobody is there'));

/** The contract of an API that one operation of each name belongs to. */
const apiOf = (one: SecurityScheme): Contract => {
  const security = [{ schemes: [{ scheme: one, scopes: [] }] }];
  const operations = ['getMe'].map((operationId) => ({ operationId, method: 'GET', path: '/me', security }));
  return { operations, servers: [] } as unknown as Contract;
};

/** What becomes of these requests, one after another; where start refuses, its code. */
async function outcomes(
  of: SecurityScheme,
  value: unknown,
  all: readonly Sent[],
  fetch: Fetch = away,
): Promise<string> {
  let verifier: SchemeVerifier;
  try {
    verifier = await verifierOf(of, readScheme(of, value), {
      realm: 'it',
      fetch,
      attempts: new Attempts(),
      origins: [],
      contract: apiOf(of),
      clock: () => now,
    });
  } catch (error) {
    if (error instanceof CastellanError) return `start: ${error.code}`;
    throw error;
  }
  const found: unknown[] = [];
  for (const one of all) {
    const outcome = await verifier.verify(requestOf(one));
    found.push('identity' in outcome ? { ...outcome.identity, claims: undefined } : outcome);
  }
  await verifier.close?.();
  return JSON.stringify(found);
}

const differ =
  (of: SecurityScheme, without: object, with_: object, ...all: readonly Sent[]): Probe =>
  async () => [await outcomes(of, without, all), await outcomes(of, with_, all)];

// Tokens

const own = { issuer, audience, jwks };
const withToken = (token: string, more: Sent = {}): Sent => ({
  ...more,
  headers: { authorization: `Bearer ${token}` },
});
const tokens =
  (without: object, with_: object, claims: Readonly<Record<string, unknown>> = {}, ...more: readonly Sent[]): Probe =>
  async () => {
    const token = await identity.token(claims);
    const all = more.length === 0 ? [withToken(token)] : more.map((one) => withToken(token, one));
    return [await outcomes(bearer, { ...own, ...without }, all), await outcomes(bearer, { ...own, ...with_ }, all)];
  };

/** A provider that counts what it is asked. */
function provider(answer: (url: string, init: RequestInit | undefined) => object | undefined): {
  fetch: Fetch;
  asked: string[];
} {
  const asked: string[] = [];
  const fetch: Fetch = (url, init) => {
    asked.push(`${String(url)} ${JSON.stringify(init?.headers ?? {})}`);
    const found = answer(String(url), init);
    return found === undefined ? Promise.reject(new Error('away')) : Promise.resolve(Response.json(found));
  };
  return { fetch, asked };
}
const active = {
  active: true,
  iss: issuer,
  aud: audience,
  sub: 'ada',
  exp: Math.floor(now / 1000) + 600,
  token_type: 'Bearer',
};
const client = { id: 'api', secret: 'kT7vQ2mXz9rLw4Yb8NcD' };
/** How often, where and as whom the provider was asked about a token. */
const asking = async (introspection: object, more: object, sent: readonly Sent[]): Promise<string> => {
  const { fetch, asked } = provider((url) => (url.endsWith('/jwks') ? jwks : active));
  const outcome = await outcomes(
    bearer,
    { issuer, audience, introspection: { endpoint: 'https://id.example/ask', client, ...introspection }, ...more },
    sent,
    fetch,
  );
  return `${outcome.slice(0, 40)} ${asked.join('\n')}`;
};
const introspections =
  (without: object, with_: object, more: object = {}): Probe =>
  async () => {
    const token = Object.keys(more).length === 0 ? 'opaque' : await identity.token();
    const sent = [withToken(token), withToken(token, { later: 1 })];
    return [await asking(without, more, sent), await asking(with_, more, sent)];
  };
const published = async (value: object, laters: readonly number[], broken = false): Promise<string> => {
  let up = true;
  const { fetch, asked } = provider(() => (up ? jwks : undefined));
  const token = await identity.token({ exp: Math.floor(now / 1000) + 1_000_000 });
  const sent = laters.map((later) => withToken(token, { later }));
  const of = readScheme(bearer, { ...own, jwks: 'https://id.example/jwks', ...value });
  const verifier = await verifierOf(bearer, of, {
    realm: 'it',
    fetch,
    attempts: new Attempts(),
    origins: [],
    contract: apiOf(bearer),
    clock: () => now,
  });
  up = !broken;
  const found: string[] = [];
  for (const one of sent) found.push((await verifier.verify(requestOf(one))).outcome);
  await verifier.close?.();
  return `${found.join(' ')} ${broken ? '' : asked.length}`;
};

// Proofs

const holder = await generateKeyPair('ES256', { extractable: true });
const holderJwk = await exportJWK(holder.publicKey);
const bound = async (): Promise<string> => identity.token({ cnf: { jkt: await calculateJwkThumbprint(holderJwk) } });
async function proven(age = 0, later = 0): Promise<Sent> {
  const token = await bound();
  const proof = await new SignJWT({
    htm: 'GET',
    htu: 'https://api.example.com/a',
    iat: Math.floor(now / 1000) - age,
    jti: randomUUID(),
    ath: createHash('sha256').update(token).digest('base64url'),
  })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: holderJwk })
    .sign(holder.privateKey);
  return { headers: { authorization: `DPoP ${token}`, dpop: proof }, later };
}
const proofs =
  (without: object, with_: object, age = 0): Probe =>
  async () => {
    const sent = [await proven(age)];
    return [
      await outcomes(bearer, { ...own, proof: without }, sent),
      await outcomes(bearer, { ...own, proof: with_ }, sent),
    ];
  };

// Grants, keys, users

const key = 'kT7vQ2mXz9rLw4Yb8NcDaPqRs';
const other = 'xx7vQ2mXz9rLw4Yb8NcDaPqRs';
const withKey: Sent = { headers: { 'x-key': key } };
/** Each part of a grant, where `entry` puts it. */
const grants = (
  of: SecurityScheme,
  path: string,
  entry: (grant: object) => object,
  sent: Sent,
): Readonly<Record<string, Probe>> => {
  const given = { subject: 'ada' };
  return {
    [`${path}.subject`]: differ(of, entry(given), entry({ subject: 'bob' }), sent),
    [`${path}.scopes`]: differ(of, entry(given), entry({ ...given, scopes: ['a'] }), sent),
    [`${path}.groups`]: differ(of, entry(given), entry({ ...given, groups: ['a'] }), sent),
    [`${path}.tenant`]: differ(of, entry(given), entry({ ...given, tenant: 'a' }), sent),
  };
};
const keys = (path: string, entry: (holder: object) => object): Readonly<Record<string, Probe>> => ({
  ...grants(header, path, entry, withKey),
  [`${path}.id`]: differ(header, entry({ subject: 'ada' }), entry({ subject: 'ada', id: 'k1' }), withKey),
  [`${path}.expiresAt`]: differ(
    header,
    entry({ subject: 'ada' }),
    entry({ subject: 'ada', expiresAt: '2020-01-01' }),
    withKey,
  ),
});
const password = 'Correct-Horse-9-battery';
const withPassword: Sent = { headers: { authorization: `Basic ${Buffer.from(`ada:${password}`).toString('base64')}` } };
const users = (path: string, entry: (user: object) => object): Readonly<Record<string, Probe>> => ({
  ...grants(basic, path, (grant) => entry({ password, ...grant }), withPassword),
  [`${path}.password`]: differ(
    basic,
    entry({ password: 'Another-Horse-9-battery' }),
    entry({ password }),
    withPassword,
  ),
  [`${path}.hash`]: differ(
    basic,
    entry({ password }),
    entry({ hash: '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$q6yYkV1Wn9dM2Xb8GxqQkq6yYkV1Wn9dM2Xb8GxqQko' }),
    withPassword,
  ),
});

// Forged requests

const secret = 'a-secret-of-the-tokens-that-is-long-9Kq';
/** Each member of csrf on a credential in a cookie. */
const forged = (kind: string, entry: object, value = key): Readonly<Record<string, Probe>> => {
  const post = (headers: Readonly<Record<string, string>>): Sent => ({
    method: 'POST',
    headers: { cookie: `__Host-s=${value}`, ...headers },
  });
  const own = { origin: 'https://api.example.com' };
  const set = (csrf: object): object => ({ ...entry, csrf });
  const token = csrfToken(value, secret);
  return {
    [`${kind}.csrf.origins`]: differ(
      cookie,
      set({ token: 'fallback' }),
      set({ token: 'fallback', origins: ['https://app.example'] }),
      post({ origin: 'https://app.example' }),
    ),
    [`${kind}.csrf.secret`]: differ(cookie, set({}), set({ secret }), post({ ...own, 'x-csrf-token': token })),
    [`${kind}.csrf.header`]: differ(
      cookie,
      set({ secret }),
      set({ secret, header: 'x-mine' }),
      post({ ...own, 'x-mine': token }),
    ),
    [`${kind}.csrf.token`]: differ(cookie, set({}), set({ token: 'fallback' }), post(own)),
  };
};
const sessions = {
  find: (value: string) =>
    value === key ? { id: 's1', subject: 'ada', startedAt: now, expiresAt: now + 60_000 } : undefined,
};
const records = { find: () => Promise.resolve(undefined) };
const verify = (): { subject: string } => ({ subject: 'ada' });
const foreign = (sent: Sent): Sent => ({
  ...sent,
  method: 'POST',
  headers: { ...sent.headers, origin: 'https://app.example' },
});
const origins = { csrf: { origins: ['https://app.example'] } };

// Certificates and signatures

const authority = createAuthority('words');
const certificate = new X509Certificate(authority.issue('billing').cert);
authority.close();
const known = (grant: object): object => ({ certificates: { subject: 'common-name', known: { billing: grant } } });
const machine = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const machineKey = machine.publicKey.export({ format: 'jwk' });
const clients = (grant: object, more: object = {}): object => ({
  signatures: { keys: { m: { key: machineKey, ...grant } }, ...more },
});
function message({
  age = 0,
  nonce = true,
  more = '',
  components = ['@method', '@authority', '@path', '@query'],
} = {}): Sent {
  const values: Readonly<Record<string, string>> = {
    '@method': 'GET',
    '@authority': 'api.example.com',
    '@path': '/a',
    '@query': '?',
  };
  const parameters = `(${components.map((name) => `"${name}"`).join(' ')});created=${Math.floor(now / 1000) - age}${nonce ? `;nonce="${randomUUID()}"` : ''};keyid="m"${more}`;
  const base = [...components.map((name) => `"${name}": ${values[name]}`), `"@signature-params": ${parameters}`].join(
    '\n',
  );
  const value = sign('sha256', Buffer.from(base), { key: machine.privateKey, dsaEncoding: 'ieee-p1363' }).toString(
    'base64',
  );
  return { headers: { 'signature-input': `sig=${parameters}`, signature: `sig=:${value}:` } };
}
const messages = (more: object, sent: Sent): Probe =>
  differ(signed, clients({ subject: 'm' }), clients({ subject: 'm' }, more), sent);
const full = { use: () => 'full' };
const ada = { subject: 'ada' };

const cookieToken = await identity.token();
/** A file that is not there is told at start. */
const connectionWithout = (name: string): object => (name === 'key' ? { certificate: file('', 'pem') } : {});
/** A token in another place than `Authorization`. */
const elsewhere = async (from: object, sent: Sent): Promise<readonly [string, string]> => [
  await outcomes(bearer, own, [sent]),
  await outcomes(bearer, { ...own, from }, [sent]),
];
const notices = async (value: object): Promise<string> => {
  const needs = {
    realm: 'it',
    fetch: away,
    attempts: new Attempts(),
    origins: [],
    contract: apiOf(bearer),
    clock: () => now,
  };
  return JSON.stringify((await verifierOf(bearer, readScheme(bearer, value), needs)).notices);
};

/** An API whose operation says who calls; how often it was asked. */
let questions = 0;
const me: Fetch = (url) => {
  questions += 1;
  const person = {
    id: 7,
    name: 'ada',
    teams: ['a'],
    role: 'a b',
    map: { a: {} },
    org: 'acme',
    permissions: ['p'],
    questions,
  };
  return Promise.resolve(
    String(url).startsWith('http://api') ? Response.json(person) : Response.json({}, { status: 500 }),
  );
};
const sentTwice = [withToken('x'), withToken('x', { later: 1 })];
const asked = { whoami: 'getMe', at: 'http://api', subject: '/name' };
const whoamis: Readonly<Record<string, readonly [without: object, with_: object]>> = {
  whoami: [asked, { ...asked, whoami: 'getYou' }],
  at: [asked, { ...asked, at: 'http://other' }],
  subject: [asked, { ...asked, subject: '/id' }],
  'groups.claim': [asked, { ...asked, groups: { claim: '/teams' } }],
  'groups.separator': [asked, { ...asked, groups: { claim: '/role', separator: ' ' } }],
  'groups.members': [asked, { ...asked, groups: { claim: '/map', members: 'names' } }],
  scopes: [asked, { ...asked, scopes: '/permissions' }],
  tenant: [asked, { ...asked, tenant: '/org' }],
  optionalGroups: [
    { ...asked, groups: '/none' },
    { ...asked, groups: '/none', optionalGroups: true },
  ],
  cache: [
    { ...asked, subject: '/questions' },
    { ...asked, subject: '/questions', cache: 0 },
  ],
};

/** A token that is not cached is verified with the keys as they are now. */
const cached = (name: 'cachedTokens' | 'remember'): Probe => {
  const same = async (size: number): Promise<string> => {
    const verifier = await verifierOf(bearer, readScheme(bearer, { ...own, [name]: size }), {
      realm: 'it',
      fetch: away,
      attempts: new Attempts(),
      origins: [],
      contract: apiOf(bearer),
      clock: () => now,
    });
    const request = requestOf(withToken(await identity.token()));
    await verifier.verify(request);
    return String(verifier.verify(request) instanceof Promise);
  };
  return async () => [await same(10), await same(0)];
};

export const probes: Readonly<Record<string, Probe>> = {
  'issuer.issuer': tokens({}, { issuer: 'https://other.example' }),
  'issuer.audience': tokens({}, { audience: ['other'] }),
  'issuer.tenants': tokens(
    { issuer: 'https://login.{tenant}.com', tenants: ['example'] },
    { issuer: 'https://login.{tenant}.com', tenants: ['other'] },
  ),
  'issuer.require': tokens({ require: { sub: 'ada' } }, { require: { sub: ['bob'] } }),
  'issuer.dedicatedKeys': differ(bearer, { issuer, jwks, dedicatedKeys: false }, { issuer, jwks, dedicatedKeys: true }),
  'issuer.secret': async () => {
    const secret = 'kT7vQ2mXz9rLw4Yb8NcDaPqRsUiOeJhGfWnBvCxZ';
    const token = await new SignJWT({ sub: 'ada', exp: Math.floor(now / 1000) + 60 })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.from(secret));
    const sent = [withToken(token)];
    return [await outcomes(bearer, { secret: secret.toUpperCase() }, sent), await outcomes(bearer, { secret }, sent)];
  },
  'issuer.from.header': async () =>
    elsewhere({ header: 'x-token' }, { headers: { 'x-token': await identity.token() } }),
  'issuer.from.cookie': async () =>
    elsewhere({ cookie: 'at' }, { headers: { cookie: `at=${await identity.token()}` } }),
  'issuer.from.query': async () => elsewhere({ query: 'at' }, { query: `at=${await identity.token()}` }),
  ...forged('issuer', own, cookieToken),
  ...Object.fromEntries(
    ['ca', 'certificate', 'key'].map((name) => [
      `issuer.connection.${name}`,
      differ(
        bearer,
        { issuer, audience, jwks: 'https://127.0.0.1:1/jwks', connection: connectionWithout(name) },
        {
          issuer,
          audience,
          jwks: 'https://127.0.0.1:1/jwks',
          connection: { ...connectionWithout(name), [name]: '/no' },
        },
      ),
    ]),
  ),
  'issuer.connection.hosts': async () => [
    await notices({ ...own, issuer: 'https://login.test' }),
    await notices({ ...own, issuer: 'https://login.test', connection: { hosts: ['login.test'] } }),
  ],
  'issuer.subject': tokens({}, { subject: '/email' }, { email: 'ada@example.com' }),
  'issuer.groups.claim': tokens({}, { groups: { claim: 'claims.teams' } }, { teams: ['a'] }),
  'issuer.groups.separator': tokens({}, { groups: { claim: 'groups', separator: ' ' } }, { groups: 'a b' }),
  'issuer.groups.members': tokens({}, { groups: { claim: 'groups', members: 'names' } }, { groups: { a: {} } }),
  'issuer.scopes': tokens({}, { scopes: '/permissions' }, { permissions: ['a'] }),
  'issuer.algorithms': tokens({}, { algorithms: ['RS256'] }),
  'issuer.jwks.keys': async () => {
    const others = { keys: [{ ...holderJwk, kid: 'k1', alg: 'ES256' }] };
    const sent = [withToken(await identity.token())];
    return [await outcomes(bearer, own, sent), await outcomes(bearer, { ...own, jwks: others }, sent)];
  },
  'issuer.clockSkew': tokens({}, { clockSkew: 0 }, { exp: Math.floor(now / 1000) - 10 }),
  'issuer.type': tokens({}, { type: 'at+jwt' }),
  'issuer.tenant': tokens({}, { tenant: 'claims.org' }, { org: 'a' }),
  'issuer.optionalGroups': tokens({ groups: 'claims.roles' }, { groups: 'claims.roles', optionalGroups: true }),
  'issuer.cachedTokens': cached('cachedTokens'),
  'issuer.remember': cached('remember'),
  'issuer.maxLifetime': tokens({}, { maxLifetime: 60 }),
  'issuer.once': tokens({}, { once: true }, { jti: 'j1' }, {}, {}),
  'issuer.replay': tokens({ once: true }, { once: true, replay: full }, { jti: 'j2' }),
  'issuer.introspection.endpoint': introspections({}, { endpoint: 'https://id.example/other' }),
  'issuer.introspection.client.id': introspections({}, { client: { ...client, id: 'mine' } }),
  'issuer.introspection.client.secret': introspections({}, { client: { ...client, secret: 'yT7vQ2mXz9rLw4Yb8NcD' } }),
  'issuer.introspection.client.key': introspections(
    { client: { id: 'api', key: '/nowhere.json' } },
    { client: { id: 'api', key: { ...(await exportJWK(holder.privateKey)), alg: 'ES256' } } },
  ),
  'issuer.introspection.client.auth': introspections({}, { client: { ...client, auth: 'post' } }),
  'issuer.introspection.all': introspections({}, { all: true }, { jwks }),
  'issuer.introspection.cache': introspections({}, { cache: 60 }),
  'issuer.proof.required': tokens({ proof: {} }, { proof: { required: true } }),
  'issuer.proof.kinds': proofs({}, { kinds: ['certificate'] }),
  'issuer.proof.algorithms': proofs({}, { algorithms: ['PS256'] }),
  'issuer.proof.maxAge': proofs({}, { maxAge: 1 }, 50),
  'issuer.proof.nonce': proofs({}, { nonce: true }),
  'issuer.proof.replay': proofs({}, { replay: full }),
  'issuer.decryption.keys': async () => {
    const { publicKey, privateKey } = await generateKeyPair('ECDH-ES', { extractable: true });
    const text = await new CompactEncrypt(new TextEncoder().encode(await identity.token()))
      .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', cty: 'JWT' })
      .encrypt(publicKey);
    const decryption = { keys: [{ ...(await exportJWK(privateKey)), alg: 'ECDH-ES', use: 'enc' }] };
    return [
      await outcomes(bearer, own, [withToken(text)]),
      await outcomes(bearer, { ...own, decryption }, [withToken(text)]),
    ];
  },
  'issuer.refresh': async () => [
    await published({ refresh: 600 }, [1, 100, 101]),
    await published({ refresh: 50 }, [1, 100, 101]),
  ],
  'issuer.outage': async () => {
    const after = [700, 800, 900];
    return [await published({ outage: 3600 }, after, true), await published({ outage: 0 }, after, true)];
  },
  'issuer.lazy': differ(
    bearer,
    { ...own, jwks: 'https://id.example/jwks' },
    { ...own, jwks: 'https://id.example/jwks', lazy: true },
  ),
  ...keys('keys.keys.*', (one) => ({ keys: { [key]: one } })),
  ...keys('keys.keys', (one) => ({ keys: [{ key, ...one }] })),
  'keys.keys.key': differ(header, { keys: [{ key: other, ...ada }] }, { keys: [{ key, ...ada }] }, withKey),
  ...forged('keys', { keys: { [key]: ada } }),
  'store.store': differ(
    header,
    { store: file('{"version":1,"keys":[]}', 'json') },
    { store: { find: () => Promise.reject(new Error('away')), close: () => undefined } },
    withKey,
  ),
  ...forged('store', { store: records }),
  ...users('users.users.*', (one) => ({ users: { ada: one } })),
  ...users('users.users', (one) => ({ users: [{ name: 'ada', ...one }] })),
  'users.users.name': differ(
    basic,
    { users: [{ name: 'bob', password }] },
    { users: [{ name: 'ada', password }] },
    withPassword,
  ),
  'users.csrf.origins': differ(
    basic,
    { users: { ada: { password } } },
    { users: { ada: { password } }, ...origins },
    foreign(withPassword),
  ),
  'sessions.sessions': differ(cookie, { sessions: records }, { sessions }, { headers: { cookie: `__Host-s=${key}` } }),
  ...forged('sessions', { sessions }),
  'certificates.certificates.subject': differ(
    tls,
    { certificates: { subject: 'common-name', known: { billing: ada } } },
    { certificates: { subject: 'uri', known: { billing: ada } } },
    { certificate },
  ),
  ...grants(tls, 'certificates.certificates.known.*', known, { certificate }),
  'certificates.certificates.anyone': differ(
    tls,
    { certificates: { subject: 'common-name', known: { other: ada } } },
    { certificates: { subject: 'common-name', known: { other: ada }, anyone: true } },
    { certificate },
  ),
  'certificates.csrf.origins': differ(tls, known(ada), { ...known(ada), ...origins }, foreign({ certificate })),
  ...grants(signed, 'signatures.signatures.keys.*', clients, message()),
  'signatures.signatures.keys.*.key': differ(
    signed,
    clients(ada),
    { signatures: { keys: { m: { ...ada, key: holderJwk } } } },
    message(),
  ),
  'signatures.signatures.components': messages(
    { components: ['@method', '@path'] },
    message({ components: ['@method', '@path'] }),
  ),
  'signatures.signatures.maxAge': messages({ maxAge: 1 }, message({ age: 100 })),
  'signatures.signatures.nonce': messages({ nonce: true }, message({ nonce: false })),
  'signatures.signatures.tag': messages({ tag: 'mine' }, message()),
  'signatures.signatures.replay': messages({ replay: full }, message()),
  'upstream.upstream': differ(bearer, { verify: () => undefined }, { upstream: true }, withToken('x')),
  ...Object.fromEntries(
    Object.entries(whoamis).map(([name, [without, with_]]) => [
      `whoami.${name}`,
      async () => [await outcomes(bearer, without, sentTwice, me), await outcomes(bearer, with_, sentTwice, me)],
    ]),
  ),
  'verify.cache': async () => {
    const counted = async (more: object): Promise<string> => {
      let asked = 0;
      const entry = { verify: (value: string) => (value === 'x' ? { subject: `ada ${++asked}` } : undefined), ...more };
      return outcomes(bearer, entry, sentTwice);
    };
    return [await counted({}), await counted({ cache: 10 })];
  },
  'verify.anonymous': differ(bearer, { verify }, { verify, anonymous: true }, {}),
  'verify.verify': differ(bearer, { verify: () => undefined }, { verify }, withToken('x')),
  ...forged('verify', { verify: (value: string) => (value === key ? ada : undefined) }),
};
