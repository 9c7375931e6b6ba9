// Events at receivers that others wrote: rsyslog over TLS; and a webhook whose signature its receiver checks.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isSigned } from '@castellan/guard/audit';
import { createAuthority } from './certificates.ts';
import { syslogFrame } from '../src/forward/syslog.ts';
import { guarded, token } from './guarded.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-forward-'));
after(() => rmSync(folder, { recursive: true }));
const ok = { headers: { authorization: `Bearer ${token}` } };

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

const noRsyslog =
  spawnSync('rsyslogd', ['-v'], { encoding: 'utf8' }).status === 0 &&
  existsSync('/usr/lib/x86_64-linux-gnu/rsyslog/lmnsd_ossl.so')
    ? false
    : 'there is no rsyslog with OpenSSL here';

test('rsyslog takes every event over TLS, and reads its parts', { skip: noRsyslog, timeout: 60_000 }, async () => {
  const authority = createAuthority('Syslog');
  after(() => authority.close());
  const { cert, key } = authority.issue('localhost', { usage: 'serverAuth' });
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const [ca, port, output] = [file('ca.pem', authority.cert), await freePort(), join(folder, 'events.log')];
  const configuration = file(
    'rsyslog.conf',
    `global(workDirectory="${folder}" maxMessageSize="64k" defaultNetstreamDriver="ossl" defaultNetstreamDriverCAFile="${ca}"
  defaultNetstreamDriverCertFile="${file('server.pem', cert)}" defaultNetstreamDriverKeyFile="${file('server.key', key)}")
module(load="imtcp" streamDriver.name="ossl" streamDriver.mode="1" streamDriver.authMode="anon")
template(name="parts" type="string" string="%protocol-version% %syslogfacility-text% %syslogseverity-text% %app-name% %procid% %msgid% %msg%\\n")
input(type="imtcp" port="${port}" address="127.0.0.1" ruleset="all")
ruleset(name="all") { action(type="omfile" file="${output}" template="parts") }
`,
  );
  const daemon = spawn('rsyslogd', ['-n', '-f', configuration, '-i', join(folder, 'rsyslog.pid')], { stdio: 'ignore' });
  after(() => void daemon.kill());
  const server = await guarded({ forward: { syslog: { host: 'localhost', port, ca } } });
  // It may not listen yet: what waits is sent when it does.
  const paths = ['/items/1', '/items/2', '/nothing'];
  for (const path of paths) await (await fetch(server.url + path, ok)).arrayBuffer();
  const lines = (): string[] =>
    existsSync(output) ? readFileSync(output, 'utf8').trimEnd().split('\n').filter(Boolean) : [];
  while (lines().length < paths.length) await new Promise((resolve) => setTimeout(resolve, 50));
  await server.close();
  for (const line of lines()) {
    const [, head, event] = /^(1 \S+ \S+ castellan \d+ exchange) +(\{.*\})$/.exec(line) ?? [];
    const severity = (JSON.parse(event ?? '') as { readonly severity_id: number }).severity_id;
    assert.match(head ?? '', severity === 1 ? /^1 audit info / : /^1 audit warning /);
  }
});

test('a message has its length before it, in bytes, and a header that parsers take', () => {
  const frame = syslogFrame('{"a":"ü"}', 3, Date.UTC(2026, 0, 2), 'host', 7).toString();
  const [, length, message = ''] = /^(\d+) (<.*)$/s.exec(frame) ?? [];
  assert.equal(Number(length), Buffer.byteLength(message));
  assert.equal(message, '<108>1 2026-01-02T00:00:00.000Z host castellan 7 exchange - {"a":"ü"}');
});

test(
  'a webhook gets what was refused, in signed requests, and again what it did not take',
  { timeout: 60_000 },
  async () => {
    const secret = 'a secret that has 32 characters..';
    const taken: unknown[][] = [];
    let asked = 0;
    const receiver = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        asked += 1;
        const signed = isSigned(secret, body, request.headers, Date.now());
        assert.equal(isSigned(`${secret}!`, body, request.headers, Date.now()), false);
        assert.equal(isSigned(secret, `${body} `, request.headers, Date.now()), false);
        assert.equal(isSigned(secret, body, request.headers, Date.now() + 600_000), false);
        if (signed && asked > 1) taken.push(JSON.parse(body) as unknown[]);
        response.writeHead(asked === 1 ? 503 : 204).end();
      });
    });
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const { port } = receiver.address() as AddressInfo;
    const server = await guarded({ forward: { webhook: { url: `http://127.0.0.1:${port}/events`, secret } } });
    for (const path of ['/a', '/b', '/c']) await (await fetch(server.url + path, ok)).arrayBuffer();
    await server.close();
    receiver.close();
    const codes = taken
      .flat()
      .map((event) => (event as { readonly http_response: { readonly code: number } }).http_response.code);
    assert.deepEqual(codes, [404, 404, 404]);
  },
);
