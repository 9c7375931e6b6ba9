// What is wrong with an authentication file is said in one line, by `castellan gateway` and by `createGuard` alike.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { createGuard, type GuardOptions } from '@castellan/guard';
import { run } from '../run.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-authentication-'));
after(() => rmSync(folder, { recursive: true }));

const scheme = { oauth: { type: 'http', scheme: 'bearer' } };
const contractWith = (securitySchemes: object): object => ({
  openapi: '3.1.0',
  info: { title: 'Orders', version: '1' },
  security: [Object.fromEntries(Object.keys(securitySchemes).map((name) => [name, []]))],
  paths: { '/orders': { get: { operationId: 'list', responses: { 200: { description: 'ok' } } } } },
  components: { securitySchemes },
});

/** An identity provider that answers as it is told. */
async function provider(answer: (path: string, issuer: string) => unknown) {
  let issuer = '';
  const listener: RequestListener = (request, response) => {
    const value = answer(request.url ?? '', issuer);
    response.statusCode = value === undefined ? 404 : 200;
    response.end(typeof value === 'string' ? value : JSON.stringify(value));
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

let count = 0;

/** The line that the gateway prints, and the message that `createGuard` throws. */
async function refusals(
  authentication: object,
  options: { readonly schemes?: object; readonly environment?: string; readonly env?: boolean } = {},
): Promise<{ readonly line: string; readonly thrown: string; readonly status: number }> {
  const contract = contractWith(options.schemes ?? scheme);
  const files = { contract: join(folder, `api${++count}.json`), authentication: join(folder, `auth${count}.json`) };
  writeFileSync(files.contract, JSON.stringify(contract));
  writeFileSync(files.authentication, JSON.stringify(authentication), { mode: 0o600 });
  const environment = options.environment === undefined ? [] : ['--environment', options.environment];
  let line = '';
  const status = await run(
    [
      'gateway',
      '--contract',
      files.contract,
      '--upstream',
      'http://127.0.0.1:9',
      '--authentication',
      files.authentication,
      ...environment,
    ],
    {
      out: (text) => void (line += text),
      err: (text) => void (line += text),
      interactive: false,
      cwd: folder,
      env: {},
      signal: AbortSignal.abort(),
    },
  );
  const guardOptions = {
    contract,
    authentication,
    ...(options.environment === undefined ? {} : { environment: options.environment }),
  } as unknown as GuardOptions;
  const thrown = await createGuard(guardOptions).then(
    async (guard) => {
      await guard.end();
      return 'nothing was thrown';
    },
    (error: Error) => error.message,
  );
  return { line, thrown, status };
}

async function assertRefused(
  authentication: object,
  expected: RegExp,
  options: Parameters<typeof refusals>[1] = {},
): Promise<void> {
  const { line, thrown, status } = await refusals(authentication, options);
  assert.equal(status, 2, line);
  assert.match(line, expected);
  assert.equal(line.trimEnd().split('\n').length, 1, line);
  assert.match(thrown, expected);
}

const audience = 'orders';

describe('an identity provider that cannot be used', () => {
  test('nobody answers at the issuer', async () => {
    const gone = await provider(() => undefined);
    await gone.close();
    await assertRefused(
      { oauth: { issuer: gone.issuer, audience } },
      /authentication\.oauth: http:\/\/127\.0\.0\.1:\d+\/\.well-known\/openid-configuration cannot be reached \(ECONNREFUSED\); start the identity provider/,
    );
  });

  test('another issuer speaks there', async () => {
    const server = await provider(() => ({ issuer: 'https://evil.example', jwks_uri: 'https://evil.example/jwks' }));
    await assertRefused(
      { oauth: { issuer: server.issuer, audience } },
      /names issuer 'https:\/\/evil\.example', not 'http:\/\/127\.0\.0\.1:\d+'; correct the issuer/,
    );
    await server.close();
  });

  for (const [name, keys, expected] of [
    ['no keys', { keys: [] }, /has no keys; correct the issuer/],
    [
      'only a key for encryption',
      { keys: [{ kty: 'RSA', use: 'enc', n: 'AQAB', e: 'AQAB' }] },
      /has no usable key: key 0 has use 'enc'/,
    ],
    [
      'only a weak key',
      { keys: [{ kty: 'RSA', n: Buffer.alloc(128, 255).toString('base64url'), e: 'AQAB' }] },
      /has no usable key: key 0 is RSA of 1024 bits/,
    ],
    [
      'a shared secret',
      { keys: [{ kty: 'oct', k: Buffer.alloc(32, 7).toString('base64url') }] },
      /publishes shared secrets/,
    ],
    ['no JSON', '<html>', /does not answer JSON/],
  ] as const) {
    test(`its key set has ${name}`, async () => {
      const server = await provider((path, issuer) =>
        path === '/jwks' ? keys : { issuer, jwks_uri: `${issuer}/jwks` },
      );
      await assertRefused({ oauth: { issuer: server.issuer, audience } }, expected);
      await server.close();
    });
  }

  test('it publishes no key set', async () => {
    const server = await provider((_path, issuer) => ({ issuer }));
    await assertRefused({ oauth: { issuer: server.issuer, audience } }, /publishes no jwks_uri; correct the issuer/);
    await server.close();
  });

  test('lazy: true starts without it', async () => {
    const { thrown } = await refusals({ oauth: { issuer: 'http://127.0.0.1:9', audience, lazy: true } });
    assert.equal(thrown, 'nothing was thrown');
  });
});

describe('files and references', () => {
  const issuer = 'https://login.company.com';

  test('a key file that is not there, or is none', async () => {
    await assertRefused(
      { oauth: { issuer, audience, jwks: './missing.json' } },
      /missing\.json: the key file of authentication\.oauth\.jwks cannot be read \(ENOENT\); name a readable file/,
    );
    const file = join(folder, 'broken.json');
    writeFileSync(file, '-----BEGIN');
    await assertRefused({ oauth: { issuer, audience, jwks: file } }, /broken\.json: the key file of .* is not JSON/);
  });

  test('a store that is not there', () =>
    assertRefused(
      { key: { store: join(folder, 'nowhere.json') } },
      /nowhere\.json: the file cannot be read \(ENOENT\); .*castellan keys create/,
      { schemes: { key: { type: 'apiKey', in: 'header', name: 'x-key' } } },
    ));

  test('a variable that is not set and a secret that cannot be read', async () => {
    const schemes = { key: { type: 'apiKey', in: 'header', name: 'x-key' } };
    const withKey = (key: string): object => ({ key: { keys: [{ key, subject: 'billing' }] } });
    await assertRefused(
      withKey('${env:CASTELLAN_TEST_UNSET}'),
      /authentication\.key\.keys\[0\]\.key: the environment variable CASTELLAN_TEST_UNSET is not set/,
      { schemes },
    );
    await assertRefused(
      withKey('${file:/nonexistent/key}'),
      /\/nonexistent\/key: authentication\.key\.keys\[0\]\.key: the secret cannot be read \(ENOENT\)/,
      { schemes },
    );
    await assertRefused(withKey('${vault:x}'), /'\$\{vault:x\}' is no reference; write \$\{env:NAME\}/, { schemes });
  });

  test('http digest, with the reason', () =>
    assertRefused(
      { old: { verify: 'x' } },
      /security scheme old is http digest, which needs .*; declare basic over TLS/,
      {
        schemes: { old: { type: 'http', scheme: 'digest' } },
      },
    ));

  test('weak keys', async () => {
    const oct = (bytes: number, alg: string): object => ({
      keys: [{ kty: 'oct', k: Buffer.alloc(bytes, 9).toString('base64url'), alg }],
    });
    await assertRefused(
      { oauth: { issuer, audience, jwks: oct(31, 'HS256') } },
      /key 0 is a secret of 248 bits; its algorithm needs at least 256 /,
    );
    await assertRefused(
      { oauth: { issuer, audience, jwks: oct(32, 'HS512') } },
      /key 0 is a secret of 256 bits; its algorithm needs at least 512 /,
    );
    await assertRefused(
      { oauth: { issuer, audience, algorithms: ['none'] } },
      /algorithms has 'none': anybody could write any token/,
    );
  });
});

describe('identity of development in production', () => {
  const production = { environment: 'production' };
  const jwks = {
    keys: [
      {
        kty: 'EC',
        crv: 'P-256',
        x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
        y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
        alg: 'ES256',
      },
    ],
  };

  for (const [issuer, why] of [
    [
      'https://localhost:8080/realms/dev',
      /'https:\/\/localhost:8080\/realms\/dev' is under a name that is reserved for tests/,
    ],
    ['https://127.0.0.1', /is this machine/],
    ['https://login.example.com', /reserved for tests and documentation/],
    ['https://mock-oauth2-server.company.com', /calls itself a mock/],
    ['https://login.staging.company.com', /calls itself one of development/],
    ['http://login.company.com', /is not encrypted/],
  ] as const) {
    test(issuer, async () => {
      await assertRefused(
        { oauth: { issuer, audience, jwks } },
        new RegExp(`${why.source}.*, and environment is production`),
        production,
      );
      assert.equal((await refusals({ oauth: { issuer, audience, jwks } })).thrown, 'nothing was thrown');
    });
  }

  test('a real issuer starts', async () => {
    const { thrown } = await refusals({ oauth: { issuer: 'https://login.company.com', audience, jwks } }, production);
    assert.equal(thrown, 'nothing was thrown');
  });

  test('HMAC with a secret that everybody knows', async () => {
    const k = Buffer.from('your-256-bit-secret-your-256-bit-secret').toString('base64url');
    await assertRefused(
      { oauth: { issuer: 'https://login.company.com', audience, jwks: { keys: [{ kty: 'oct', k, alg: 'HS256' }] } } },
      /the secret of key 0 is a known default or example, and environment is production/,
      production,
    );
  });

  test('a verifier that accepts anything', async () => {
    const options = (verify: (credential: string) => unknown): GuardOptions =>
      ({ contract: contractWith(scheme), environment: 'production', authentication: { oauth: { verify } } }) as never;
    await assert.rejects(
      createGuard(options(() => ({ subject: 'anybody' }))),
      /authentication\.oauth\.verify accepts credentials that nobody gave out, and environment is production/,
    );
    await (await createGuard(options((credential) => (credential === 'real' ? { subject: 'ada' } : undefined)))).end();
  });
});

test('secrets that are written out, and files that others can read, are said at start', async () => {
  const schemes = { key: { type: 'apiKey', in: 'query', name: 'key' } };
  const upstream = createServer((_request, response) => response.end());
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const [contract, authentication, secret] = ['c.json', 'a.json', 'key.txt'].map((name) => join(folder, name));
  writeFileSync(contract ?? '', JSON.stringify(contractWith(schemes)));
  writeFileSync(secret ?? '', 'h7Gq2Zx9Lm4Tr8Yc1Wv6Nb3Hd5Ks0Jp\n');
  writeFileSync(
    authentication ?? '',
    JSON.stringify({
      key: {
        keys: [
          { key: `\${file:${secret}}`, subject: 'a' },
          { key: 'q7Fq2Zx9Lm4Tr8Yc1Wv6Nb3Hd5Ks0Jp', subject: 'b' },
        ],
      },
    }),
  );
  for (const file of [authentication, secret]) chmodSync(file ?? '', 0o644);
  let out = '';
  const status = await run(
    [
      'gateway',
      '--contract',
      contract ?? '',
      '--upstream',
      `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`,
      '--port',
      '0',
      '--authentication',
      authentication ?? '',
    ],
    {
      out: (text) => void (out += text),
      err: (text) => void (out += text),
      interactive: false,
      cwd: folder,
      env: {},
      signal: AbortSignal.abort(),
    },
  );
  upstream.close();
  assert.equal(status, 0, out);
  assert.match(
    out,
    /a\.json has secrets written out \(key\.keys\[1\]\.key\); write \$\{env:NAME\} or \$\{file:path\} instead \[literal-secret\]/,
  );
  assert.match(out, /key\.txt holds secrets and others can read it; chmod 600 .*key\.txt \[open-secret-file\]/);
  assert.match(out, /a\.json holds secrets and others can read it/);
  assert.match(out, /takes the key from the query.*\[key-in-query\]/);
  assert.doesNotMatch(out, /q7Fq2|h7Gq2/);
});
