// npm run bench -- check [--rounds N]: from starting the command to its last line, on GitHub's 13 MB document, beside Spectral
// with its OWASP ruleset and vacuum where they run. Each in a fresh process, rounds interleaved, medians. Ours runs as shipped.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' }, document: { type: 'string' } } });
const root = join(import.meta.dirname, '../..');
const bench = join(import.meta.dirname, '..');
const document = values.document ?? join(root, 'node_modules/@octokit/openapi/generated/api.github.com.json');
const built = spawnSync(process.execPath, [join(root, 'scripts/build.mjs')], {
  stdio: ['ignore', 'ignore', 'inherit'],
});
if (built.status !== 0) process.exit(2);

/** A run that takes longer is ended and told. */
const LONGEST = 120_000;

interface Measured {
  readonly milliseconds: number;
  readonly megabytes: number;
  readonly outcome: string;
}

const ruleset = join(import.meta.dirname, 'spectral.yaml');
const candidates: readonly {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly needs: string;
}[] = [
  {
    name: 'castellan check',
    command: process.execPath,
    args: [join(root, 'packages/cli/dist/main.js'), 'check', document, '--format', 'json', '--fail-on', 'none'],
    needs: join(root, 'packages/cli/dist/main.js'),
  },
  {
    name: 'spectral, OWASP ruleset',
    command: process.execPath,
    args: [
      join(bench, 'node_modules/@stoplight/spectral-cli/dist/index.js'),
      'lint',
      document,
      '--ruleset',
      ruleset,
      '--format',
      'json',
      '--quiet',
      '--fail-severity',
      'error',
    ],
    needs: join(bench, 'node_modules/@stoplight/spectral-cli/dist/index.js'),
  },
  // Its npm package fetches a binary from GitHub: install it yourself, and it runs here.
  {
    name: 'vacuum, OWASP rules',
    command: 'vacuum',
    args: ['lint', document, '--ruleset', join(import.meta.dirname, 'vacuum.yaml'), '--silent'],
    needs: onPath('vacuum') ?? '/nowhere/vacuum',
  },
];

mkdirSync(join(bench, 'results'), { recursive: true });
const measured = new Map<string, Measured[]>();
for (let round = 0; round < Number(values.rounds); round++) {
  for (const { name, command, args, needs } of candidates) {
    if (!existsSync(needs))
      measured.set(name, [{ milliseconds: Number.NaN, megabytes: Number.NaN, outcome: 'not installed' }]);
    // What failed once fails again: one run tells it.
    else if (round === 0 || measured.get(name)?.[0]?.outcome === 'finished')
      measured.set(name, [...(measured.get(name) ?? []), await run(command, args)]);
  }
}

console.log('| tool | time, ms | peak memory, MB | outcome |\n| --- | --- | --- | --- |');
const results = candidates.map(({ name }) => {
  const runs = measured.get(name) ?? [];
  return {
    tool: name,
    milliseconds: Math.round(median(runs.map((one) => one.milliseconds))),
    megabytes: Math.round(median(runs.map((one) => one.megabytes))),
    outcome: runs[0]?.outcome ?? '',
  };
});
for (const { tool, milliseconds, megabytes, outcome } of results)
  console.log(
    `| ${tool} | ${Number.isNaN(milliseconds) ? '' : milliseconds} | ${Number.isNaN(megabytes) ? '' : megabytes} | ${outcome} |`,
  );
writeFileSync(
  join(bench, 'results/check.json'),
  `${JSON.stringify({ document: 'api.github.com.json', node: process.version, results, measured: Object.fromEntries(measured) }, null, 2)}\n`,
);

/** One process under GNU time's eye, which tells its peak memory. */
function run(command: string, args: readonly string[]): Promise<Measured> {
  return new Promise((resolve) => {
    const started = performance.now();
    const child = spawn('/usr/bin/time', ['-f', '%M', command, ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    let stderr = '';
    let late = false;
    child.stderr.on('data', (chunk: Buffer) => (stderr = `${stderr}${chunk.toString()}`.slice(-20_000)));
    const timer = setTimeout(() => {
      late = true;
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, LONGEST);
    child.on('close', (code) => {
      clearTimeout(timer);
      const lines = stderr.trim().split('\n');
      const failure = lines
        .find((line) => /error|exception|not a function|cannot|fatal/i.test(line))
        ?.trim()
        .slice(0, 120);
      resolve({
        milliseconds: performance.now() - started,
        megabytes: Number(lines.at(-1)) / 1000,
        outcome: late
          ? `not done after ${LONGEST / 1000} s`
          : code === 0 || code === 1
            ? 'finished'
            : `ended with ${code}${failure === undefined ? '' : `: ${failure}`}`,
      });
    });
  });
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function onPath(command: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(':')
    .map((folder) => join(folder, command))
    .find((path) => existsSync(path));
}
