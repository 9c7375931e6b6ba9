import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CastellanError } from '@castellan/contract';
import { createGuard } from '../src/index.ts';
import { RevocationList } from '../src/revocation/index.ts';

const contract = {
  openapi: '3.1.0',
  info: { title: 'Forms', version: '1' },
  paths: {
    '/a': {
      get: {
        operationId: 'a',
        security: [],
        responses: { 200: { description: '', content: { 'application/json': { schema: { type: 'object' } } } } },
      },
    },
  },
  components: {
    securitySchemes: {
      token: { type: 'http', scheme: 'bearer' },
      key: { type: 'apiKey', in: 'header', name: 'x-api-key' },
      cookie: { type: 'apiKey', in: 'cookie', name: '__Host-s' },
      basic: { type: 'http', scheme: 'basic' },
      tls: { type: 'mutualTLS' },
      signed: { type: 'http', scheme: 'signature' },
    },
  },
};

/** What no option of a kind can be, as plain JavaScript, JSON and references to the environment give it. */
const wrong = {
  seconds: ['ten', '', '10 fortnights', '-1', '5s5', true, null, {}, [], [5], Number.NaN, -1, 1e300],
  count: ['ten', '', '1.5', '1e3', '0x10', true, null, {}, [], 1.5, -1, Number.NaN],
  boolean: ['yes', '', 'True', 1, 0, null, {}, []],
  text: ['', 7, true, null, {}, [], ['a', 'b']],
  list: ['', 'a, b', 'a b', 7, true, null, {}, [7], [undefined], [null], [['a']]],
  object: ['yes', 7, true, null, [], ''],
  made: ['yes', 7, true, null, {}, []],
  choice: ['', 'sometimes', 7, true, null, {}, []],
  rate: ['', '10', '10 per minute', '0/minute', '2/fortnight', 7, true, null, {}, []],
  moment: ['', 'tomorrow', '2027-13-01', '2027-01-01T00:00:00', true, null, {}, []],
  secret: ['', 'short', 7, null, {}, []],
} as const;

type Kind = keyof typeof wrong;
type Path = readonly [path: string, kind: Kind];

const holder: readonly Path[] = [
  ['subject', 'text'],
  ['groups', 'list'],
  ['tenant', 'text'],
];
const below = (prefix: string, paths: readonly Path[]): readonly Path[] =>
  paths.map(([path, kind]) => [`${prefix}.${path}`, kind]);
const csrf: readonly Path[] = [
  ['csrf', 'object'],
  ['csrf.origins', 'list'],
  ['csrf.secret', 'secret'],
  ['csrf.header', 'text'],
  ['csrf.token', 'choice'],
];

/** Each way to vouch with a right entry, and what may stand in it. */
const schemes: Readonly<Record<string, { readonly right: object; readonly paths: readonly Path[] }>> = {
  token: {
    right: {
      issuer: 'https://id.company.com',
      audience: 'orders',
      jwks: { keys: [{ kty: 'oct', k: Buffer.alloc(32, 'k7v').toString('base64url') }] },
      introspection: { endpoint: 'https://id.company.com/i', client: { id: 'api', secret: 'kT7vQ2mXz9rLw4Yb8NcD' } },
      proof: {},
    },
    paths: [
      ['issuer', 'list'],
      ['tenants', 'list'],
      ['require', 'object'],
      ['secret', 'list'],
      ['from', 'object'],
      ['from.cookie', 'text'],
      ['connection', 'object'],
      ['connection.ca', 'text'],
      ['connection.hosts', 'list'],
      ['subject', 'list'],
      ['scopes', 'list'],
      ['audience', 'list'],
      ['algorithms', 'list'],
      ['clockSkew', 'seconds'],
      ['type', 'text'],
      ['groups', 'list'],
      ['tenant', 'text'],
      ['cachedTokens', 'count'],
      ['maxLifetime', 'seconds'],
      ['once', 'boolean'],
      ['replay', 'made'],
      ['introspection', 'object'],
      ['introspection.endpoint', 'text'],
      ['introspection.client', 'object'],
      ['introspection.client.id', 'text'],
      ['introspection.client.secret', 'text'],
      ['introspection.all', 'boolean'],
      ['introspection.cache', 'seconds'],
      ['proof', 'object'],
      ['proof.required', 'boolean'],
      ['proof.kinds', 'choice'],
      ['proof.algorithms', 'list'],
      ['proof.maxAge', 'seconds'],
      ['proof.nonce', 'secret'],
      ['decryption', 'object'],
      ['refresh', 'seconds'],
      ['outage', 'seconds'],
      ['lazy', 'boolean'],
    ],
  },
  key: {
    right: { keys: [{ key: 'Zk4pQ8sT1vX6yB3nM9wC7dF2gH5jL0rA', subject: 'ada' }] },
    paths: [
      ['keys', 'object'],
      ...below('keys.0', [...holder, ['id', 'text'], ['expiresAt', 'moment'], ['key', 'text']]),
    ],
  },
  basic: {
    right: { users: { ada: { password: 'xkcd-Staple-Horse-77' } } },
    paths: [
      ['users', 'object'],
      ...below('users.ada', [...holder, ['password', 'text'], ['hash', 'text']]),
      ...csrf.slice(0, 2),
    ],
  },
  cookie: { right: { sessions: { find: () => undefined } }, paths: [['sessions', 'made'], ...csrf] },
  tls: {
    right: { certificates: { subject: 'common-name', known: { bob: { subject: 'bob' } } } },
    paths: [
      ['certificates', 'object'],
      ['certificates.subject', 'choice'],
      ['certificates.anyone', 'boolean'],
      ['certificates.known', 'object'],
      ...below('certificates.known.bob', holder),
    ],
  },
  signed: {
    right: { signatures: { keys: { bob: { subject: 'bob', key: 'kT7vQ2mXz9rLw4Yb8NcDkT7vQ2mXz9rLw4Yb8NcD' } } } },
    paths: [
      ['signatures', 'object'],
      ['signatures.components', 'list'],
      ['signatures.maxAge', 'seconds'],
      ['signatures.nonce', 'boolean'],
      ['signatures.tag', 'text'],
      ...below('signatures.keys.bob', holder),
    ],
  },
};

const options: readonly Path[] = [
  ['overlays', 'object'],
  ['authentication', 'object'],
  ['revocation', 'object'],
  ['revocation.file', 'text'],
  ['revocation.redis', 'made'],
  ['revocation.redisKey', 'text'],
  ['revocation.interval', 'seconds'],
  ['resources', 'object'],
  ['resolver', 'made'],
  ['explain', 'boolean'],
  ['limits', 'object'],
  ['limits.perAddress', 'rate'],
  ['limits.perPrincipal', 'rate'],
  ['limits.maxBody', 'count'],
  ['limits.maxResponse', 'count'],
  ['audit', 'object'],
  ['audit.file', 'text'],
  ['mode', 'choice'],
  ['environment', 'text'],
  ['trustedProxies', 'list'],
  ['clientCertificate', 'choice'],
  ['origin', 'text'],
  ['cors', 'object'],
  ['cors.origins', 'list'],
  ['cors.credentials', 'boolean'],
  ['cors.headers', 'list'],
  ['cors.expose', 'list'],
  ['cors.maxAge', 'seconds'],
  ['problemsUrl', 'text'],
  ['onEvent', 'made'],
  ['onReload', 'made'],
  ['watch', 'boolean'],
  ['clock', 'made'],
  ['decodesPath', 'boolean'],
  ['strictResponses', 'boolean'],
  ['withheldStatus', 'choice'],
];

/** A copy with one value put at a path; objects on the way are made. */
function put(of: unknown, path: readonly string[], value: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  const inner = (of as Record<string, unknown> | undefined)?.[name];
  const next = put(inner, rest, value);
  if (Array.isArray(of)) return of.map((one, index) => (String(index) === name ? next : one));
  return { ...(of as object | undefined), [name]: next };
}

async function start(given: object): Promise<CastellanError | undefined> {
  try {
    await (await createGuard({ contract, ...given } as never)).end();
    return undefined;
  } catch (error) {
    assert.ok(error instanceof CastellanError, `${String(error)} is from within`);
    return error;
  }
}

function refused(error: CastellanError | undefined, path: string, value: unknown): void {
  const what = `${path}: ${JSON.stringify(value) ?? String(value)}`;
  assert.ok(error !== undefined, `${what} starts`);
  const name = path.split('.').findLast((part) => !/^\d+$/.test(part)) ?? path;
  assert.ok(error.message.includes(name), `${what} is refused without its name: ${error.message}`);
  assert.ok(error.mend !== '', what);
  assert.equal(error.message.split(error.mend).length, 2, `${what} is told with its mend once: ${error.message}`);
}

describe('what is written as configuration is read before anything works with it', () => {
  for (const [path, kind] of options) {
    test(`${path} of a wrong kind`, async () => {
      for (const value of wrong[kind]) {
        if (path === 'overlays' && Array.isArray(value)) continue;
        refused(await start(put({ cors: { origins: [] } }, path.split('.'), value) as object), path, value);
      }
    });
  }
  for (const [scheme, { right, paths }] of Object.entries(schemes)) {
    test(`${scheme}: the right entry starts`, async () => {
      assert.equal(await start({ authentication: { [scheme]: right } }), undefined);
    });
    test(`${scheme}: an entry of a wrong kind`, async () => {
      for (const value of [...wrong.object, false, {}])
        refused(await start({ authentication: { [scheme]: value } }), scheme, value);
    });
    for (const [path, kind] of paths) {
      test(`${scheme}: ${path} of a wrong kind`, async () => {
        for (const value of wrong[kind]) {
          if (path === 'keys' && Array.isArray(value)) continue;
          if (path === 'users' && Array.isArray(value)) continue;
          const entry = put(right, path.split('.'), value);
          refused(await start({ authentication: { [scheme]: entry } }), `${scheme}.${path}`, value);
        }
      });
    }
    test(`${scheme}: a misspelt name at every depth`, async () => {
      const places = new Set(paths.map(([path]) => path.split('.').slice(0, -1).join('.')));
      for (const place of places) {
        const path = [...(place === '' ? [] : place.split('.')), 'certainlyNoOption'];
        const error = await start({ authentication: { [scheme]: put(right, path, 1) } });
        assert.equal(error?.code, 'unknown-option', place);
        refused(error, path.join('.'), 1);
      }
      for (const [path] of paths) {
        const misspelt = `${path}x`.split('.');
        const error = await start({ authentication: { [scheme]: put(right, misspelt, 1) } });
        const name = path.split('.').at(-1) ?? '';
        if (/^\d+$|^bob$|^ada$/.test(name)) continue;
        assert.equal(error?.code, 'unknown-option', path);
        assert.match(error.mend ?? '', new RegExp(`^did you mean ${name}s?\\?$`));
      }
    });
  }
  test('the references of an environment give the kinds that are meant', async () => {
    for (const [path, value] of [
      ['clockSkew', '5'],
      ['clockSkew', '2 minutes'],
      ['refresh', '10m'],
      ['once', 'true'],
      ['lazy', 'false'],
      ['cachedTokens', '0'],
      ['proof.required', 'true'],
      ['introspection.cache', '30s'],
      ['audience', 'orders'],
    ] as const)
      assert.equal(
        await start({ authentication: { token: put(schemes['token']?.right, path.split('.'), value) } }),
        undefined,
        `${path}: ${value}`,
      );
  });
  test('rates, sizes and durations are those of documents', async () => {
    for (const perAddress of ['2/minute', '2/15m', '2/h', '2/week', '2/15 minutes', 'off'])
      assert.equal(await start({ limits: { perAddress } }), undefined, perAddress);
    for (const maxBody of [0, 10, '10', '10MB', '1 MiB']) assert.equal(await start({ limits: { maxBody } }), undefined);
    assert.equal(await start({ cors: { origins: ['https://a.example'], maxAge: '1 hour' } }), undefined);
    assert.equal(await start({ revocation: new RevocationList() }), undefined);
  });
  test('a scheme that no entry can mend is refused for itself', async () => {
    const securitySchemes = { old: { type: 'http', scheme: 'digest' } };
    const operation = { ...contract.paths['/a'].get, security: [{ old: [] }] };
    const digest = { ...contract, paths: { '/a': { get: operation } }, components: { securitySchemes } };
    for (const entry of [{ verify: 'x' }, { verify: () => undefined }, { users: {} }, 7])
      assert.equal((await start({ contract: digest, authentication: { old: entry } }))?.code, 'digest-refused');
  });
  test('a key is never told, whatever is wrong with its entry', async () => {
    const key = 'Zk4pQ8sT1vX6yB3nM9wC7dF2gH5jL0rA';
    for (const entry of [7, null, {}, { subject: 7 }, { subject: 'ada', expires: 1 }]) {
      const error = await start({ authentication: { key: { keys: { [key]: entry } } } });
      assert.ok(error !== undefined && !`${error.message}${error.mend}`.includes(key));
    }
  });
});
