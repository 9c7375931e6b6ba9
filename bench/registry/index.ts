// npm run bench -- registry [--store pglite|postgres] [--seconds 60] [--cpu]: 10,000 operations in 500 APIs with a month of traffic, 50
// guards that report every ten seconds. CPU of the registry, latency of each list page, time of a start; with PostgreSQL three registries.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { createKey, openStore } from '@castellan/registry';
import { startPostgres } from '../../test/real/postgres.ts';
import { fill, sizes } from './inventory.ts';
import { startGuards } from './guards.ts';

const { values } = parseArgs({
  options: { store: { type: 'string' }, seconds: { type: 'string', default: '60' }, cpu: { type: 'boolean' } },
});
const seconds = Number(values.seconds);
const root = join(import.meta.dirname, '../..');
// As it is installed: built.
execFileSync(process.execPath, [join(root, 'scripts/build.mjs')], { stdio: 'inherit' });
const main = join(root, 'packages/cli/dist/main.js');
const folder = mkdtempSync(join(tmpdir(), 'castellan-bench-registry-'));
const endings: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
let failed = false;

function told(what: string, value: number, aim: number, unit: string): void {
  const good = value <= aim;
  if (!good) failed = true;
  console.log(
    `  ${what.padEnd(44)} ${value.toFixed(1).padStart(8)} ${unit.padEnd(3)} aim ${aim} ${good ? '' : 'MISSED'}`,
  );
}

interface Served {
  readonly url: string;
  readonly child: ChildProcess;
  /** Milliseconds from the start of the process until it answers. */
  readonly started: number;
}

async function serve(store: string): Promise<Served> {
  const begin = performance.now();
  const child = spawn(process.execPath, [main, 'serve', '--port', '0', '--store', store], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endings.push(() => child.kill('SIGKILL'));
  for await (const line of createInterface(child.stdout)) {
    const url = /^registry (http:[^,\s]+)/.exec(line)?.[1];
    if (url === undefined) continue;
    await (await fetch(`${url}/openapi.json`)).text();
    const started = performance.now() - begin;
    child.stdout.resume();
    return { url, child, started };
  }
  throw new Error('the registry did not start');
}

/** Milliseconds of CPU that a process has used. */
function cpuOf({ child }: Served): number {
  const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function memoryOf({ child }: Served): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024;
}

async function measure(store: string, registries: number): Promise<void> {
  console.log(
    `${store.startsWith('file:') ? 'PGlite' : 'PostgreSQL'}, ${registries} registr${registries === 1 ? 'y' : 'ies'}:`,
  );
  let begin = performance.now();
  const opened = await openStore({ url: store, cwd: folder });
  const keys = await fill(opened, join(folder, 'documents'));
  const viewer = (await createKey(opened, { name: 'bench', role: 'administrator' })).key;
  await opened.close();
  console.log(`  filled in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
  const served: Served[] = [];
  for (let n = 0; n < registries; n++) served.push(await serve(store));
  const [first] = served;
  if (values.cpu === true) console.log(`  ${served.map(cpuOf).join(', ')} ms of CPU from start until now`);
  if (first === undefined) return;
  told('start until it answers, best', Math.min(...served.map(({ started }) => started)), 1_500, 'ms');
  const guards = startGuards(
    served.map(({ url }) => url),
    keys,
  );
  // The first ten seconds compile what was never run before.
  await new Promise((resolve) => setTimeout(resolve, 12_000));
  const before = served.map(cpuOf);
  begin = performance.now();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  const elapsed = performance.now() - begin;
  for (const [at, one] of served.entries())
    told(`CPU of registry ${at + 1} while guards report`, ((cpuOf(one) - (before[at] ?? 0)) / elapsed) * 100, 20, '%');
  console.log(`  memory ${served.map((one) => `${memoryOf(one).toFixed(0)} MB`).join(', ')}`);
  const page = await fetch(`${first.url}/apis`, { headers: { 'x-castellan-key': viewer } });
  const { next } = (await page.json()) as { readonly next: string };
  for (const path of [
    '/apis',
    '/apis?limit=200',
    `/apis?after=${next}`,
    '/apis?owner=team-3',
    '/deployments',
    '/ghosts',
    '/.well-known/api-catalog',
  ]) {
    const times: number[] = [];
    const used = cpuOf(first);
    for (let n = 0; n < 7; n++) {
      const asked = performance.now();
      const response = await fetch(first.url + path, { headers: { 'x-castellan-key': viewer } });
      await response.text();
      if (!response.ok) throw new Error(`${path}: ${response.status}`);
      times.push(performance.now() - asked);
    }
    times.sort((a, b) => a - b);
    told(`GET ${path.slice(0, 30)}, median`, times[3] ?? 0, 100, 'ms');
    if (values.cpu === true)
      console.log(`    ${((cpuOf(first) - used) / 7).toFixed(0)} ms of CPU each, best ${times[0]?.toFixed(1)} ms`);
  }
  await guards.stop();
  console.log(
    `  reports: ${guards.acknowledged} of ${guards.sent} acknowledged, slowest ${guards.slowest.toFixed(0)} ms`,
  );
  if (guards.acknowledged !== guards.sent) failed = true;
  for (const { child } of served) {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }
}

console.log(
  `${sizes.apis * sizes.operations} operations in ${sizes.apis} APIs, ${sizes.days} days of traffic, ${sizes.guards} guards; ${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}`,
);
try {
  if (values.store !== 'postgres') await measure(`file:${join(folder, 'store')}`, 1);
  if (values.store !== 'pglite') {
    const postgres = await startPostgres({ after: (end) => void endings.push(end as () => unknown) });
    if (postgres === undefined) console.log('PostgreSQL is not on this machine');
    else await measure(postgres.url, 3);
  }
} finally {
  for (const end of endings.toReversed()) await end();
}
process.exitCode = failed ? 1 : 0;
