// npm run bench -- log [--size 1000] [--seed 1]: imports an nginx log of so many megabytes, into a store that is new and
// into one that was there, and compares what was counted with awk.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openStore } from '@castellan/registry';
import { writeTraffic } from './traffic.ts';

const { values } = parseArgs({
  options: { size: { type: 'string', default: '1000' }, seed: { type: 'string', default: '1' } },
});
/** What is counted. */
const names = 'requests bytes ok redirected refused failed posts user belowTeam'.split(' ');
const aims = { seconds: 60, megabytes: 300 };
const root = join(import.meta.dirname, '../..');
const built = spawnSync(process.execPath, [join(root, 'scripts/build.mjs')], {
  stdio: ['ignore', 'ignore', 'inherit'],
});
if (built.status !== 0) throw new Error('the build failed');
const folder = mkdtempSync(join(tmpdir(), 'castellan-log-'));
try {
  const log = join(folder, 'access.log');
  const { bytes, lines } = writeTraffic(log, Number(values.size) * 1e6, Number(values.seed));
  console.log(`${(bytes / 1e6).toFixed(0)} MB, ${lines} lines; load of the machine ${loadavg()[0]?.toFixed(1)}`);
  const expected = countedByAwk(log);
  const store = `file:${join(folder, 'store')}`;
  for (const kind of ['new', 'existing']) {
    const { seconds, processor, megabytes } = await imported(log, store, kind);
    const counted = await countedBy(store, kind === 'new' ? 1 : 2);
    const same = JSON.stringify(counted) === JSON.stringify(expected);
    console.log(
      `${kind} store: ${seconds.toFixed(1)} s (aim ${aims.seconds}; ${processor} s of processors), ${megabytes} MB RSS at most (aim ${aims.megabytes}), ` +
        `counts ${same ? 'as awk' : 'NOT as awk'}`,
    );
    if (!same) console.log({ counted, expected });
    if (!same || seconds > aims.seconds || megabytes > aims.megabytes) process.exitCode = 1;
  }
  console.log(expected);
} finally {
  rmSync(folder, { recursive: true });
}

type Counts = Readonly<Record<string, number>>;

/** What awk counts in fields split at spaces: requests, answers by class, bytes, and some templates. */
function countedByAwk(file: string): Counts {
  const program = `
    $6 !~ /^"[A-Z]+$/ { next }
    { requests++; bytes += $10; c = int($9 / 100); classes[c]++ }
    $6 == "\\"POST" { posts++ }
    $9 != 404 && $6 == "\\"GET" && $7 ~ /^\\/api\\/v1\\/users\\/[0-9]+$/ { user++ }
    $9 != 404 && $6 == "\\"GET" && $7 ~ /^\\/api\\/v1\\/teams\\/[0-9a-f-]+\\/[a-z]+$/ { below++ }
    END { print requests, bytes, classes[2], classes[3], classes[4], classes[5], posts, user, below }`;
  const { stdout } = spawnSync('awk', [program, file], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
  return named(stdout.trim().split(' ').map(Number));
}

function named(counts: readonly number[]): Counts {
  return Object.fromEntries(names.map((name, index) => [name, counts[index] ?? 0]));
}

/** The same of the store; the log was imported so many times. */
async function countedBy(url: string, times: number): Promise<Counts> {
  const store = await openStore({ url });
  try {
    const rows = await store.db.selectFrom('sightings').selectAll().execute();
    const sum = (of: (row: (typeof rows)[number]) => number): number =>
      rows.reduce((all, row) => all + of(row), 0) / times;
    const hitsOf = (is: (row: (typeof rows)[number]) => boolean): number => sum((row) => (is(row) ? row.hits : 0));
    return named([
      sum(({ hits }) => hits),
      sum((row) => row.bytes_out),
      sum(({ ok }) => ok),
      sum(({ redirected }) => redirected),
      sum(({ refused }) => refused),
      sum(({ failed }) => failed),
      hitsOf(({ method }) => method === 'POST'),
      hitsOf(({ method, template }) => method === 'GET' && template === '/api/v1/users/{userId}'),
      hitsOf(({ method, template }) => method === 'GET' && template.startsWith('/api/v1/teams/{teamId}/')),
    ]);
  } finally {
    await store.close();
  }
}

/**
 * Runs the command as it is shipped.
 * @param environment the same log of another environment is counted once more
 */
async function imported(
  file: string,
  store: string,
  environment: string,
): Promise<{ seconds: number; processor: number; megabytes: number }> {
  const peak = join(folder, 'peak.mjs');
  writeFileSync(
    peak,
    `process.on('exit', () => { const used = process.resourceUsage(); process.stderr.write('peak ' + Math.round(used.maxRSS / 1024) + ' ' + Math.round((used.userCPUTime + used.systemCPUTime) / 1e5) / 10 + '\\n'); });\n`,
  );
  const started = performance.now();
  const main = join(root, 'packages/cli/dist/main.js');
  const child = spawn(
    process.execPath,
    ['--import', peak, main, 'inventory', 'import', file, '--store', store, '--environment', environment],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (told += text));
  const status = await new Promise((resolve) => child.on('close', resolve));
  if (status !== 0) throw new Error(told);
  return {
    seconds: (performance.now() - started) / 1000,
    megabytes: Number(/peak (\d+)/.exec(told)?.[1] ?? Number.NaN),
    processor: Number(/peak \d+ ([\d.]+)/.exec(told)?.[1] ?? Number.NaN),
  };
}
