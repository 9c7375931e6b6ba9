// promise: sighup
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { run } from '../run.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-gateway-'));
const contract = join(folder, 'api.yaml');
const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
write(
  'api.yaml',
  `openapi: 3.1.0
info: { title: Things, version: "1" }
security: [{ oauth: [] }]
paths:
  /things: { get: { operationId: listThings, responses: { 200: { description: ok } } } }
  /health: { get: { operationId: health, security: [], responses: { 200: { description: ok, content: { application/json: {} } } } } }
components: { securitySchemes: { oauth: { type: http, scheme: bearer } } }
`,
);
const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = { ...publicKey.export({ format: 'jwk' }), alg: 'ES256', kid: 'k1' };
const authentication = write(
  'auth.json',
  JSON.stringify({ oauth: { issuer: 'https://login.example.com', audience: 'things', jwks: { keys: [jwk] } } }),
);

const server = createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end('{}');
});
let upstream = '';
before(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  upstream = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true });
});

async function gateway(...args: string[]) {
  let out = '';
  let err = '';
  const stop = new AbortController();
  stop.abort();
  const status = await run(['gateway', ...args], {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    interactive: false,
    cwd: folder,
    env: {},
    signal: stop.signal,
  });
  return { status, out, err };
}

test('start-up says what is enforced, where, and what is not', async () => {
  const { status, out, err } = await gateway(
    '--contract',
    contract,
    '--upstream',
    upstream,
    '--port',
    '0',
    '--authentication',
    authentication,
  );
  assert.equal(status, 0, err);
  assert.match(out, /^Things 1 \(OpenAPI 3\.1\.0, 2 operations, sha256:[0-9a-f]{12}\)\n/);
  assert.match(
    out,
    new RegExp(`\\nlistening on http://127\\.0\\.0\\.1:\\d+, in front of ${upstream}, mode enforce\\n`),
  );
});

const ready = (): string[] => ['--contract', contract, '--upstream', upstream, '--port', '0'];

/** What a stranger gets wrong: one line that says what, where and the mend; status 2; nothing stays open. */
const mistakes: readonly (readonly [string, () => string[], RegExp])[] = [
  ['no contract', () => ['--upstream', upstream], /^castellan: --contract is missing; /],
  ['no upstream', () => ['--contract', contract], /^castellan: --upstream is missing; /],
  [
    'no such document',
    () => ['--contract', 'nothing.yaml', '--upstream', upstream],
    /nothing\.yaml: there is no such file; /,
  ],
  [
    'a broken document',
    () => ['--contract', write('broken.yaml', 'openapi: 3.1.0\npaths: ['), '--upstream', upstream],
    /broken\.yaml:\d+:\d+: the document is not YAML: .*; correct the syntax here; /,
  ],
  [
    'an unreachable upstream',
    () => ['--contract', contract, '--upstream', 'http://127.0.0.1:1', '--authentication', authentication],
    /the upstream http:\/\/127\.0\.0\.1:1 does not answer \(ECONNREFUSED\); start it first/,
  ],
  [
    'an upstream without a scheme',
    () => ['--contract', contract, '--upstream', 'localhost:1'],
    /is not an http\(s\) address; /,
  ],
  [
    'nobody vouches for a scheme',
    ready,
    /nothing is configured for it; write \{ oauth: \{ issuer: .* \} \} as JSON into a file, and name it with --authentication/,
  ],
  [
    'a scheme that the authentication file leaves out',
    () => [...ready(), '--authentication', write('none.json', '{}')],
    /nothing is configured for it; add oauth: \{ issuer: .* \} to .*none\.json, as JSON/,
  ],
  [
    'an unknown option',
    () => [...ready(), '--upstraem', 'x'],
    /Unknown option '--upstraem'; did you mean --upstream\?/,
  ],
  ['a value that is missing', () => ['--contract'], /argument missing/],
  ['a port that is none', () => ['--contract', contract, '--upstream', upstream, '--port', '80a'], /--port is '80a'; /],
  [
    'a port in use',
    () => [
      '--contract',
      contract,
      '--upstream',
      upstream,
      '--port',
      new URL(upstream).port,
      '--authentication',
      authentication,
    ],
    /port \d+ is in use; name another with --port/,
  ],
  ['a mode that is none', () => [...ready(), '--mode', 'watch'], /--mode is 'watch'; write enforce or observe/],
  ['half of TLS', () => [...ready(), '--tls-cert', 'x.pem'], /--tls-key is missing; /],
  [
    'a TLS file that is not there',
    () => [...ready(), '--authentication', authentication, '--tls-cert', 'x.pem', '--tls-key', 'y.pem'],
    /x\.pem: the TLS certificate cannot be read \(ENOENT\); /,
  ],
  [
    'an authentication file that is not JSON',
    () => [...ready(), '--authentication', contract],
    /api\.yaml: the authentication file is not JSON; /,
  ],
  [
    'an authentication scheme that the document does not have',
    () => [...ready(), '--authentication', write('other.json', '{"oaut": {"keys": []}}')],
    /oaut/,
  ],
  [
    'an audit file that cannot be written',
    () => [...ready(), '--authentication', authentication, '--audit', join(folder, 'no/such/folder/a.log')],
    /audit/,
  ],
  ['a rate that is none', () => [...ready(), '--authentication', authentication, '--per-address', 'lots'], /lots/],
  ['a word too many', () => [...ready(), 'now'], /'now' is not expected; /],
];

for (const [name, args, message] of mistakes) {
  test(`${name} is one line and status 2`, async () => {
    const { status, out, err } = await gateway(...args());
    assert.equal(status, 2, `${out}${err}`);
    assert.equal(out, '');
    assert.match(err, message);
    assert.match(err, /^castellan: [^\n]+\n$/);
    assert.doesNotMatch(err, /\n\s+at /);
  });
}

/** The command as a process of its own, when it listens. */
async function started(t: TestContext, document: string) {
  const child = spawn(
    process.execPath,
    [
      '--conditions=@castellan/source',
      '--disable-warning=ExperimentalWarning',
      join(import.meta.dirname, '../main.ts'),
      'gateway',
      '--contract',
      document,
      '--upstream',
      upstream,
      '--port',
      '0',
      '--authentication',
      authentication,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  t.after(() => child.kill('SIGKILL'));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let err = '';
  child.stderr.on('data', (chunk) => (err += String(chunk)));
  let out = '';
  for await (const chunk of child.stdout) {
    out += String(chunk);
    if (/listening on .*\n/.test(out)) break;
  }
  return {
    child,
    ended,
    url: /listening on (http:\S+),/.exec(out)?.[1] ?? '',
    async told(count: number, message: RegExp) {
      while ((err.match(new RegExp(message, 'g')) ?? []).length < count) await once(child.stderr, 'data');
    },
  };
}

test('the command ends with Ctrl-C, status 0, and frees its port', { timeout: 60_000 }, async (t) => {
  const { child, ended, url } = await started(t, contract);
  assert.equal((await fetch(`${url}/health`)).status, 200);
  assert.equal((await fetch(`${url}/things`)).status, 401);
  child.kill('SIGINT');
  assert.equal(await ended, 0);
  await assert.rejects(fetch(`${url}/health`));
});

test('SIGHUP has the files read again, and never ends the process', { timeout: 60_000 }, async (t) => {
  const text = readFileSync(contract, 'utf8');
  const { child, ended, url, told } = await started(t, write('again.yaml', text));
  for (const time of [1, 2]) {
    child.kill('SIGHUP');
    await told(time, /the files as they are now are in force/);
    assert.equal((await fetch(`${url}/health`)).status, 200);
  }
  write('again.yaml', text.replace('/health', '/healthy'));
  child.kill('SIGHUP');
  await told(3, /the files as they are now are in force/);
  assert.equal((await fetch(`${url}/healthy`)).status, 200);
  assert.equal((await fetch(`${url}/health`)).status, 404);
  write('again.yaml', 'openapi: [');
  child.kill('SIGHUP');
  await told(1, /again\.yaml.*stay in force/);
  assert.equal((await fetch(`${url}/healthy`)).status, 200);
  child.kill('SIGTERM');
  assert.equal(await ended, 0);
});
