// npm run bench -- limits [--requests N]: one limit in front of four processes, exact or by shares; what a decision costs; and
// what happens while Redis is silent, empty or gone. Everything on loopback, bounded in count.
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { GuardOptions } from '@castellan/guard';
import { Redis } from 'ioredis';
import { monotonic } from '../../packages/guard/src/limits/monotonic.ts';
import { LocalState } from '../../packages/guard/src/state/local-state.ts';
import { RedisState } from '../../packages/guard/src/state/redis/redis-state.ts';

const { values } = parseArgs({ options: { requests: { type: 'string', default: '20000' } } });
const requests = Number(values.requests);
const folder = mkdtempSync(join(tmpdir(), 'castellan-limits-'));
const port = await freePort();
let redisServer = startRedis();
const client = new Redis({ port, host: '127.0.0.1', retryStrategy: () => 50 });
client.on('error', () => {});
await client.ping();

type Code = 'a-key-of-some-length' | 'another-key-of-some';
interface Instance {
  readonly child: ChildProcess;
  readonly port: number;
  readonly agent: Agent;
  readonly warnings: { readonly code: string; readonly at: number }[];
}

const start = (count: number, options: Partial<GuardOptions>): Promise<Instance[]> =>
  startAll(count, 'instance.ts', [JSON.stringify(options)]);

async function startAll(count: number, program: string, args: readonly string[]): Promise<Instance[]> {
  const made: Instance[] = [];
  for (let i = 0; i < count; i++) {
    const child = fork(join(import.meta.dirname, program), args, {
      execArgv: process.execArgv,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const warnings: Instance['warnings'] = [];
    const [listening] = (await once(child, 'message')) as [number];
    child.on('message', (message) => warnings.push(message as Instance['warnings'][number]));
    made.push({ child, port: listening, agent: new Agent({ keepAlive: true, maxSockets: 16 }), warnings });
  }
  // They learn of each other.
  await new Promise((resolve) => setTimeout(resolve, 1200));
  return made;
}

async function stop(instances: readonly Instance[]): Promise<void> {
  for (const { child, agent } of instances) {
    agent.destroy();
    child.send('end');
    await once(child, 'exit');
  }
}

function call({ port: at, agent }: Instance, key: Code): Promise<number> {
  return new Promise((resolve) => {
    const outgoing = request(
      { host: '127.0.0.1', port: at, path: '/call', agent, headers: { 'x-key': key } },
      (answer) => {
        answer.resume();
        answer.on('end', () => resolve(answer.statusCode ?? 0));
      },
    );
    outgoing.on('error', () => resolve(0));
    outgoing.end();
  });
}

/** Statuses by number, and how long it took. */
async function load(
  instances: readonly Instance[],
  count: number,
  key: Code = 'a-key-of-some-length',
): Promise<{ readonly statuses: Map<number, number>; readonly seconds: number }> {
  const statuses = new Map<number, number>();
  const started = performance.now();
  let sent = 0;
  const worker = async (instance: Instance): Promise<void> => {
    while (sent < count) {
      sent += 1;
      const status = await call(instance, key);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(instances.flatMap((instance) => Array.from({ length: 8 }, () => worker(instance))));
  return { statuses, seconds: (performance.now() - started) / 1000 };
}

const peers = { flexible: 'rate-limiter-flexible', fastify: '@fastify/rate-limit' } as const;
const off = { perAddress: 'off' } as const;
const url = `redis://127.0.0.1:${port}`;

console.log('| four processes, one limit | requests | limit | let through | off by |\n| --- | --- | --- | --- | --- |');
for (const [name, strict] of [
  ['strict', true],
  ['shares', false],
] as const) {
  const limit = requests / 4;
  const four = await start(4, {
    limits: { ...off, perPrincipal: `${limit}/day` },
    state: { url, strict, prefix: `${name}:` },
  });
  const { statuses, seconds } = await load(four, requests);
  const through = statuses.get(200) ?? 0;
  // What the rate gives back while the test runs.
  const more = Math.ceil((limit / 86_400) * seconds);
  console.log(
    `| ${name} | ${requests} | ${limit} (+${more}) | ${through} | ${(((through - limit) / limit) * 100).toFixed(2)} % |`,
  );
  await stop(four);
}

for (const kind of ['flexible', 'fastify'] as const) {
  const limit = requests / 4;
  const four = await startAll(4, 'peer.ts', [kind, String(limit), url]);
  const { statuses } = await load(four, requests);
  const through = statuses.get(200) ?? 0;
  console.log(
    `| ${peers[kind]} | ${requests} | ${limit} | ${through} | ${(((through - limit) / limit) * 100).toFixed(2)} % |`,
  );
  await stop(four);
}

console.log('\n| requests per second, one process | |\n| --- | --- |');
const speeds: number[] = [];
for (const [name, state] of [
  ['in the process', undefined],
  ['Redis, shares', { url, prefix: 'speed:' }],
  ['Redis, strict', { url, strict: true, prefix: 'strict:' }],
] as const) {
  const [one] = (await start(1, {
    limits: { ...off, perPrincipal: '10000000/minute' },
    ...(state === undefined ? {} : { state }),
  })) as [Instance];
  await load([one], requests / 4);
  const { seconds } = await load([one], requests);
  speeds.push(requests / seconds);
  console.log(
    `| ${name} | ${Math.round(requests / seconds)} (${(requests / seconds / (speeds[0] ?? 1)).toFixed(2)}) |`,
  );
  await stop([one]);
}

for (const kind of ['flexible', 'fastify'] as const) {
  const own: number[] = [];
  for (const place of ['', url]) {
    const [one] = (await startAll(1, 'peer.ts', [kind, '10000000', place])) as [Instance];
    await load([one], requests / 4);
    const { seconds } = await load([one], requests);
    own.push(requests / seconds);
    const part = (requests / seconds / (own[0] ?? 1)).toFixed(2);
    console.log(
      `| ${peers[kind]}, ${place === '' ? 'in the process' : 'Redis'} | ${Math.round(requests / seconds)} (${part}) |`,
    );
    await stop([one]);
  }
}

console.log('\n| a million callers | |\n| --- | --- |');
{
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  const counter = new LocalState(monotonic(Date.now)).counter('principal', { count: 10, seconds: 86_400 });
  const before = process.threadCpuUsage();
  for (let i = 0; i < 1_000_000; i++) counter.take(`https://login.example.com user-${i}`);
  const { user, system } = process.threadCpuUsage(before);
  globalThis.gc?.();
  const after = process.memoryUsage();
  const megabytes = (after.heapUsed + after.arrayBuffers - heapUsed - arrayBuffers) / 1e6;
  let forgotten = 0;
  for (let i = 0; i < 2_000_000; i++) counter.take(`flood ${i}`);
  for (let i = 0; i < 1_000_000; i++)
    if (counter.take(`https://login.example.com user-${i}`, 10) === undefined) forgotten += 1;
  console.log(
    `| memory | ${megabytes.toFixed(0)} MB |\n| a new caller | ${((user + system) / 1e6).toFixed(2)} µs |\n| forgotten after two million more | ${forgotten} |`,
  );
}

console.log('\n| a decision, in the process | µs |\n| --- | --- |');
const now = monotonic(Date.now);
const shared = new RedisState(([command, ...args]) => client.call(command, ...args), { prefix: 'cost:' }, now);
await shared.open();
for (const [name, state] of [
  ['memory', new LocalState(now)],
  ['Redis, shares', shared],
] as const) {
  const counters = ['address', 'principal', 'operation', 'records', 'bytes'].map((of) =>
    state.counter(of, { count: 1e9, seconds: 60 }),
  );
  for (const counter of counters) await counter.take('ada');
  const calls = 200_000;
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 30; round++) {
    const before = process.threadCpuUsage();
    for (let i = 0; i < calls / 10; i++) for (const counter of counters) void counter.take('ada');
    const { user, system } = process.threadCpuUsage(before);
    best = Math.min(best, (user + system) / (calls / 10));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  console.log(`| ${name}, five counters | ${best.toFixed(3)} |`);
}
await shared.close();

console.log(
  '\n| while Redis is | sent | answered 200 | 429 | failed | told after |\n| --- | --- | --- | --- | --- | --- |',
);
const four = await start(4, { limits: { ...off, perPrincipal: '2000/day' }, state: { url, prefix: 'chaos:' } });
const told = (code: string, since: number): string => {
  const times = four
    .flatMap(({ warnings }) => warnings.filter((one) => one.code === code && one.at >= since))
    .map(({ at }) => at - since);
  return times.length === 0 ? 'not' : `${Math.min(...times)} to ${Math.max(...times)} ms (${times.length} of 4)`;
};
const row = (name: string, sent: number, statuses: Map<number, number>, when: string): void => {
  const failed = [...statuses]
    .filter(([status]) => status !== 200 && status !== 429)
    .reduce((sum, [, count]) => sum + count, 0);
  console.log(`| ${name} | ${sent} | ${statuses.get(200) ?? 0} | ${statuses.get(429) ?? 0} | ${failed} | ${when} |`);
};
const rest = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
row('there', 4000, (await load(four, 4000)).statuses, '');
let since = Date.now();
redisServer.kill('SIGSTOP');
row(
  'silent (limit 2,000 in all, another caller)',
  4000,
  (await load(four, 4000, 'another-key-of-some')).statuses,
  told('state-away', since),
);
since = Date.now();
redisServer.kill('SIGCONT');
await rest(1500);
row('back', 1000, (await load(four, 1000)).statuses, told('state-back', since));
await client.flushall();
row('flushed', 4000, (await load(four, 4000)).statuses, '');
since = Date.now();
redisServer.kill('SIGKILL');
await once(redisServer, 'exit');
row('killed', 4000, (await load(four, 4000)).statuses, told('state-away', since));
since = Date.now();
redisServer = startRedis();
await rest(2500);
row('started again, empty', 4000, (await load(four, 4000)).statuses, told('state-back', since));
await stop(four);

client.disconnect();
redisServer.kill();
await once(redisServer, 'exit');
rmSync(folder, { recursive: true });

function startRedis(): ChildProcess {
  return spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''], {
    stdio: 'ignore',
  });
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port: free } = probe.address() as AddressInfo;
  probe.close();
  return free;
}
