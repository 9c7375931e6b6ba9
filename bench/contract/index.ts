// npm run bench -- contract [--rounds N]: from importing the library to the first answered request, on GitHub's 13 MB
// document. Each server in a fresh process, rounds interleaved, medians. Ours runs as shipped (built), like the peers.
import { fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { shipped } from '../shipped.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' }, document: { type: 'string' } } });
const root = join(import.meta.dirname, '../..');
const document = values.document ?? join(root, 'node_modules/@octokit/openapi/generated/api.github.com.json');
interface Measured {
  readonly milliseconds: number;
  /** Of processor time, on all threads: moves less with what else the machine does. */
  readonly cpu: number;
  readonly rss: number;
  readonly status: number;
}

const servers = ['castellan', 'openapi-backend', 'express-openapi-validator'] as const;
const scripts = Object.fromEntries(
  servers.map((name) => [name, shipped(join(import.meta.dirname, 'servers', `${name}.ts`))]),
);
const measured = new Map<string, Measured[]>(servers.map((name) => [name, []]));
for (let round = 0; round < Number(values.rounds); round++) {
  for (const name of servers) measured.get(name)?.push(await measure(name));
}

const results = servers.map((name) => {
  const runs = measured.get(name) ?? [];
  return {
    server: name,
    milliseconds: Math.round(median(runs.map((run) => run.milliseconds))),
    cpu: Math.round(median(runs.map((run) => run.cpu))),
    megabytes: Math.round(median(runs.map((run) => run.rss)) / 1e6),
    status: runs[0]?.status ?? 0,
  };
});
const peer = results.find((result) => result.server === 'openapi-backend');
console.log(
  '| server | first answer, ms | CPU, ms | RSS, MB | status | time, openapi-backend = 1 | CPU, openapi-backend = 1 |',
);
console.log('| --- | --- | --- | --- | --- | --- | --- |');
for (const { server, milliseconds, cpu, megabytes, status } of results) {
  console.log(
    `| ${server} | ${milliseconds} | ${cpu} | ${megabytes} | ${status} | ${(milliseconds / (peer?.milliseconds ?? 1)).toFixed(2)} | ${(cpu / (peer?.cpu ?? 1)).toFixed(2)} |`,
  );
}
mkdirSync(join(root, 'bench/results'), { recursive: true });
writeFileSync(
  join(root, 'bench/results/contract.json'),
  `${JSON.stringify({ document: 'api.github.com.json', node: process.version, results, measured: Object.fromEntries(measured) }, null, 2)}\n`,
);

/** One fresh process. It ends by itself; one that says nothing within a minute is ended. */
function measure(name: string): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const child = fork(scripts[name] ?? '', [document], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
    let message: Measured | undefined;
    child.on('message', (sent) => (message = sent as Measured));
    child.on('exit', () => {
      clearTimeout(timer);
      if (message === undefined) reject(new Error(`${name} did not answer`));
      else resolve(message);
    });
  });
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
