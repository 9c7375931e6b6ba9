// castellan gateway with castellan.yaml: what it says is in force, flags win, and what changes in it while it runs.
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import { run } from '../run.ts';

const example = join(import.meta.dirname, '../../../../examples/gateway');
process.env['PARTNER_KEY'] = 'partner-key-5d1e7a90c3b24f68a1d2e3f405162738';
const key = process.env['PARTNER_KEY'];

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

interface Said {
  readonly status: number;
  readonly text: string;
}

function get(url: string, headers: Record<string, string> = {}): Promise<Said> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { headers, agent: false }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += String(chunk)));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

/** An upstream that keeps what it was sent. */
async function upstream(t: TestContext, seen: (string | undefined)[]): Promise<string> {
  const server = createServer(({ headers }, response) => {
    seen.push(headers['x-forwarded-host'] as string | undefined);
    response.setHeader('content-type', 'application/json').end('{"id":"1","state":"sent"}');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A copy of the example before two upstreams of the test. */
async function copied(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-config-'));
  folders.push(folder);
  cpSync(example, folder, { recursive: true });
  const seen: [(string | undefined)[], (string | undefined)[]] = [[], []];
  const [a, b] = [await upstream(t, seen[0]), await upstream(t, seen[1])];
  const file = join(folder, 'castellan.yaml');
  const write = (change: (text: string) => string): void => writeFileSync(file, change(readFileSync(file, 'utf8')));
  write((text) =>
    text
      .replace('http://127.0.0.1:3000', a)
      .replace('http://127.0.0.1:3001', b)
      .replace('admin: 127.0.0.1:9901', 'admin: 127.0.0.1:0'),
  );
  return { folder, write, seen };
}

/** The command in this process, until the test ends. */
async function started(t: TestContext, cwd: string, ...args: string[]) {
  const stop = new AbortController();
  let hangUp = (): void => undefined;
  let out = '';
  let err = '';
  const waiting = new Set<() => void>();
  const heard = (): void => {
    for (const look of waiting) look();
  };
  const ended = run(['gateway', '--port', '0', ...args], {
    out: (text) => {
      out += text;
      heard();
    },
    err: (text) => {
      err += text;
      heard();
    },
    interactive: false,
    cwd,
    env: {},
    signal: stop.signal,
    onHangUp: (listener) => {
      hangUp = listener;
      return () => undefined;
    },
  });
  t.after(async () => {
    stop.abort();
    await ended;
  });
  const until = (is: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!is()) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  await Promise.race([until(() => out.includes('listening on')), ended]);
  return {
    out: () => out,
    err: () => err,
    url: /listening on (http:\S+?),/.exec(out)?.[1] ?? '',
    admin: /health and metrics on (\S+)/.exec(out)?.[1] ?? '',
    hangUp: () => hangUp(),
    told: (count: number, message: RegExp) => until(() => (err.match(new RegExp(message, 'g')) ?? []).length >= count),
  };
}

test('the example: found by itself, and what it says is in force', async (t) => {
  const { folder, seen } = await copied(t);
  const { url, admin, out, err } = await started(t, folder);
  assert.match(out(), /configured by castellan\.yaml\n/, err());
  assert.equal((await get(`${url}/parcels/1`)).status, 401);
  for (let count = 0; count < 6; count++)
    assert.equal((await get(`${url}/parcels/1`, { 'x-api-key': key, host: 'parcels.internal' })).status, 200);
  assert.deepEqual(
    seen.map((all) => all.length),
    [4, 2],
  );
  assert.deepEqual(new Set(seen.flat()), new Set(['parcels.internal']));
  assert.equal((await get(`${admin}/healthz`)).status, 200);
  assert.equal((await get(`${admin}/readyz?upstream`)).status, 200);
  const { text } = await get(`${admin}/metrics`);
  assert.match(text, /^castellan_requests_total\{operation="getParcel",status="2xx"\} 6$/m);
  assert.match(text, /^castellan_refused_total\{operation="getParcel",stage="authenticate"\} 1$/m);
  assert.equal(text.includes(key), false);
});

test('flags win over the file, member by member', async (t) => {
  const { folder, write } = await copied(t);
  write((text) => text.replace('perAddress: 600/minute', 'perAddress: 1/day'));
  const { url, out } = await started(
    t,
    folder,
    '--per-address',
    'off',
    '--mode',
    'observe',
    '--known-host',
    'x.example',
  );
  assert.match(out(), /mode observe/);
  for (let count = 0; count < 3; count++) assert.equal((await get(`${url}/parcels/1`)).status, 200);
});

test('without the flag, the limit of the file counts', async (t) => {
  const { folder, write } = await copied(t);
  write((text) => text.replace('perAddress: 600/minute', 'perAddress: 1/day'));
  const { url } = await started(t, folder);
  const statuses = [];
  for (let count = 0; count < 2; count++) statuses.push((await get(`${url}/parcels/1`, { 'x-api-key': key })).status);
  assert.deepEqual(statuses, [200, 429]);
});

test(
  'a file that changes is in force; a bad one is one line, and the last good one stays',
  { timeout: 60_000 },
  async (t) => {
    const { folder, write } = await copied(t);
    const { url, told, err, hangUp } = await started(t, folder);
    const other = 'other-key-0123456789abcdef0123456789abcdef';
    const status = async (credential: string): Promise<number> =>
      (await get(`${url}/parcels/1`, { 'x-api-key': credential })).status;
    assert.equal(await status(key), 200);

    // Authentication, without a signal.
    write((text) => text.replace('${env:PARTNER_KEY}', other));
    await told(1, /the files as they are now are in force\n/);
    assert.deepEqual([await status(key), await status(other)], [401, 200]);

    write((text) => text.replace('subject: partner', 'subjekt: partner'));
    await told(1, /the last good ones stay in force\n/);
    assert.match(
      err(),
      /\ncastellan\.yaml:12:\d+: .*subjekt.*did you mean subject\?; the last good ones stay in force\n$/,
    );
    assert.equal(await status(other), 200);

    write((text) => text.replace('subjekt: partner', 'subject: partner').replace('port: 8080', 'port: 8080, prot: 1'));
    await told(2, /the last good ones stay in force\n/);
    assert.match(err(), /\ncastellan\.yaml:13:\d+: listen has no option 'prot'; did you mean port\?[^\n]*\n$/);

    // What is open stays as it was: said, and nothing of the new file counts.
    write((text) =>
      text
        .replace(', prot: 1', '')
        .replace(other, key)
        .replace(/admin: [^ ]+/, 'admin: 127.0.0.1:1'),
    );
    await told(3, /the last good ones stay in force\n/);
    assert.match(err(), /\nadmin is another than at the start; start again to have it in force; [^\n]*\n$/);
    assert.deepEqual([await status(key), await status(other)], [401, 200]);

    write((text) => text.replace('admin: 127.0.0.1:1', 'admin: 127.0.0.1:0'));
    await told(2, /the files as they are now are in force\n/);
    hangUp();
    await told(3, /the files as they are now are in force\n/);
    assert.deepEqual([await status(key), await status(other)], [200, 401]);
  },
);

test('limits and upstreams of a changed file count from then on', { timeout: 60_000 }, async (t) => {
  const { folder, write, seen } = await copied(t);
  const { url, hangUp, told } = await started(t, folder);
  write((text) => text.replace('weight: 2', 'weight: 0').replace('600/minute', '3/day'));
  hangUp();
  await told(1, /in force\n/);
  const statuses = [];
  for (let count = 0; count < 4; count++) statuses.push((await get(`${url}/parcels/1`, { 'x-api-key': key })).status);
  assert.deepEqual(statuses, [200, 200, 200, 429]);
  assert.deepEqual(
    seen.map((all) => all.length),
    [0, 3],
  );
});

test('an audit file that was renamed is left for a new one, at once with SIGHUP', { timeout: 60_000 }, async (t) => {
  const { folder } = await copied(t);
  const audit = join(folder, 'audit.jsonl');
  const { url, hangUp, told } = await started(t, folder);
  await get(`${url}/parcels/1`);
  renameSync(audit, `${audit}.1`);
  hangUp();
  await told(1, /in force\n/);
  assert.equal(existsSync(audit), true);
  await get(`${url}/parcels/2`);
  hangUp();
  await told(2, /in force\n/);
  // Reloads are events, too.
  const requests = /"class_uid":6003,/g;
  const events = [`${audit}.1`, audit].map((file) => readFileSync(file, 'utf8').match(requests)?.length ?? 0);
  assert.equal((events[0] ?? 0) + (events[1] ?? 0), 2);
  assert.ok((events[1] ?? 0) >= 1, String(events));
});

/** What is wrong is one line at the place where it was written. */
const mistakes: readonly (readonly [change: (text: string) => string, args: readonly string[], message: RegExp])[] = [
  [
    (text) => `${text}console: { port: 1 }\n`,
    [],
    /^castellan: castellan\.yaml:18:1: console is not enforced yet: .+; /,
  ],
  [
    (text) => text.replace('subject: partner', 'scopes: 7'),
    [],
    /^castellan: castellan\.yaml:12:\d+: apis\[0\]\.authentication\.partnerKey\.keys .*subject is missing; add subject/,
  ],
  [
    (text) => text.replace('partnerKey: {', 'partnerkey: {'),
    [],
    /^castellan: castellan\.yaml:\d+:\d+: .*partner[kK]ey.*; /,
  ],
  [
    (text) => text.replace('10.0.0.0/8', 'ten'),
    [],
    /^castellan: castellan\.yaml:13:\d+: 'ten' in trustedProxies is not an address or CIDR range; /,
  ],
  [
    (text) => text.replace('head: 10s', 'head: soon'),
    [],
    /^castellan: castellan\.yaml:15:13: timeouts\.head is no duration/,
  ],
  [(text) => text.replace('head: 10s', 'head: soon'), ['--timeout-head', '1s'], /^castellan: castellan\.yaml:15:13: /],
  [(text) => text, ['--timeout-head', 'soon'], /^castellan: --timeout-head is no duration/],
  [(text) => text, ['--capacity-streams', '0'], /^castellan: --capacity-streams is /],
  [
    (text) => text,
    ['--api', 'nobody'],
    /^castellan: castellan\.yaml:3:1: apis has no API 'nobody'; write --api parcels/,
  ],
  [(text) => text, ['--config', 'none.yaml'], /^castellan: none\.yaml: the file cannot be read \(ENOENT\); /],
  [(text) => text.replace('./openapi.yaml', './nothing.yaml'), [], /nothing\.yaml: there is no such file; /],
];

for (const [index, [change, args, message]] of mistakes.entries())
  test(`mistake ${index}: ${message}`, async (t) => {
    const { folder, write } = await copied(t);
    write(change);
    const { err, out } = await started(t, folder, ...args);
    assert.equal(out(), '');
    assert.match(err(), message);
    assert.match(err(), /^[^\n]+\n$/);
  });
