// What vouches for callers: every address of it encrypted in production, no redirects, one bad key spoils no other.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { loadContract } from '@castellan/contract';
import { createAuthentication, type SchemeConfiguration } from '../src/authenticate/index.ts';
import { tokenVerifier } from '../src/authenticate/token.ts';
import type { TokenConfiguration } from '../src/authenticate/token-configuration.ts';
import { PublishedKeys } from '../src/authenticate/published-keys.ts';
import { readVerificationKeys } from '../src/authenticate/verification-keys.ts';
import { createIssuer } from './tokens.ts';

const issuer = 'https://login.company.com';
const good = await createIssuer();
const metadata = {
  issuer,
  jwks_uri: 'https://keys.company.com/set',
  introspection_endpoint: 'https://login.company.com/ask',
};
const client = { id: 'api', secret: 'kT7vQ2mXz9rLw4Yb8NcD' };

/** Every address answers all: metadata and keys. */
const fetchOf =
  (more: object = {}): typeof globalThis.fetch =>
  () =>
    Promise.resolve(Response.json({ ...metadata, ...good.jwks, ...more }));

async function start(
  configuration: SchemeConfiguration,
  {
    scheme = { type: 'http', scheme: 'bearer' },
    environment = 'production',
    fetch = fetchOf(),
  }: {
    scheme?: object;
    environment?: string;
    fetch?: typeof globalThis.fetch;
  } = {},
): Promise<string> {
  const contract = await loadContract({
    openapi: '3.2.0',
    info: { title: 'Orders', version: '1' },
    paths: { '/a': { get: { operationId: 'a', security: [{ it: [] }], responses: { 204: { description: '' } } } } },
    components: { securitySchemes: { it: scheme } },
  });
  try {
    const authentication = await createAuthentication({
      contract,
      authentication: { it: configuration },
      environment,
      fetch,
    });
    const codes = authentication.notices.map(({ code }) => code);
    await authentication.close();
    return codes.includes('unencrypted-provider') || codes.includes('mock-identity') ? 'told' : 'starts';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

/** One address in each place that is believed, and the same entry with it encrypted. */
const places: Readonly<Record<string, (address: string) => readonly [SchemeConfiguration, object?]>> = {
  'jwks as a text': (jwks) => [{ issuer, audience: 'orders', jwks }],
  'jwks as a URL': (jwks) => [{ issuer, audience: 'orders', jwks: new URL(jwks) }],
  'the introspection endpoint': (endpoint) => [{ issuer, audience: 'orders', introspection: { endpoint, client } }],
  'the introspection endpoint beside given keys': (endpoint) => [
    { issuer, audience: 'orders', jwks: good.jwks, introspection: { endpoint, client } },
  ],
  openIdConnectUrl: (openIdConnectUrl) => [
    { issuer, audience: 'orders' },
    { type: 'openIdConnect', openIdConnectUrl },
  ],
  'openIdConnectUrl where only introspection is discovered': (openIdConnectUrl) => [
    { issuer, audience: 'orders', jwks: good.jwks, introspection: { client } },
    { type: 'openIdConnect', openIdConnectUrl },
  ],
  oauth2MetadataUrl: (oauth2MetadataUrl) => [
    { issuer, audience: 'orders' },
    {
      type: 'oauth2',
      oauth2MetadataUrl,
      flows: { clientCredentials: { tokenUrl: 'https://login.company.com/token', scopes: {} } },
    },
  ],
};

// promise: no-redirects-to-keys
describe('plain http is refused in production, and gets a notice elsewhere', () => {
  for (const [place, make] of Object.entries(places)) {
    test(place, async () => {
      for (const start_ of ['http://', 'HTTP://', 'hTTp://']) {
        const [configuration, scheme] = make(`${start_}login.company.com/set`);
        const more = scheme === undefined ? {} : { scheme };
        assert.equal(await start(configuration, more), 'unencrypted-provider', start_);
        assert.equal(await start(configuration, { ...more, environment: 'development' }), 'told', start_);
      }
      const [configuration, scheme] = make('https://login.company.com/set');
      assert.equal(await start(configuration, scheme === undefined ? {} : { scheme }), 'starts');
    });
  }
  test('with white space around it, as fetch reads it', async () => {
    for (const endpoint of [
      ' http://login.company.com/ask',
      '\thttp://login.company.com/ask',
      'ht\ntp://login.company.com/ask',
    ])
      assert.equal(
        await start({ issuer, audience: 'orders', introspection: { endpoint, client } }),
        'unencrypted-provider',
        JSON.stringify(endpoint),
      );
  });
  test('the issuer itself', async () => {
    assert.equal(
      await start({ issuer: 'http://login.company.com', audience: 'orders', jwks: good.jwks }),
      'mock-identity',
    );
  });
  for (const name of ['jwks_uri', 'introspection_endpoint']) {
    test(`${name} of discovered metadata`, async () => {
      const fetch = fetchOf({ [name]: 'http://keys.company.com/set' });
      const configuration = { issuer, audience: 'orders', introspection: { client } };
      for (const environment of ['production', 'development'])
        assert.equal(await start(configuration, { environment, fetch }), 'provider-unusable');
    });
  }
  test('no address is followed to another one', async () => {
    const asked: (string | undefined)[] = [];
    const fetch: typeof globalThis.fetch = (input, init) => {
      asked.push(init?.redirect);
      return fetchOf()(input, init);
    };
    await start({ issuer, audience: 'orders' }, { fetch });
    assert.deepEqual(asked, ['manual', 'manual']);
  });
});

const short = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true });
const rsa = await exportJWK(short.publicKey);
const ec = await exportJWK((await generateKeyPair('ES256', { extractable: true })).publicKey);
const [key] = good.jwks.keys as readonly JWK[];
const unusable: Readonly<Record<string, unknown>> = {
  null: null,
  'a text': 'key',
  'a list': [],
  'no type': { kid: 'x' },
  'an unknown type': { kty: 'OKP2', kid: 'x' },
  'an unknown algorithm': { ...ec, kid: 'x', alg: 'ES999' },
  'an algorithm of another type': { ...ec, kid: 'x', alg: 'RS256' },
  'a point that is not on its curve': { ...ec, kid: 'x', x: 'AAAA' },
  'a private part': { ...(await exportJWK(short.privateKey)), kid: 'x' },
  'a weak modulus': { ...rsa, kid: 'x', n: 'AQAB' },
  'no modulus': { kty: 'RSA', kid: 'x', e: 'AQAB' },
  'a shared secret': { kty: 'oct', kid: 'x', k: Buffer.alloc(64, 7).toString('base64url') },
  'two of one name': [
    { ...ec, kid: 'x', alg: 'ES256' },
    { ...ec, kid: 'x', alg: 'ES256', y: ec.x },
  ],
  'two good ones of one name': [
    { ...ec, kid: 'x', alg: 'ES256' },
    { ...(await exportJWK((await generateKeyPair('ES256', { extractable: true })).publicKey)), kid: 'x', alg: 'ES256' },
  ],
};

describe('a key that cannot be used spoils no other', () => {
  for (const [what, value] of Object.entries(unusable)) {
    const bad = Array.isArray(value) && value.length > 0 ? (value as unknown[]) : [value];
    for (const [where, keys] of [
      ['before', [...bad, key]],
      ['after', [key, ...bad]],
    ] as const) {
      test(`${what}, ${where}`, async () => {
        const published = new PublishedKeys({
          issuer,
          locate: () => Promise.resolve('https://keys.company.com/set'),
          fetch: () => Promise.resolve(Response.json({ keys })),
          refresh: 600,
          outage: 600,
        });
        await published.start(0);
        assert.ok((await published.find({ kid: 'k1', alg: 'ES256', typ: undefined }, 1)) !== undefined);
        assert.equal(published.notices[0]?.code, 'unusable-keys');
      });
    }
  }
  test('one that is for encryption is nothing to tell of', async () => {
    const keys = await readVerificationKeys({ keys: [key as JWK, { ...rsa, kid: 'x', use: 'enc' }] });
    assert.ok('keys' in keys && keys.keys.length === 1);
  });
  test('none that can be used is no set', async () => {
    for (const value of Object.values(unusable)) {
      const bad = (Array.isArray(value) && value.length > 0 ? value : [value]) as JWK[];
      const keys = await readVerificationKeys({ keys: bad });
      assert.ok('unusable' in keys || keys.keys.every(({ symmetric }) => symmetric) || bad.length === 2);
    }
  });
});

test('a token that names another issuer, or none, is refused before any key is looked for', async () => {
  let fetched = 0;
  const authority = await createAuthority((input, init) => {
    fetched += 1;
    return fetchOf()(input, init);
  });
  const started = fetched;
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { aud: 'orders', sub: 'ada', exp: 4_000_000_000 };
  for (const payload of [
    { ...claims, iss: 'https://other.example.com' },
    { ...claims, iss: `${issuer}/` },
    { ...claims, iss: issuer.toUpperCase() },
    { ...claims, iss: '' },
    { ...claims, iss: null },
    { ...claims, iss: [issuer] },
    { ...claims, iss: { issuer } },
    claims,
    [],
    'text',
    null,
  ])
    for (const kid of ['k1', 'unknown', undefined]) {
      const token = `${encode({ alg: 'ES256', kid })}.${encode(payload)}.${'A'.repeat(86)}`;
      assert.match(await authority(token), /^(?:claim-iss|malformed-token)$/, JSON.stringify(payload));
    }
  assert.equal(fetched, started, 'nothing was fetched for them');
});

/** What an address answers that a provider has left. */
const left: Readonly<Record<string, () => Response | Promise<Response>>> = {
  404: () => new Response(null, { status: 404 }),
  410: () => new Response('gone', { status: 410 }),
  301: () => new Response(null, { status: 301, headers: { location: 'https://login.company.com/elsewhere' } }),
  304: () => new Response(null, { status: 304 }),
  500: () => new Response(null, { status: 500 }),
  'a page': () => new Response('<html></html>'),
  nothing: () => Promise.reject(new TypeError('fetch failed')),
};

describe('a provider that moves what it publishes is found again without a restart', () => {
  const now = 1_800_000_000_000;
  const times = { iat: now / 1000, exp: now / 1000 + 600 };
  for (const [what, gone] of Object.entries(left))
    test(what, async () => {
      const known = `${issuer}/.well-known/openid-configuration`;
      const next = await createIssuer();
      let moved = false;
      let metadataIsAway = false;
      const fetch = async (input: unknown): Promise<Response> => {
        const address = String(input);
        const place = moved ? 'new' : 'old';
        if (address === known)
          return metadataIsAway
            ? new Response(null, { status: 503 })
            : Response.json({
                issuer,
                jwks_uri: `${issuer}/${place}/keys`,
                introspection_endpoint: `${issuer}/${place}/ask`,
              });
        if (!address.startsWith(`${issuer}/${place}/`)) return gone();
        return address.endsWith('keys')
          ? Response.json(moved ? next.jwks : good.jwks)
          : Response.json({ active: true, sub: 'ada', aud: 'orders', exp: times.exp });
      };
      const ask = await createAuthority(fetch as typeof globalThis.fetch, { introspection: { client } });
      const old = await good.token({ iss: issuer, ...times });
      const fresh = await next.token({ iss: issuer, ...times }, { kid: 'k2' });
      assert.deepEqual([await ask(old, now), await ask('opaque', now)], ['verified', 'verified']);
      moved = true;
      next.jwks.keys = next.jwks.keys.map((one) => ({ ...one, kid: 'k2' }));
      // The first question finds out; while nobody says where they are now, it is as in any outage.
      metadataIsAway = true;
      for (const later of [10_000, 20_000])
        assert.deepEqual(
          [await ask(fresh, now + later), await ask('other', now + later)],
          ['unavailable', 'unavailable'],
        );
      metadataIsAway = false;
      assert.deepEqual([await ask(fresh, now + 30_000), await ask('other', now + 30_000)], ['verified', 'verified']);
    });
});

describe('an issuer that code trusts is trusted as long as code says so', () => {
  const now = 1_800_000_000_000;
  type Said = Partial<TokenConfiguration> | undefined;
  const trusted = { jwks: good.jwks, audience: 'orders' };
  for (const [what, said, seen] of [
    ['said again', () => trusted, 'verified'],
    ['no longer said', () => undefined, 'claim-iss'],
    ['said with other keys', async () => ({ ...trusted, jwks: (await createIssuer()).jwks }), 'bad-signature'],
    ['said with another audience', () => ({ ...trusted, audience: 'bills' }), 'claim-aud'],
    ['said with less time', () => ({ ...trusted, maxLifetime: 60 }), 'lives-too-long'],
  ] as const)
    test(what, async () => {
      let answer: () => Said | Promise<Said> = () => trusted;
      let asked = 0;
      const ask = await createAuthority(fetchOf(), {
        issuer: () => {
          asked += 1;
          return answer();
        },
      });
      const times = { iat: now / 1000, exp: now / 1000 + 20_000 };
      const token = await good.token({ iss: 'https://tenant.company.com', ...times });
      const after = (seconds: number): Promise<string> => ask(token, now + seconds * 1000);
      assert.deepEqual([await after(0), await after(1)], ['verified', 'verified']);
      answer = said;
      assert.deepEqual([await after(59), asked], ['verified', 1]);
      assert.deepEqual([await after(60), await after(61)], [seen, seen]);
      assert.equal(asked, 2);
      answer = () => trusted;
      assert.equal(await after(121), 'verified');
    });
  test('while nobody can say, what was said last holds for an hour', async () => {
    let away = false;
    const issuer = (): Said => {
      if (away) throw new Error('the database is away');
      return trusted;
    };
    const ask = await createAuthority(fetchOf(), { issuer });
    const times = { iat: now / 1000, exp: now / 1000 + 20_000 };
    const token = await good.token({ iss: 'https://tenant.company.com', ...times });
    const after = (seconds: number): Promise<string> => ask(token, now + seconds * 1000);
    assert.equal(await after(0), 'verified');
    away = true;
    for (const seconds of [60, 70, 1800, 3599]) assert.equal(await after(seconds), 'verified', `${seconds}`);
    assert.equal(await after(3605), 'unavailable');
    away = false;
    assert.equal(await after(3610), 'verified');
  });
});

/** Asks about tokens of the issuer; answers why they are refused. */
async function createAuthority(
  fetch: typeof globalThis.fetch,
  more: Partial<TokenConfiguration> = {},
): Promise<(token: string, now?: number) => Promise<string>> {
  const scheme = { name: 'it', type: 'http', scheme: 'bearer' } as never;
  const verifier = await tokenVerifier(scheme, [{ issuer, audience: 'orders', ...more }], 'it', fetch, 0);
  return async (token, now = 1_800_000_000_000) => {
    const request = { incoming: { headers: {} }, authorization: `Bearer ${token}`, now } as never;
    const outcome = await verifier.verify(request);
    return outcome.outcome === 'refused' ? outcome.reason : outcome.outcome;
  };
}
