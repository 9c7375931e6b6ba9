// The recipes of docs/authentication.md for client certificates behind a TLS proxy, as they are written there, before a real gateway.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startGateway, type Gateway } from '@castellan/gateway';
import { createAuthority, type Pem } from '../packages/guard/test/certificates.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-tls-proxy-'));
const authority = createAuthority('Clients');
const strangers = createAuthority('Clients');
after(() => {
  rmSync(folder, { recursive: true, force: true });
  authority.close();
  strangers.close();
});
const guide = readFileSync(join(import.meta.dirname, '../docs/authentication.md'), 'utf8');
/** The block of a language that has a word in it. */
function recipe(language: string, word: string): string {
  const blocks = [...guide.matchAll(/```(\w+)\n(.*?)```/gs)];
  return blocks.find(([, of, text]) => of === language && text?.includes(word))?.[2] ?? '';
}
const ours = authority.issue('localhost', { usage: 'serverAuth' });
writeFileSync(join(folder, 'server.pem'), `${ours.cert}${ours.key}`);
writeFileSync(join(folder, 'server.key'), ours.key);
writeFileSync(join(folder, 'clients-ca.pem'), authority.cert);
writeFileSync(join(folder, 'client-cert.js'), recipe('js', 'ssl_client_raw_cert'));

const module = '/usr/lib/nginx/modules/ngx_http_js_module.so';
const here = (text: string, port: number, upstream: string): string =>
  text
    .replaceAll(/\/etc\/(?:nginx|haproxy)/g, folder)
    .replace('127.0.0.1:8080', upstream)
    .replace('listen 443', `listen 127.0.0.1:${port}`)
    .replace('bind :443', `bind 127.0.0.1:${port}`);
const proxies: Readonly<
  Record<string, { check: readonly string[]; run: (file: string) => readonly string[]; text: string }>
> = {
  nginx: {
    check: ['sh', '-c', `nginx -v && test -e ${module}`],
    run: (file) => ['nginx', '-e', 'stderr', '-p', folder, '-c', file],
    text: `load_module ${module};\ndaemon off;\npid ${folder}/pid;\nevents {}\nhttp {\naccess_log off;\n${recipe('nginx', 'Client-Cert')}\n}\n`,
  },
  haproxy: {
    check: ['haproxy', '-v'],
    run: (file) => ['haproxy', '-db', '-f', file],
    text: `defaults\n  mode http\n  timeout client 5s\n  timeout server 5s\n  timeout connect 5s\n${recipe('haproxy', 'Client-Cert')}`,
  },
};

const contract = {
  openapi: '3.1.0',
  info: { title: 'Cards', version: '1' },
  components: { securitySchemes: { card: { type: 'mutualTLS' } } },
  paths: {
    '/card': {
      get: {
        security: [{ card: [] }],
        responses: { 200: { description: '', content: { 'application/json': { schema: { type: 'object' } } } } },
      },
    },
  },
};

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function untilOpen(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const socket = connect(port, '127.0.0.1');
    const open = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (open) return;
    await pause(25);
  }
  throw new Error('the proxy does not listen');
}

for (const [name, { check, run, text }] of Object.entries(proxies)) {
  const [program = '', ...args] = check;
  const absent = spawnSync(program, args).status !== 0;
  describe(name, { skip: absent && `no ${name} here` }, () => {
    let gateway: Gateway;
    let port = 0;
    let last: IncomingHttpHeaders = {};
    const upstream = createHttpServer((incoming, response) => {
      last = incoming.headers;
      response.setHeader('content-type', 'application/json').end('{}');
    });
    let end = async (): Promise<void> => {};
    before(async () => {
      upstream.listen(0, '127.0.0.1');
      await once(upstream, 'listening');
      gateway = await startGateway({
        contract,
        upstream: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`,
        port: 0,
        trustedProxies: ['127.0.0.1'],
        clientCertificate: 'header',
        authentication: { card: { certificates: { subject: 'common-name', known: { ada: { subject: 'ada' } } } } },
      });
      port = await freePort();
      const file = join(folder, `${name}.conf`);
      writeFileSync(file, here(text, port, new URL(gateway.url).host));
      const [command = '', ...rest] = run(file);
      const child = spawn(command, rest, { stdio: 'ignore' });
      end = async () => {
        child.kill();
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      };
      await untilOpen(port);
    });
    after(async () => {
      await end();
      await gateway.close();
      upstream.close();
    });

    const ask = (client: Pem | undefined, headers: Readonly<Record<string, string>>): Promise<number> =>
      new Promise((resolve, reject) => {
        last = {};
        const options = { host: '127.0.0.1', port, path: '/card', agent: false as const, rejectUnauthorized: false };
        const outgoing = request({ ...options, ...client, headers: { host: 'localhost', ...headers } }, (response) => {
          response.resume();
          response.on('end', () => resolve(response.statusCode ?? 0));
        });
        outgoing.on('error', reject);
        outgoing.end();
      });
    const subject = (): unknown => {
      const [, claims = ''] = String(last['castellan-context'] ?? '').split('.');
      return claims === ''
        ? undefined
        : (JSON.parse(Buffer.from(claims, 'base64url').toString()) as { sub: string }).sub;
    };
    const ada = authority.issue('ada');
    const stolen = `:${ada.cert.replaceAll(/-----[^-]+-----|\s/g, '')}:`;
    const callers: readonly (readonly [string, Pem | undefined, number])[] = [
      ['a known holder', ada, 200],
      ['nobody', undefined, 401],
      ['an unknown holder', authority.issue('bob'), 401],
    ];
    for (const [who, client, status] of callers)
      for (const headers of [
        {},
        { 'client-cert': stolen },
        { 'CLIENT-CERT': ':AAAA:' },
        { 'client-cert-chain': 'x' },
        { client_cert: stolen },
      ])
        test(`${who}, who sends ${JSON.stringify(headers).slice(0, 40)}`, async () => {
          assert.equal(await ask(client, headers), status);
          assert.equal(subject(), status === 200 ? 'ada' : undefined);
          assert.ok(!Object.keys(last).some((field) => /^client[-_]cert/i.test(field)));
        });

    test('a certificate of another authority with the same names', async () => {
      const status = await ask(strangers.issue('ada'), {}).catch(() => 'no connection');
      assert.ok(status === 400 || status === 401 || status === 'no connection', String(status));
      assert.equal(subject(), undefined);
    });
  });
}

const deploying = readFileSync(join(import.meta.dirname, '../docs/deploying.md'), 'utf8');
const noHaproxy = spawnSync('haproxy', ['-v']).status !== 0;

describe(
  'HAProxy before two gateways, as the guide of deploying has it',
  { skip: noHaproxy && 'no haproxy here' },
  () => {
    test('the caller, one id in all logs, and no request lost while one of the two ends', async (t) => {
      const ids: (string | undefined)[] = [];
      const upstream = createHttpServer((incoming, response) => {
        ids.push(String(incoming.headers['x-request-id']));
        response.setHeader('content-type', 'application/json').end('{}');
      });
      t.after(() => upstream.close());
      upstream.listen(0, '127.0.0.1');
      await once(upstream, 'listening');
      const events: { readonly metadata: { readonly uid: string }; readonly src_endpoint: { readonly ip: string } }[] =
        [];
      const open = (): Promise<Gateway> =>
        startGateway({
          contract: {
            ...contract,
            components: {},
            paths: { '/card': { get: { responses: contract.paths['/card'].get.responses } } },
          },
          upstream: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`,
          port: 0,
          admin: '127.0.0.1:0',
          trustedProxies: ['loopback'],
          onEvent: (event) => void events.push(event),
        });
      const gateways = [await open(), await open()];
      t.after(() => Promise.all(gateways.map((one) => one.close())));
      const port = await freePort();
      const [, shown = ''] = /```haproxy\n(.*?)```/s.exec(deploying) ?? [];
      const servers = [/10\.0\.0\.11:8080 check port 9901/, /10\.0\.0\.12:8080 check port 9901/];
      const text = servers.reduce((all, server, index) => {
        assert.match(all, server);
        const { host } = new URL(gateways[index]?.url ?? '');
        return all.replace(server, `${host} check port ${new URL(gateways[index]?.adminUrl ?? '').port}`);
      }, shown);
      const file = join(folder, 'two.cfg');
      writeFileSync(
        file,
        text.replace('/etc/haproxy/api.pem', join(folder, 'server.pem')).replace('bind :443', `bind 127.0.0.1:${port}`),
      );
      const child = spawn('haproxy', ['-db', '-f', file], { stdio: 'ignore' });
      t.after(async () => {
        child.kill();
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      });
      await untilOpen(port);
      const ask = (headers: Readonly<Record<string, string>>): Promise<readonly [status: number, id: unknown]> =>
        new Promise((resolve, reject) => {
          const options = { host: '127.0.0.1', port, path: '/card', agent: false as const, rejectUnauthorized: false };
          const outgoing = request({ ...options, headers: { host: 'localhost', ...headers } }, (response) => {
            response.resume();
            response.on('end', () => resolve([response.statusCode ?? 0, response.headers['x-request-id']]));
          });
          outgoing.on('error', reject);
          outgoing.end();
        });
      for (const claimed of ['203.0.113.7', '2001:db8::7']) {
        // HAProxy connects from loopback, as the caller does here: what the caller says counts behind both.
        const [status, id] = await ask({ 'x-forwarded-for': claimed, 'x-request-id': 'of-the-caller' });
        assert.equal(status, 200);
        assert.notEqual(id, 'of-the-caller');
        assert.equal(id, ids.at(-1));
        const event = events.find(({ metadata }) => metadata.uid === id);
        assert.equal(event?.src_endpoint.ip, claimed);
      }
      await gateways[0]?.close();
      for (let n = 0; n < 6; n++) assert.equal((await ask({}))[0], 200, `request ${n} after one gateway ended`);
    });
  },
);
