// npm run bench -- registry [--store pglite|postgres] [--seconds 60] [--cpu]: 10,000 operations in 500 APIs with a month of traffic, 50
// guards that report every ten seconds. CPU of the registry, each page of lists and reports, time of a start and of the import of the 500
// documents; with PostgreSQL three registries. --cpu: pages by processor time instead of the clock.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { createKey, openStore } from '@castellan/registry';
import { startPostgres } from '../../test/real/postgres.ts';
import { apiId, fill, sizes } from './inventory.ts';
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

/** Every page of a list, and every report. */
function pages(next: string): readonly string[] {
  const api = `/apis/${apiId(7)}`;
  return [
    '/apis',
    '/apis?limit=200',
    `/apis?after=${next}`,
    '/apis?owner=team-3',
    api,
    `${api}/consumers`,
    `${api}/lifecycle`,
    `${api}/posture`,
    '/deployments',
    '/ghosts',
    '/incidents',
    '/journal',
    '/keys',
    '/templates',
    '/standards',
    '/posture',
    '/posture?limit=200',
    '/posture/next',
    '/.well-known/api-catalog',
    '/openapi.json',
  ];
}

async function measure(store: string, registries: number): Promise<void> {
  console.log(
    `${store.startsWith('file:') ? 'PGlite' : 'PostgreSQL'}, ${registries} registr${registries === 1 ? 'y' : 'ies'}:`,
  );
  let begin = performance.now();
  const opened = await openStore({ url: store, cwd: folder });
  const used = process.cpuUsage();
  const { keys, imported } = await fill(opened, join(folder, 'documents'));
  const viewer = (await createKey(opened, { name: 'bench', role: 'administrator' })).key;
  await opened.close();
  const { user, system } = process.cpuUsage(used);
  console.log(
    `  ${sizes.apis} documents imported in ${(imported / 1000).toFixed(1)} s; filled in ${((performance.now() - begin) / 1000).toFixed(1)} s, ${((user + system) / 1_000_000).toFixed(1)} s of the processor`,
  );
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
  for (const path of pages(next)) {
    const times: number[] = [];
    const costs: number[] = [];
    for (let n = 0; n < 6; n++) {
      const used = cpuOf(first);
      const asked = performance.now();
      const response = await fetch(first.url + path, { headers: { 'x-castellan-key': viewer } });
      await response.text();
      if (!response.ok) throw new Error(`${path}: ${response.status}`);
      times.push(performance.now() - asked);
      costs.push(cpuOf(first) - used);
    }
    // The first of all may compile, or count what was not counted yet.
    const [firstTime = 0, ...others] = times;
    const [firstCost = 0, ...otherCosts] = costs;
    const middle = others.toSorted((one, other) => one - other)[2] ?? 0;
    const cost = otherCosts.reduce((sum, one) => sum + one, 0) / otherCosts.length;
    told(`GET ${path.slice(0, 40)}`, values.cpu === true ? cost : middle, 100, 'ms');
    if (values.cpu === true)
      console.log(
        `    by the clock ${middle.toFixed(0)} ms; the first ${firstTime.toFixed(0)} ms, of the processor ${firstCost}`,
      );
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
