// npm run bench -- guard [--seconds N] [--rounds N] [--only name,name] [--variants] [--latency] [--before FOLDER]
// The same work on every server, pinned to core 0, wrk on core 1, rounds interleaved, medians, ratios to bare node:http.
import { fork, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve as resolvePath } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measure, median, type Load, type Measured, type Running } from './measure.ts';
import { credential, type Credential } from './token.ts';
import { order } from './work.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '7' },
    only: { type: 'string' },
    /** Seconds that each server is warmed up at most, for each kind of request. */
    warm: { type: 'string', default: '20' },
    /** The guard with its token memory off, and with the other algorithms. */
    variants: { type: 'boolean', default: false },
    /** p99 at half of each server's own highest rate. */
    latency: { type: 'boolean', default: false },
    /** Another checkout, with its packages built and this checkout's work.ts: its guard takes part. */
    before: { type: 'string' },
  },
});
const here = fileURLToPath(new URL('.', import.meta.url));
if (spawnSync('wrk', ['-v']).error !== undefined) {
  console.error('castellan: wrk is missing; apt-get install wrk');
  process.exit(2);
}

interface Contender {
  readonly file: string;
  readonly algorithm?: string;
  /** Whether verified tokens are remembered. Default true. */
  readonly remember?: boolean;
  /** The checkout that it is of; this one where not said. */
  readonly folder?: string;
}
const bare = 'bare node:http';
const guarded = 'castellan guard, everything on';
const contenders: Readonly<Record<string, Contender>> = {
  [bare]: { file: 'bare.ts' },
  'bare Express 5': { file: 'express.ts' },
  [guarded]: { file: 'castellan.ts' },
  'Fastify + jwt (cached) + rate-limit + schemas': { file: 'fastify-full.ts' },
  'Fastify + jwt (no cache) + rate-limit + schemas': { file: 'fastify-full.ts', remember: false },
  'Express + express-openapi-validator + jose + limit': { file: 'express-openapi-validator.ts' },
};
const variants: Readonly<Record<string, Contender>> = {
  'castellan guard, ES256, memory off': { file: 'castellan.ts', remember: false },
  'castellan guard, RS256': { file: 'castellan.ts', algorithm: 'RS256' },
  'castellan guard, RS256, memory off': { file: 'castellan.ts', algorithm: 'RS256', remember: false },
  'castellan guard, EdDSA': { file: 'castellan.ts', algorithm: 'EdDSA' },
  'castellan guard, EdDSA, memory off': { file: 'castellan.ts', algorithm: 'EdDSA', remember: false },
  'castellan guard, HS256': { file: 'castellan.ts', algorithm: 'HS256' },
  'castellan guard, HS256, memory off': { file: 'castellan.ts', algorithm: 'HS256', remember: false },
};
const all: Readonly<Record<string, Contender>> = {
  ...contenders,
  ...(values.before === undefined
    ? {}
    : { 'castellan guard, before': { file: 'castellan.ts', folder: resolvePath(values.before, 'bench', 'guard') } }),
  ...(values.variants ? variants : {}),
};
const wanted = values.only?.split(',');
const names = Object.keys(all).filter((name) => wanted === undefined || wanted.some((part) => name.includes(part)));

const scratch = mkdtempSync(join(tmpdir(), 'castellan-bench-'));
const credentials = new Map<string, Credential>();
for (const name of names) {
  const algorithm = algorithmOf(name);
  if (!credentials.has(algorithm)) credentials.set(algorithm, await credential(algorithm));
}
const rounds = Number(values.rounds);
const results = new Map(names.map((name) => [name, { get: [] as Measured[], post: [] as Measured[] }]));
const latencies = new Map<string, number[]>(names.map((name) => [name, []]));
const running = new Map<string, Running>();
try {
  for (const name of names) running.set(name, await start(name));
  for (const [name, server] of running) {
    await warm(server, listing(name, 1));
    await warm(server, placing(name, 1));
  }
  for (let round = 0; round < rounds; round++) {
    for (const [name, server] of running) {
      const get = await measure(server, listing(name, Number(values.seconds)));
      const post = await measure(server, placing(name, Number(values.seconds)));
      results.get(name)?.get.push(get);
      results.get(name)?.post.push(post);
    }
  }
  if (values.latency) {
    for (let round = 0; round < rounds; round++) {
      for (const [name, server] of running) {
        const half = median(results.get(name)?.get.map(({ perSecond }) => perSecond) ?? []) / 2;
        latencies.get(name)?.push((await measure(server, paced(name, half))).p99);
      }
    }
  }
} finally {
  for (const { child } of running.values()) child.disconnect();
  rmSync(scratch, { recursive: true, force: true });
}
report();
process.exit(0);

/** Until the engine has compiled what is called often: by requests, because a busy machine answers few in a second. */
async function warm(server: Running, load: Load): Promise<void> {
  for (let answered = 0, seconds = 0; answered < 20_000 && seconds < Number(values.warm); seconds++)
    answered += (await measure(server, load)).perSecond;
}

function report(): void {
  const base = results.get(bare);
  const rows = names.map((name) => {
    const { get = [], post = [] } = results.get(name) ?? {};
    const p99 = median(latencies.get(name) ?? []);
    return {
      server: name,
      'GET/s': Math.round(median(get.map(({ perSecond }) => perSecond))),
      'GET ratio': ratio(get, base?.get, 'perSecond'),
      'GET CPU µs': round2(median(get.map(({ cpu }) => cpu))),
      'GET CPU ratio': ratio(base?.get, get, 'cpu'),
      'POST/s': Math.round(median(post.map(({ perSecond }) => perSecond))),
      'POST ratio': ratio(post, base?.post, 'perSecond'),
      'POST CPU µs': round2(median(post.map(({ cpu }) => cpu))),
      'POST CPU ratio': ratio(base?.post, post, 'cpu'),
      ...(values.latency
        ? { 'p99 ms at half load': round2(p99), 'p99 × bare': round2(p99 / median(latencies.get(bare) ?? [])) }
        : {}),
    };
  });
  const load = loadavg().map(round2).join(' ');
  console.log(
    `\n${cpus().length} × ${cpus()[0]?.model ?? ''}, Node ${process.version}, load average ${load}\n` +
      `ES256 where not said otherwise, wrk -t1 -c32, ${values.rounds} rounds of ${values.seconds} s, medians\n` +
      'ratio: requests per second, bare = 1. CPU: processor time of the server, user and system, per request; its ratio, bare = 1.\n' +
      'On a machine that does other things as well, the CPU ratio is the one to believe.\n',
  );
  console.table(rows);
  mkdirSync(join(here, '..', 'results'), { recursive: true });
  const file = join(here, '..', 'results', 'guard.json');
  writeFileSync(file, `${JSON.stringify({ node: process.version, load, rows }, null, 2)}\n`);
}

/** The median of the ratios round by round, so that what disturbs the machine for a while disturbs both. */
function ratio(
  above: readonly Measured[] | undefined,
  below: readonly Measured[] | undefined,
  field: 'perSecond' | 'cpu',
): number {
  if (above === undefined || below === undefined) return Number.NaN;
  return round2(median(above.map((measured, round) => measured[field] / (below[round]?.[field] ?? Number.NaN))));
}

function listing(name: string, seconds: number): Load {
  return { path: '/v1/orders?limit=20&status=open', seconds, args: ['-H', `Authorization: Bearer ${tokenOf(name)}`] };
}

function placing(name: string, seconds: number): Load {
  const script = join(scratch, `post-${algorithmOf(name)}.lua`);
  const body = JSON.stringify(order).replaceAll("'", "\\'");
  writeFileSync(
    script,
    `wrk.method = "POST"\nwrk.body = '${body}'\nwrk.headers["Content-Type"] = "application/json"\nwrk.headers["Authorization"] = "Bearer ${tokenOf(name)}"\n`,
  );
  return { path: '/v1/orders', seconds, args: ['-s', script] };
}

/** Requests at a given rate: each connection waits a random time before its next request. */
function paced(name: string, perSecond: number): Load {
  const script = join(scratch, `paced-${Math.round(perSecond)}.lua`);
  const mean = (32 / perSecond) * 1000;
  writeFileSync(script, `function delay() return math.random(0, ${Math.max(1, Math.round(mean * 2))}) end\n`);
  const load = listing(name, Number(values.seconds));
  return { ...load, args: [...load.args, '-s', script] };
}

function algorithmOf(name: string): string {
  return all[name]?.algorithm ?? 'ES256';
}

function tokenOf(name: string): string {
  return credentials.get(algorithmOf(name))?.token ?? '';
}

function start(name: string): Promise<Running> {
  const { file, remember = true, folder = here } = all[name] ?? { file: '' };
  const algorithm = algorithmOf(name);
  const { jwks, pem } = credentials.get(algorithm) ?? {};
  const settings = JSON.stringify({ jwks, pem, algorithm, audit: join(scratch, 'audit.log'), remember });
  return new Promise((resolve, reject) => {
    const child = fork(join(folder, 'servers', file), [settings], {
      execPath: process.execPath,
      execArgv: [...process.execArgv],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    spawnSync('taskset', ['-acp', '0', String(child.pid)]);
    child.once('message', (message: { port: number }) => resolve({ child, port: message.port }));
    child.once('exit', (status) => reject(new Error(`${name} ended with ${status}`)));
  });
}

function round2(number: number): number {
  return Math.round(number * 100) / 100;
}
