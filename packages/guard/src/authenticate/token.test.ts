// One token scheme: what each token, key set and answer of a provider comes to. `fetch` and the clock come in.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { SecurityScheme } from '@castellan/contract';
import { CompactEncrypt, exportJWK, generateKeyPair, type JWK } from 'jose';
import { audience, createIssuer, issuer } from '../../test/tokens.ts';
import type { SchemeOutcome, SchemeRequest, SchemeVerifier } from '../scheme.ts';
import type { TokenConfiguration } from './configuration.ts';
import { decryptToken } from './decrypt.ts';
import type { Fetch } from './provider-fetch.ts';
import { tokenVerifier } from './token.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-token-'));
after(() => rmSync(folder, { recursive: true }));
const own = await createIssuer();
const now = Date.now();
const seconds = Math.floor(now / 1000);
/** All tokens are of the same moment, however long the tests take. */
const mine: typeof own = {
  ...own,
  token: (claims = {}, header = {}) => own.token({ iat: seconds, exp: seconds + 600, ...claims }, header),
};
const scheme = { name: 'token', type: 'http', scheme: 'bearer' } as unknown as SecurityScheme;
const openId = {
  name: 'token',
  type: 'openIdConnect',
  openIdConnectUrl: `${issuer}/.well-known/openid-configuration`,
} as unknown as SecurityScheme;

const nowhere: Fetch = () => Promise.reject(new Error('nothing is fetched'));

async function verifier(
  more: Partial<TokenConfiguration> = {},
  fetch: Fetch = nowhere,
  of = scheme,
): Promise<SchemeVerifier> {
  const configuration = { issuer, audience, jwks: mine.jwks, ...more } as TokenConfiguration;
  return tokenVerifier(of, [configuration], 'Orders', fetch, now);
}

interface Sent {
  readonly field?: string | undefined;
  readonly at?: number;
  readonly connection?: object;
  readonly usedUp?: Set<string>;
}

function requestOf({ field, at = now, connection, usedUp }: Sent): SchemeRequest {
  return {
    incoming: { headers: {}, connection },
    authorization: field,
    now: at,
    address: '',
    url: '',
    usedUp,
  } as unknown as SchemeRequest;
}

/** Beside the issuer being an example. */
const codes = ({ notices }: SchemeVerifier): string[] =>
  notices.map(({ code }) => code).filter((code) => code !== 'mock-identity');

const told = async (outcome: SchemeOutcome | Promise<SchemeOutcome>): Promise<string> => {
  const settled = await outcome;
  if (settled.outcome === 'verified') return settled.identity.subject;
  return 'reason' in settled ? settled.reason : settled.outcome;
};

const fields: readonly (readonly [
  name: string,
  field: () => Promise<string | undefined> | string | undefined,
  told: string,
])[] = [
  ['none', () => undefined, 'missing'],
  ['another scheme', () => 'Basic YTpi', 'missing'],
  ['a token', async () => `Bearer ${await mine.token()}`, 'ada'],
  ['a token in another spelling', async () => `bEARER ${await mine.token()}`, 'ada'],
  ['a token that is bound to nothing, as DPoP', async () => `DPoP ${await mine.token()}`, 'token-not-bound'],
  ['too long a token', () => `Bearer ${'x'.repeat(16 * 1024 + 1)}`, 'token-too-long'],
  ['a long token that is none', () => `Bearer ${'x'.repeat(16 * 1024)}`, 'malformed-token'],
  ['no token', () => 'Bearer x', 'malformed-token'],
  ['a payload that is none', () => 'Bearer a.W10.c', 'malformed-token'],
  ['another issuer', async () => `Bearer ${await mine.token({ iss: 'https://evil.example.com' })}`, 'claim-iss'],
  ['no issuer', async () => `Bearer ${await mine.token({ iss: undefined as never })}`, 'claim-iss'],
  ['another type', async () => `Bearer ${await mine.token({}, { typ: 'logout+jwt' })}`, 'token-type'],
  ['an unknown key', async () => `Bearer ${await mine.token({}, { kid: 'k2' })}`, 'unknown-key'],
  ['another’s key', async () => `Bearer ${await (await createIssuer()).token()}`, 'bad-signature'],
  ['an expired one', async () => `Bearer ${await mine.token({ exp: seconds - 30 })}`, 'token-expired'],
  ['one that is over within the skew', async () => `Bearer ${await mine.token({ exp: seconds - 28 })}`, 'ada'],
  ['groups that cannot be read', async () => `Bearer ${await mine.token({ groups: 'a b' })}`, 'claim-groups'],
  [
    'a binding that nobody knows',
    async () => `Bearer ${await mine.token({ cnf: { kid: 'x' } })}`,
    'unknown-confirmation',
  ],
];
for (const [name, field, expected] of fields)
  test(`a field with ${name}`, async () => {
    const { verify } = await verifier();
    const outcome = verify(requestOf({ field: await field() }));
    assert.equal(await told(outcome), expected);
    const settled = await outcome;
    if (settled.outcome === 'refused') assert.equal(settled.challenge, 'error="invalid_token"');
  });

test('a verified token is cached until it expires', async () => {
  const { verify } = await verifier();
  const field = `Bearer ${await mine.token()}`;
  const first = verify(requestOf({ field }));
  assert.ok(first instanceof Promise);
  const outcome = await first;
  const again = verify(requestOf({ field, at: now + 600_000 }));
  assert.equal(again, outcome, 'the same outcome, at once');
  const end = (seconds + 600 + 30) * 1000;
  assert.equal(verify(requestOf({ field, at: end - 1 })), outcome);
  assert.equal(await told(verify(requestOf({ field, at: end }))), 'token-expired');
  // What is not good is not remembered.
  const bad = `Bearer ${await mine.token({ aud: 'x' })}`;
  for (const one of [verify(requestOf({ field: bad })), verify(requestOf({ field: bad }))]) {
    assert.ok(one instanceof Promise);
    assert.equal(await told(one), 'claim-aud');
  }
  const none = await verifier({ cachedTokens: 0 });
  await none.verify(requestOf({ field }));
  assert.ok(none.verify(requestOf({ field })) instanceof Promise);
});

test('a connection’s last token is that of its last request', async () => {
  const { verify } = await verifier();
  const connection = {};
  const [ada, bob] = [`Bearer ${await mine.token()}`, `Bearer ${await mine.token({ sub: 'bob' })}`];
  for (const [field, subject] of [
    [ada, 'ada'],
    [ada, 'ada'],
    [ada, 'ada'],
    [bob, 'bob'],
    [bob, 'bob'],
    [bob, 'bob'],
    [ada, 'ada'],
    [undefined, 'missing'],
  ] as const)
    assert.equal(await told(verify(requestOf({ field, connection }))), subject);
});

test('a token that is good once', async () => {
  const { verify } = await verifier({ once: true });
  const field = `Bearer ${await mine.token({ jti: 'a' })}`;
  const usedUp = new Set<string>();
  const first = requestOf({ field, usedUp });
  assert.deepEqual(
    [await told(verify(first)), await told(verify(first)), await told(verify(requestOf({ field })))],
    ['ada', 'ada', 'token-used-before'],
  );
  assert.equal(await told(verify(requestOf({ field: `Bearer ${await mine.token()}` }))), 'claim-jti');
  const asked: unknown[] = [];
  const full = await verifier({
    once: true,
    clockSkew: 10,
    replay: { use: (...all: unknown[]) => (asked.push(...all), 'full') as never },
  });
  assert.deepEqual(await full.verify(requestOf({ field })), { outcome: 'throttled', retryAfterSeconds: 30 });
  assert.deepEqual(asked.slice(0, 2), [`${issuer} a`, (seconds + 600 + 10) * 1000]);
});

test('the identity has what the claims say, where the entry says that they are', async () => {
  const { verify } = await verifier({ groups: 'claims.realm.roles', tenant: 'org' });
  const outcome = await verify(
    requestOf({ field: `Bearer ${await mine.token({ realm: { roles: ['a'] }, org: 'acme', jti: 'j' })}` }),
  );
  assert.ok(outcome.outcome === 'verified');
  const { groups, tenant, scopes, unknown, credential } = outcome.identity;
  assert.deepEqual([groups, tenant, scopes, unknown], [['a'], 'acme', ['orders:read', 'orders:write'], undefined]);
  assert.deepEqual(credential, { kind: 'jwt', id: 'j', expiresAt: (seconds + 600) * 1000 });
  const plain = await (await verifier()).verify(requestOf({ field: `Bearer ${await mine.token({ groups: ['g'] })}` }));
  assert.ok(plain.outcome === 'verified');
  assert.deepEqual([plain.identity.groups, plain.identity.tenant], [['g'], undefined]);
  assert.match(plain.identity.credential.id ?? '', /^[0-9a-f]{16}$/);
});

test('what no entry may say', async () => {
  for (const [more, code] of [
    [{ algorithms: ['none'] }, 'mock-identity'],
    [{ algorithms: ['None'] }, 'mock-identity'],
    [{ algorithms: ['ES256', 'XY'] }, 'bad-authentication'],
    [{ algorithms: ['ES256', 'HS256'] }, 'bad-authentication'],
    [{ jwks: { keys: [] } }, 'bad-jwks'],
    [{ jwks: 'ftp://x' }, 'bad-jwks'],
    [{ jwks: join(folder, 'none.json') }, 'key-file'],
    [{ jwks: { keys: [{ kty: 'oct', k: 'AAAA' }] } }, 'weak-key'],
    [{ jwks: { keys: [...mine.jwks.keys, { kty: 'oct', k: 'AAAA' }] } }, 'weak-key'],
    [{ jwks: { keys: [...mine.jwks.keys, await exportJWK(mine.privateKey)] } }, 'private-key'],
    [{ jwks: { keys: [...mine.jwks.keys, { kty: 'oct', k: 'A'.repeat(64) }] } }, 'mixed-keys'],
  ] as const)
    await assert.rejects(verifier(more as never), { code }, JSON.stringify(more).slice(0, 60));
});

test('keys in a file, by its name or its address', async () => {
  const file = join(folder, 'keys.json');
  writeFileSync(file, JSON.stringify(mine.jwks));
  const field = `Bearer ${await mine.token()}`;
  for (const jwks of [file, String(pathToFileURL(file)), pathToFileURL(file)])
    assert.equal(await told((await verifier({ jwks })).verify(requestOf({ field }))), 'ada');
  writeFileSync(file, '{');
  await assert.rejects(verifier({ jwks: file }), { code: 'key-file', message: /not JSON/ });
});

test('keys that are given and not used are told of', async () => {
  const some = await verifier({
    jwks: { keys: [...mine.jwks.keys, { kty: 'XY' }, { kty: 'EC', use: 'enc' }] } as never,
  });
  assert.deepEqual(codes(some), ['unusable-keys']);
  assert.match(some.notices.at(-1)?.message ?? '', /1 of its keys are not used: key 1 has type 'XY'/);
  const many = Array.from({ length: 4 }, (_, at) => ({ kty: `X${at}` }));
  const four = await verifier({ jwks: { keys: [...mine.jwks.keys, ...many] } as never });
  assert.match(four.notices.at(-1)?.message ?? '', /4 of its keys .*'X2', [^;]*; …$/);
});

/** A provider with metadata, keys and answers about tokens. */
function provider(answers: Readonly<Record<string, unknown>>): { fetch: Fetch; asked: string[] } {
  const asked: string[] = [];
  const fetch = (address: string | URL | Request): Promise<Response> => {
    const text = String(address);
    asked.push(text);
    const answer = answers[text];
    if (answer instanceof Error) return Promise.reject(answer);
    return Promise.resolve(answer === undefined ? new Response('', { status: 404 }) : Response.json(answer));
  };
  return { fetch: fetch as Fetch, asked };
}
const metadata = `${issuer}/.well-known/openid-configuration`;
const keysAt = `${issuer}/keys`;
const askAt = `${issuer}/introspect`;
const introspection = { client: { id: 'api', secret: 's'.repeat(32) } };
const active = { active: true, iss: issuer, aud: audience, sub: 'opaque', exp: seconds + 600, token_type: 'Bearer' };

test('what is published is looked for, and fetched at the start', async () => {
  const field = `Bearer ${await mine.token()}`;
  const whole = { [metadata]: { issuer, jwks_uri: keysAt, introspection_endpoint: askAt }, [keysAt]: mine.jwks };
  const good = provider(whole);
  const { verify } = await verifier({ jwks: undefined }, good.fetch, openId);
  assert.deepEqual(good.asked, [metadata, keysAt]);
  assert.equal(await told(verify(requestOf({ field }))), 'ada');
  assert.equal(good.asked.length, 2);
  const named = provider({ [keysAt]: mine.jwks });
  assert.equal(await told((await verifier({ jwks: keysAt }, named.fetch)).verify(requestOf({ field }))), 'ada');
  assert.deepEqual(named.asked, [keysAt]);
  const without = provider({ [metadata]: { issuer } });
  await assert.rejects(verifier({ jwks: undefined }, without.fetch, openId), { code: 'provider-unusable' });
  const away = provider({ [keysAt]: new Error('away') });
  await assert.rejects(verifier({ jwks: keysAt }, away.fetch), { code: 'provider-unreachable' });
  const lazy = await verifier({ jwks: keysAt, lazy: true }, away.fetch);
  assert.equal(await told(lazy.verify(requestOf({ field }))), 'keys-out-of-reach');
  assert.deepEqual(codes(lazy), ['provider-out-of-reach']);
  const secrets = provider({ [keysAt]: { keys: [{ kty: 'oct', k: 'A'.repeat(64) }] } });
  await assert.rejects(verifier({ jwks: keysAt }, secrets.fetch), { code: 'provider-unusable' });
});

test('opaque tokens are asked about, signed ones are verified, both where that is wanted', async () => {
  const signed = `Bearer ${await mine.token()}`;
  const rows: readonly (readonly [name: string, more: object, field: string, told: string, asked: number])[] = [
    ['no introspection', {}, 'Bearer opaque', 'malformed-token', 0],
    ['an opaque one', { introspection: { ...introspection, endpoint: askAt } }, 'Bearer opaque', 'opaque', 1],
    ['a signed one', { introspection: { ...introspection, endpoint: askAt } }, signed, 'ada', 0],
    [
      'a signed one, asked about too',
      { introspection: { ...introspection, endpoint: askAt, all: true } },
      signed,
      'opaque',
      1,
    ],
    [
      'a bad one, not asked about',
      { introspection: { ...introspection, endpoint: askAt, all: true } },
      `${signed}x`,
      'malformed-token',
      0,
    ],
    [
      'only an endpoint',
      { jwks: undefined, introspection: { ...introspection, endpoint: askAt } },
      signed,
      'opaque',
      1,
    ],
    [
      'five parts and no decryption',
      { introspection: { ...introspection, endpoint: askAt } },
      'Bearer a.b.c.d.e',
      'opaque',
      1,
    ],
  ];
  for (const [name, more, field, expected, count] of rows) {
    const { fetch, asked } = provider({ [askAt]: active });
    const { verify } = await verifier(more, fetch);
    assert.equal(await told(verify(requestOf({ field }))), expected, name);
    assert.equal(asked.length, count, name);
  }
});

test('what is answered about a token', async () => {
  const of = async (answer: unknown, more: object = {}): Promise<SchemeOutcome> => {
    const { fetch } = provider({ [askAt]: answer });
    const { verify } = await verifier({ introspection: { ...introspection, endpoint: askAt }, ...more }, fetch);
    return verify(requestOf({ field: 'Bearer opaque' }));
  };
  assert.equal(await told(of(active)), 'opaque');
  assert.equal(await told(of({ active: false })), 'token-inactive');
  assert.equal(await told(of({ ...active, groups: 'a b' })), 'claim-groups');
  assert.equal(await told(of({ ...active, cnf: { kid: 'x' } })), 'unknown-confirmation');
  const away = await of(new Error('away'));
  assert.ok(away.outcome === 'unavailable');
  assert.deepEqual([away.reason, away.retryAfterSeconds], ['introspection-out-of-reach', 5]);
});

test('an answer about a token is kept for as long as the entry says, and not longer than the token lives', async () => {
  for (const [cache, exp, kept] of [
    [undefined, seconds + 600, 0],
    [10, seconds + 600, 10_000],
    [600, seconds + 5, 5_000],
  ] as const) {
    const { fetch, asked } = provider({ [askAt]: { ...active, exp } });
    const { verify } = await verifier(
      { clockSkew: 0, introspection: { ...introspection, endpoint: askAt, cache } as never },
      fetch,
    );
    const ask = (after_: number): Promise<string> =>
      told(verify(requestOf({ field: 'Bearer opaque', at: seconds * 1000 + after_ })));
    await ask(0);
    if (kept > 0) {
      await ask(kept - 1);
      assert.equal(asked.length, 1, `kept for ${kept}`);
    }
    await ask(kept);
    assert.equal(asked.length, 2, `and no longer than ${kept}`);
  }
});

test('challenges name the realm, and proofs where they are taken', async () => {
  assert.equal((await verifier()).challenge, 'Bearer realm="Orders"');
  assert.equal(
    (await verifier({ proof: { algorithms: ['ES256'] } })).challenge,
    'Bearer realm="Orders", DPoP algs="ES256"',
  );
});

const rsa = await generateKeyPair('RSA-OAEP-256', { extractable: true });
const private_ = { ...(await exportJWK(rsa.privateKey)), alg: 'RSA-OAEP-256' } as JWK;

function encrypted(text: string | Uint8Array, header: object = {}): Promise<string> {
  return new CompactEncrypt(typeof text === 'string' ? Buffer.from(text) : text)
    .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', ...header })
    .encrypt(rsa.publicKey);
}

test('which key a token is decrypted with', async () => {
  const [plain, named] = [await encrypted('inside'), await encrypted('inside', { kid: 'a' })];
  for (const [token, key, text] of [
    [plain, private_, 'inside'],
    [named, private_, 'inside'],
    [named, { ...private_, kid: 'a' }, 'inside'],
    [named, { ...private_, kid: 'b' }, undefined],
    [plain, { ...private_, kid: 'b' }, 'inside'],
    [plain, { ...private_, use: 'enc' }, 'inside'],
    [plain, { ...private_, use: 'sig' }, undefined],
    [plain, { ...private_, alg: 'RSA-OAEP' }, undefined],
    [plain, { ...private_, alg: undefined }, undefined],
    [`${plain}x`, private_, undefined],
    [`${plain}.x`, private_, undefined],
    [plain.replace(/\.[^.]*$/, ''), private_, undefined],
    [`${plain} `, private_, undefined],
    [await encrypted(Uint8Array.of(0xff)), private_, undefined],
  ] as const)
    assert.equal(await decryptToken(token, { keys: [key as JWK] }), text);
});

test('where tokens are encrypted, none comes otherwise', async () => {
  const token = await mine.token();
  const { verify } = await verifier({ decryption: { keys: [private_] } });
  assert.equal(await told(verify(requestOf({ field: `Bearer ${await encrypted(token)}` }))), 'ada');
  assert.equal(await told(verify(requestOf({ field: `Bearer ${token}` }))), 'bad-encryption');
  const { fetch, asked } = provider({ [askAt]: active });
  const both = await verifier(
    { decryption: { keys: [private_] }, introspection: { ...introspection, endpoint: askAt } },
    fetch,
  );
  assert.equal(await told(both.verify(requestOf({ field: `Bearer ${await encrypted(token)}` }))), 'ada');
  assert.equal(asked.length, 0);
});
