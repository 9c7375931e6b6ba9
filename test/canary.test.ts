// promise: facts-without-values
// Secrets in every place of requests, of answers and of what an identity provider says, through a gateway that runs as it does for
// anybody: none is in anything that it writes, sends, shows or prints.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { after, test } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { SMTPServer } from 'smtp-server';
import { run } from '../packages/cli/src/run.ts';
import { canary, claims, places, says, type Ask, type Behaviour } from './canary/places.ts';
import { contract } from './canary/contract.ts';
import { createAuthority } from '../packages/guard/test/certificates.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-canaries-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const found = /cnry[\da-f]{6,}/g;

const file = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

async function listening(
  answer: (request: IncomingMessage, response: ServerResponse, body: string) => void,
): Promise<string> {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (piece: string) => (body += piece));
    request.on('end', () => answer(request, response, body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function send(
  url: string,
  { method = 'GET', path = '/things/a', headers = {}, body }: Ask,
  token: string,
): Promise<void> {
  await new Promise<void>((resolve) => {
    const outgoing = httpRequest(
      `${url}/`,
      { method, path, headers: { authorization: `Bearer ${token}`, ...headers }, agent: false },
      (response) => {
        response
          .resume()
          .on('error', () => resolve())
          .on('close', () => resolve());
      },
    );
    outgoing.setTimeout(5000, () => outgoing.destroy());
    outgoing.on('error', () => resolve()).end(body);
  });
}

/** Bytes that no client would send. */
async function sendRaw(url: string, bytes: string): Promise<void> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => undefined).end(bytes);
  socket.resume();
  await once(socket, 'close');
}

async function castellan(...args: readonly string[]): Promise<string> {
  let out = '';
  const write = (piece: string): void => void (out += piece);
  await run([...args], {
    out: write,
    err: write,
    interactive: false,
    cwd: folder,
    env: {},
    signal: new AbortController().signal,
  });
  return out;
}

const isEvent = new Ajv2020({ strict: false }).compile(
  JSON.parse(readFileSync(join(import.meta.dirname, '../schemas/event.json'), 'utf8')) as object,
);

/** Events of every class in what an output was told. */
function eventsIn(output: string, said: string): readonly unknown[] {
  if (output === 'webhook' || output === 'incidents')
    return [JSON.parse(said.slice(said.indexOf(' ') + 1)) as unknown].flat();
  if (!/\.jsonl(?:\.zst)?$/.test(output)) return [];
  const lines = said.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as object).filter((line) => 'class_uid' in line);
}

const certificates = createAuthority('Canaries');
after(() => certificates.close());

for (const mode of ['enforce', 'observe'] as const)
  test(`a gateway tells no secret to anybody: ${mode}`, { timeout: 120_000 }, async (t) => {
    const told: [output: string, text: string][] = [];
    const receiver = (output: string, answer = '{}'): Promise<string> =>
      listening((request, response, body) => {
        told.push([output, `${request.url} ${body}`]);
        response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
      });
    let upstreamDoes: Behaviour | undefined;
    let idpDoes: Behaviour | undefined;
    const good = says(JSON.stringify({ id: 'a', ownerId: 'ada' }));
    const upstream = await listening((request, response) =>
      (upstreamDoes ?? (request.url === '/things' ? says('[{"id":"a","ownerId":"ada"}]') : good))(response),
    );
    const idp = await listening((_request, response) => (idpDoes ?? says(JSON.stringify(claims())))(response));
    const pem = certificates.issue('localhost', { usage: 'serverAuth' });
    const syslog = createTlsServer(pem, (socket) => {
      socket
        .setEncoding('utf8')
        .on('data', (piece: string) => told.push(['syslog', piece]))
        .on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    await once(syslog, 'listening');
    t.after(() => syslog.close());
    // The server of the mails knows the password, and nobody else does.
    const mail = new SMTPServer({
      ...pem,
      onAuth: ({ username }, _session, done) => done(null, { user: username }),
      onData(stream, _session, done) {
        let text = '';
        stream.on('data', (piece: Buffer) => (text += String(piece)));
        stream.on('end', () => {
          const [head = '', body = ''] = text.split('\r\n\r\n');
          told.push(['mail', `${head} ${Buffer.from(body, 'base64').toString()}`]);
          done();
        });
      },
    }).listen(0, '127.0.0.1');
    await once(mail, 'listening');
    t.after(() => mail.close(() => undefined));
    const caFile = file('ca.pem', certificates.cert);
    const directory = join(folder, `audit-${mode}`);
    file('api.json', JSON.stringify(contract));
    file(
      'things.cedar',
      `permit (principal, action, resource is Thing) when { resource has ownerId && resource.ownerId == "ada" };
permit (principal, action == Action::"putThing", resource);
forbid (principal, action == Action::"getThing", resource) when { principal.level > 3 };
`.replace(/^forbid.*\n/m, ''),
    );
    const config = file(
      `castellan-${mode}.yaml`,
      JSON.stringify({
        apis: [
          {
            name: 'things',
            contract: './api.json',
            policies: './things.cedar',
            upstreams: [{ url: upstream }],
            authentication: {
              token: {
                issuer: 'https://login.example.com',
                audience: 'things',
                introspection: { endpoint: `${idp}/introspect`, client: { id: 'gateway', secret: canary() } },
              },
              basic: { users: { eve: { password: canary() } } },
              key: { keys: { [`${canary()}${canary()}`]: { subject: 'batch' } } },
              session: { keys: { [`${canary()}${canary()}`]: { subject: 'web' } } },
            },
          },
        ],
        listen: { port: 8080, admin: '127.0.0.1:0' },
        limits: { perAddress: 'off', perPrincipal: 'off' },
        audit: {
          dir: directory,
          durability: 'fsync',
          key: canary(),
          anchor: { url: await receiver('anchor'), secret: `${canary()}${canary()}` },
        },
        telemetry: { otlp: await receiver('OTLP'), headers: { 'x-api-key': canary() }, interval: 300 },
        forward: {
          syslog: {
            host: 'localhost',
            port: (syslog.address() as AddressInfo).port,
            ca: file('ca.pem', certificates.cert),
            classes: ['api-activity', 'http-activity', 'authentication', 'authorize-session'],
          },
          webhook: {
            url: await receiver('webhook'),
            secret: `${canary()}${canary()}`,
            events: 'all',
            classes: ['api-activity', 'authentication', 'http-activity', 'authorize-session'],
          },
        },
        registry: {
          url: await receiver(
            'registry',
            JSON.stringify({ fingerprintKey: Buffer.alloc(32, 7).toString('base64url') }),
          ),
          key: `${canary()}${canary()}`,
        },
        detect: {
          warmUp: 0,
          honey: ['/backup.sql'],
          notify: {
            syslog: { host: 'localhost', port: (syslog.address() as AddressInfo).port, ca: `\${file:${caFile}}` },
            mail: {
              host: 'localhost',
              port: (mail.address() as AddressInfo).port,
              from: 'castellan@example.com',
              to: ['ops@example.com'],
              ca: `\${file:${caFile}}`,
              user: 'castellan',
              password: canary(),
            },
            webhook: { url: await receiver('incidents'), secret: `${canary()}${canary()}` },
          },
        },
      }),
    );
    const child = spawn(
      process.execPath,
      [
        '--conditions=@castellan/source',
        join(import.meta.dirname, '../packages/cli/src/main.ts'),
        'gateway',
        '--config',
        config,
        '--mode',
        mode,
        '--port',
        '0',
      ],
      { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_ENV: 'test' } },
    );
    let console = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (piece: string) => (console += piece));
    const ended = once(child, 'exit');
    t.after(() => child.kill('SIGKILL'));
    while (!console.includes('health and metrics on') && child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(child.exitCode, null, console);
    const behind = (words: string): string => new RegExp(`${words} (http:[^,\\s]+)`).exec(console)?.[1] ?? '';
    const [url, admin] = [behind('listening on'), behind('health and metrics on')];
    const stop = new AbortController();
    const watched = fetch(`${admin}/watch`, { signal: stop.signal }).then(async (response) => {
      const reader = (response.body as ReadableStream<Uint8Array>).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        told.push(['watch', Buffer.from(value).toString()]);
      }
    });
    watched.catch(() => undefined);
    let sent = 0;
    for (const make of Object.values(places)) {
      const ask = make();
      upstreamDoes = ask.upstream;
      idpDoes = ask.idp;
      // A token of its own: what is cached is not asked about.
      await send(url, ask, `opaque-${canary()}`);
      sent += 1;
    }
    upstreamDoes = idpDoes = undefined;
    for (const bytes of [
      `GET /${canary()} HTTP/1.1\r\nHost: x\r\n${canary()}\r\n\r\n`,
      `POST /things/a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n${canary()}`,
      `GET /things/a HTTP/1.1\r\nHost: ${canary()}\r\nHost: ${canary()}\r\nConnection: close\r\n\r\n`,
      `${canary()} ${canary()}\r\n\r\n`,
    ])
      await sendRaw(url, bytes);
    await send(url, { path: '/backup.sql' }, `opaque-${canary()}`);
    for (const path of ['/metrics', '/incidents', '/healthz', '/readyz?upstream'])
      told.push([path, await (await fetch(admin + path)).text()]);
    stop.abort();
    child.kill('SIGTERM');
    await ended;
    syslog.close();
    told.push(['console', console]);
    for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
      if (name === 'keys') continue;
      const bytes = readFileSync(join(directory, name));
      told.push([name, name.endsWith('.zst') ? zstdDecompressSync(bytes).toString() : bytes.toString('latin1')]);
    }
    for (const args of [
      ['audit', 'search', directory, '--limit', 'all'],
      ['audit', 'search', directory, '--json', '--limit', 'all'],
      ['audit', 'report', directory, '--format', 'html'],
      ['audit', 'report', directory],
      ['audit', 'verify', directory],
    ])
      told.push([args.slice(0, 2).join(' '), await castellan(...args)]);
    const outputs = new Set(told.map(([output]) => output));
    for (const output of [
      'OTLP',
      'syslog',
      'webhook',
      'watch',
      '/metrics',
      '/incidents',
      'incidents',
      'mail',
      'audit search',
      'audit report',
      'console',
    ])
      assert.ok(outputs.has(output), `${output} was told something; of ${[...outputs].join()}`);
    const events = told
      .filter(([output]) => output === 'webhook')
      .map(([, body]) => body)
      .join('');
    assert.ok((events.match(/"class_uid":6003/g) ?? []).length >= sent, 'each request left its event');
    const classes = new Set<number>();
    for (const [output, said] of told)
      for (const event of eventsIn(output, said)) {
        assert.ok(isEvent(event), `${output}: ${JSON.stringify([event, isEvent.errors]).slice(0, 2000)}`);
        classes.add((event as { class_uid: number }).class_uid);
      }
    assert.deepEqual(
      [...classes].sort((a, b) => a - b),
      [2004, 3002, 3003, 4002, 6003],
    );
    const leaks = told.flatMap(([output, said]) =>
      [...said.matchAll(found)].map(({ index }) => `${output}: ${said.slice(Math.max(0, index - 150), index + 40)}`),
    );
    assert.deepEqual([...new Set(leaks)].slice(0, 6), []);
  });
