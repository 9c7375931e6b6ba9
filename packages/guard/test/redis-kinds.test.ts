// Redis as it is run: with TLS and ACL, as a cluster, behind sentinels; and what is said where it cannot be used.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { neededCommands } from '../src/state/redis/remedy.ts';
import { stateOf, type StateOptions } from '../src/state/index.ts';
import type { State } from '../src/state/state.ts';
import { createAuthority } from './certificates.ts';
import { send } from './client.ts';
import { guarded, token } from './guarded.ts';
import { eventually, startCluster, startSentinels, type Redises } from './redis-cluster.ts';
import { freePort, startRedis, type RedisServer } from './redis.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-redis-kinds-'));
const authority = createAuthority('Castellan test');
const stranger = createAuthority('Stranger');
after(() => {
  authority.close();
  stranger.close();
  rmSync(folder, { recursive: true });
});
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
};
const secret = 'p/a#s:s@w%rd-of-the-store';
const passwordFile = file('password', `${secret}\n`);
const ca = file('ca.pem', authority.cert);
const otherCa = file('other.pem', stranger.cert);
const [served, client] = [authority.issue('localhost', { usage: 'serverAuth' }), authority.issue('guard')];
const certificate = file('client.pem', client.cert);
const key = file('client.key', client.key);

const started: { close: () => Promise<void> }[] = [];
after(async () => {
  for (const one of started) await one.close();
});
async function start(needs: Parameters<typeof startRedis>[0]): Promise<RedisServer | undefined> {
  const server = await startRedis(needs);
  if (server !== undefined) started.push(server);
  return server;
}

/** A user that may do what the guide says, and nothing else. */
const acl = (commands: readonly string[], name = 'castellan'): string =>
  `user ${name} on >${secret} ~castellan:* ${commands.map((command) => `+${command}`).join(' ')}`;
const plain = await start({});
const skip = plain === undefined && 'redis-server is not installed';
const tlsFiles = ['--tls-cert-file', file('s.pem', served.cert), '--tls-key-file', file('s.key', served.key)];
const tlsArgs = [...tlsFiles, '--tls-ca-cert-file', ca];
const trusting = { tls: { ca: authority.cert, cert: client.cert, key: client.key } };
const users = file(
  'users.acl',
  [
    'user default off',
    'user tester on nopass ~* &* +@all',
    acl(neededCommands),
    ...neededCommands.map((missing) =>
      acl(
        neededCommands.filter((one) => one !== missing),
        `no-${missing}`,
      ),
    ),
    `user other-keys on >${secret} ~elsewhere:* ${neededCommands.map((command) => `+${command}`).join(' ')}`,
  ].join('\n'),
);
const tester = { username: 'tester', password: 'any' };
const withTls = await start({
  encrypted: true,
  args: [...tlsArgs, '--tls-auth-clients', 'optional', '--aclfile', users],
  client: { ...trusting, ...tester },
});
const mutual = await start({ encrypted: true, args: [...tlsArgs, '--tls-auth-clients', 'yes'], client: trusting });
const guards = `rediss://localhost:${withTls?.port}`;
const right = { url: guards, username: 'castellan', password: `\${file:${passwordFile}}`, ca };

async function open(options: StateOptions): Promise<State> {
  const state = (await stateOf({ timeout: 1000, ...options }))(Date.now);
  await state.open();
  return state;
}

describe('a store with TLS and an ACL', { skip }, () => {
  const forms: Readonly<Record<string, StateOptions>> = {
    'user and password from a file': right,
    'both in the address, percent-encoded': {
      url: `rediss://castellan:${encodeURIComponent(secret)}@localhost:${withTls?.port}`,
      ca,
    },
    'by address': { ...right, url: `rediss://127.0.0.1:${withTls?.port}/0` },
    'a certificate of the instance': { ...right, certificate, key },
    'one that asks for certificates': { url: `rediss://localhost:${mutual?.port}`, ca, certificate, key },
    'no TLS': { url: `redis://127.0.0.1:${plain?.port}` },
  };
  for (const [what, options] of Object.entries(forms))
    test(`${what}: guards share their limits, and each needs no more than its user may`, async (t) => {
      const prefix = `castellan:${Object.keys(forms).indexOf(what)}:`;
      const limits = { perPrincipal: '7/hour', perAddress: '1000/minute' };
      const two = [1, 2].map(() => guarded({ state: { ...options, prefix, required: true, timeout: 2000 }, limits }));
      const [one, other] = await Promise.all(two);
      assert.ok(one !== undefined && other !== undefined);
      t.after(() => Promise.all([one.close(), other.close()]));
      const calls = Array.from({ length: 20 }, (_, call) =>
        send([one, other][call % 2]?.url ?? '', '/v1/me', { token }),
      );
      assert.equal((await Promise.all(calls)).filter(({ status }) => status === 200).length, 7);
      await one.guard.revocations.revoke({ kind: 'subject', id: 'ada', at: Date.now() + 1000 });
      await other.guard.revocations.refresh();
      assert.equal((await send(other.url, '/v1/me', { token })).status, 401);
      for (const server of [one, other])
        assert.doesNotMatch(JSON.stringify(server.guard.notices), /state-|revocations-stale/);
    });
  test('replay, steps, guesses and places are permitted as well', async () => {
    const state = await open(right);
    assert.equal(await state.replay('s').use('once', Date.now() + 60_000, Date.now()), 'fresh');
    assert.equal(await state.replay('s').use('once', Date.now() + 60_000, Date.now()), 'used');
    state.steps.add('a');
    assert.equal(await state.steps.has('a'), true);
    const tally = state.tally('t', 60_000);
    tally.add('x', 1, Date.now());
    await tally.refresh(['x']);
    tally.clear('x', Date.now());
    await tally.refresh(['x']);
    (await state.leases.take('l', 1))?.();
    assert.deepEqual(state.notices, []);
    await state.close();
  });
});

const nobody = await freePort();
const web: Server = createServer((socket) => {
  socket.on('error', () => {});
  socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
}).listen(0, '127.0.0.1');
await once(web, 'listening');
after(() => web.close());
const replica = await start({ args: ['--replicaof', '127.0.0.1', String(plain?.port)] });
const locked = await start({ args: ['--requirepass', secret], client: { password: secret } });
const full = await start({ args: ['--maxmemory', '1'] });

describe('a store that cannot be used is told in one line, with what to do', { skip }, () => {
  const url = (server: RedisServer | undefined, scheme = 'redis'): string => `${scheme}://localhost:${server?.port}`;
  const webPort = (web.address() as AddressInfo | null)?.port ?? 0;
  const forms: Readonly<Record<string, readonly [StateOptions, RegExp]>> = {
    'nobody there': [
      { url: `redis://127.0.0.1:${nobody}` },
      /nobody listens there; start it, or correct host and port/,
    ],
    'another server': [{ url: `redis://127.0.0.1:${webPort}` }, /no Redis|closes the connection/],
    'a wrong password': [
      { ...right, password: 'wrong' },
      /refuses user or password; correct state.username and state.password/,
    ],
    'a wrong user': [{ ...right, username: 'nobody' }, /refuses user or password; correct state.username/],
    'no user where an ACL asks for one': [{ url: guards, ca }, /asks for a password; give state.password|refuses user/],
    'no password where one is asked for': [{ url: url(locked) }, /asks for a password; give state.password/],
    'a wrong password in the address': [{ url: url(locked).replace('://', '://:wrong@') }, /refuses user or password/],
    'no TLS where TLS is spoken': [{ url: url(withTls, 'redis') }, /TLS write rediss:|rediss:\/\//],
    'TLS where none is spoken': [{ url: url(plain, 'rediss') }, /only where it speaks TLS|does not speak TLS/],
    'an authority that nobody named': [
      { ...right, ca: undefined },
      /no certificate authority that is trusted here issued its certificate; name the file of its authority: state.ca/,
    ],
    'another authority': [{ ...right, ca: otherCa }, /issued its certificate/],
    'no certificate where one is asked for': [
      { url: url(mutual, 'rediss'), ca },
      /asks for a certificate of this instance; give state.certificate|closes the connection/,
    ],
    'a replica': [{ url: url(replica) }, /is a replica, which cannot be written; name the primary/],
    'no cluster': [{ url: url(plain), cluster: true }, /belongs to no cluster; leave state.cluster out/],
    'no sentinel': [{ url: url(plain), sentinel: 'primary' }, /sentinels do not answer, or do not know the primary/],
    'no memory': [{ url: url(full) }, /takes no writes|maxmemory/],
    'keys of somebody else': [
      { ...right, username: 'other-keys' },
      /ACL does not let this user; ACL SETUSER NAME ~castellan:\*/,
    ],
    ...Object.fromEntries(
      neededCommands
        .filter((name) => name !== 'xadd' && name !== 'eval')
        .map((name) => [
          `an ACL without ${name}`,
          [
            { ...right, username: `no-${name}` },
            /ACL does not let this user; ACL SETUSER NAME ~castellan:\* \+eval/,
          ] as const,
        ]),
    ),
  };
  for (const [what, [options, expected]] of Object.entries(forms))
    test(`${what}: refused where it is required, local where it is not`, async () => {
      await assert.rejects(open({ ...options, required: true }), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'state-unreachable');
        assert.match(error.message, expected);
        assert.doesNotMatch(error.message, /\n/);
        assert.ok(!error.message.includes(secret) && !error.message.includes('wrong@'));
        return true;
      });
      const state = await open(options);
      const [notice] = state.notices;
      assert.equal(notice?.code, 'state-away');
      assert.match(notice?.message ?? '', expected);
      const counter = state.counter('calls', { count: 2, seconds: 3600 });
      const taken = await Promise.all([1, 2, 3].map(() => counter.take('ada')));
      // Two, or one where another instance was there a moment ago.
      assert.deepEqual([taken[0], taken[2]?.allowed], [undefined, false]);
      await state.close();
    });

  const bad: readonly StateOptions[] = [
    ...[
      '',
      'cache:6379',
      'http://cache',
      'redis:',
      'redis://',
      'redis:///0',
      'redis://a:99999',
      'redis://a:0',
      'redis://a:b',
    ].map((one) => ({ url: one })),
    ...[
      `redis://u:${secret}@`,
      `rediss://u:${secret}`,
      'redis://a/name',
      'redis://a?db=1',
      'redis://[::1',
      'redis://a b',
    ].map((one) => ({ url: one })),
    { url: 'redis://a,b' },
    { url: 'redis://a', cluster: true, sentinel: 'x' },
    { url: 'redis://a', ca },
    { url: 'rediss://a', certificate },
    { url: 'rediss://a', key },
    { file: folder, password: 'x' },
    { redis: () => Promise.resolve(1), cluster: true },
  ];
  for (const [index, options] of bad.entries())
    test(`bad option ${index}: refused at the start, in one line, without the password`, async () => {
      await assert.rejects(stateOf(options), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'bad-option');
        assert.doesNotMatch(error.message, /\n|p\/a#s|of-the-store/);
        return true;
      });
    });
  test('files and secrets that are not there name themselves', async () => {
    for (const [options, code] of [
      [{ url: 'rediss://a', ca: join(folder, 'none.pem') }, 'unreadable-file'],
      [{ url: 'redis://a', password: '${file:/none}' }, 'unreadable-secret'],
      [{ url: 'redis://a', password: '${env:CASTELLAN_NOT_SET}' }, 'unset-variable'],
      [{ url: '${env:CASTELLAN_NOT_SET}' }, 'unset-variable'],
    ] as const)
      await assert.rejects(stateOf(options), { code });
  });
});

for (const [what, make, more] of [
  ['a cluster of three', startCluster, { cluster: true }],
  ['a primary with sentinels', () => startSentinels('primary'), { sentinel: 'primary' }],
] as const)
  describe(what, { skip }, () => {
    test('the primary is killed under load: no request fails, nobody gets more than two allowances, and it comes back', async () => {
      const servers = (await make()) as Redises;
      started.push(servers);
      const url = `redis://${servers.ports.map((port) => `127.0.0.1:${port}`).join(',')}`;
      const [warned, at] = [new Map<string, number>(), performance.now()];
      const listen = (warning: Error & { code?: string }): void =>
        void warned.set(warning.code ?? '', performance.now() - at);
      process.on('warning', listen);
      const states = await Promise.all([1, 2].map(() => open({ url, ...more, timeout: 800, required: true })));
      const callers = Array.from({ length: 60 }, (_, i) => `caller ${i}`);
      const limit = 20;
      const counters = states.map((state) => state.counter('calls', { count: limit, seconds: 36_000 }));
      const through = new Map<string, number>();
      let slowest = 0;
      const round = async (): Promise<void> => {
        const since = performance.now();
        await Promise.all(
          callers.map(async (caller, i) => {
            if ((await counters[i % 2]?.take(caller)) === undefined)
              through.set(caller, (through.get(caller) ?? 0) + 1);
          }),
        );
        slowest = Math.max(slowest, performance.now() - since);
      };
      // What the primary did not tell its replica any more counts a second time.
      const before = 5;
      for (let i = 0; i < before; i++) await round();
      const killed = performance.now() - at;
      servers.primary.signal('SIGKILL');
      let rounds = 0;
      await eventually(async () => {
        await round();
        rounds += 1;
        return warned.has('state-away') && states.every(({ notices }) => notices.length === 0);
      });
      const away = (warned.get('state-away') ?? 0) - killed;
      assert.ok(away < 2000, `told after ${away} ms`);
      assert.ok(slowest < 4000, `${slowest} ms`);
      for (let i = 0; i < 2 * limit; i++) await round();
      for (const [caller, count] of through)
        assert.ok(count >= limit && count <= 2 * limit + before, `${caller}: ${count} of ${limit} in ${rounds} rounds`);
      // It is shared again: what one lets through the other does not. A cluster that has just elected may be away once more.
      let tries = 0;
      await eventually(async () => {
        const name = `after ${tries++}`;
        const again = states.map((state) => state.counter(name, { count: 1, seconds: 36_000 }));
        for (const caller of callers) {
          if ((await again[0]?.take(caller)) !== undefined) return false;
          if ((await again[1]?.take(caller)) === undefined) return false;
        }
        return true;
      });
      process.off('warning', listen);
      for (const state of states) await state.close();
    });
  });
