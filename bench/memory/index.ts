// npm run bench -- memory [--requests N] [--part github|requests] [--young MB]
// github: the resident memory of a guard in front of GitHub's document after every operation was called once.
// --young: with at most so many MB in each half of the engine's young generation, instead of its own choice.
// requests: the resident memory of the server of bench/guard while it answers a million requests.
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { shipped } from '../shipped.ts';
import { credential } from '../guard/token.ts';
import { order } from '../guard/work.ts';
import { callsOf, type Call } from './calls.ts';

const { values } = parseArgs({
  options: { requests: { type: 'string', default: '1000000' }, part: { type: 'string' }, young: { type: 'string' } },
});
const here = import.meta.dirname;
const root = join(here, '../..');
const flags =
  values.young === undefined ? [] : [`--min-semi-space-size=${values.young}`, `--max-semi-space-size=${values.young}`];
const results: Record<string, unknown> = { node: process.version };
if (values.part !== 'requests') results['github'] = await github();
if (values.part !== 'github') results['requests'] = await requests(Number(values.requests));
mkdirSync(join(root, 'bench/results'), { recursive: true });
writeFileSync(join(root, 'bench/results/memory.json'), `${JSON.stringify(results, null, 2)}\n`);
process.exit(0);

interface Usage {
  readonly rss: number;
  readonly heap?: number;
  readonly peak?: number;
}

function ask<T>(child: ChildProcess, message: unknown): Promise<T> {
  return new Promise((resolve) => {
    child.once('message', (answer: T) => resolve(answer));
    child.send(message as object);
  });
}

async function started(
  file: string,
  args: readonly string[],
  execArgv: readonly string[],
): Promise<[ChildProcess, number]> {
  const child = fork(file, args, { execPath: process.execPath, execArgv: [...execArgv] });
  const { port } = await new Promise<{ port: number }>((resolve, reject) => {
    child.once('message', (message: { port: number }) => resolve(message));
    child.once('exit', (status) => reject(new Error(`${file} ended with ${status}`)));
  });
  return [child, port];
}

async function github(): Promise<object> {
  const document = join(root, 'node_modules/@octokit/openapi/generated/api.github.com.json');
  const [child, port] = await started(shipped(join(here, 'servers/github.ts')), [document], flags);
  const atStart = (await ask<Usage>(child, 'usage')).rss;
  const calls = callsOf(JSON.parse(readFileSync(document, 'utf8')) as Record<string, unknown>);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const statuses = new Map<number, number>();
  for (const call of calls) {
    await ask(child, call.answer);
    const status = await send(agent, port, call);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  const { rss, peak = 0 } = await ask<Usage>(child, 'usage');
  child.disconnect();
  agent.destroy();
  const answers = [...statuses].sort((a, b) => b[1] - a[1]).map(([status, count]) => `${count} × ${status}`);
  console.log(`GitHub's document: ${calls.length} operations called once (${answers.join(', ')})`);
  console.log(
    `RSS ${megabytes(atStart)} MB after loading, ${megabytes(rss)} MB after the last call, at most ${megabytes(peak)} MB`,
  );
  return { operations: calls.length, statuses: Object.fromEntries(statuses), atStart, rss, peak };
}

function send(agent: Agent, port: number, call: Call): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = {
      ...call.headers,
      ...(call.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(call.body)) }),
    };
    const outgoing = request(
      { agent, port, host: '127.0.0.1', method: call.method, path: call.target, headers },
      (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
        response.on('error', reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(call.body);
  });
}

/** GET and POST in turns, two seconds each, until all were answered; the first tenth warms up. */
async function requests(count: number): Promise<object> {
  const scratch = mkdtempSync(join(tmpdir(), 'castellan-memory-'));
  const { token, jwks, pem } = await credential('ES256');
  const settings = JSON.stringify({ jwks, pem, algorithm: 'ES256', audit: '/dev/null', remember: true });
  const server = shipped(join(root, 'bench/guard/servers/castellan.ts'));
  const [child, port] = await started(server, [settings], ['--expose-gc', ...flags]);
  const script = join(scratch, 'post.lua');
  const body = JSON.stringify(order).replaceAll("'", "\\'");
  writeFileSync(
    script,
    `wrk.method = "POST"\nwrk.body = '${body}'\nwrk.headers["Content-Type"] = "application/json"\nwrk.headers["Authorization"] = "Bearer ${token}"\n`,
  );
  const samples: number[] = [];
  const collected: number[] = [];
  const heaps: number[] = [];
  let answered = 0;
  for (let round = 0; answered < count * 1.1; round++) {
    answered += await wrk(
      round % 2 === 0
        ? ['-H', `Authorization: Bearer ${token}`, `http://127.0.0.1:${port}/v1/orders?limit=20&status=open`]
        : ['-s', script, `http://127.0.0.1:${port}/v1/orders`],
    );
    if (answered < count * 0.1) continue;
    samples.push((await ask<Usage>(child, 'usage')).rss);
    if (answered < (count * (collected.length + 1)) / 10) continue;
    const { rss, heap = Number.NaN } = await ask<Usage>(child, 'collect');
    collected.push(rss);
    heaps.push(heap);
  }
  child.disconnect();
  rmSync(scratch, { recursive: true, force: true });
  console.log(`${answered} requests, half GET, half POST`);
  console.log('After a garbage collection every tenth of them, MB:');
  console.log(`  live objects: ${heaps.map(tenths).join(' ')}`);
  console.log(`  RSS: ${collected.map(megabytes).join(' ')}: ${spreadOf(collected)}`);
  console.log(`RSS at any time: ${spreadOf(samples)}`);
  return { answered, heaps, collected, samples };
}

function spreadOf(samples: readonly number[]): string {
  const [low, high] = [Math.min(...samples), Math.max(...samples)];
  return `${megabytes(low)} to ${megabytes(high)} MB, ±${(((high - low) / (high + low)) * 100).toFixed(1)} %`;
}

function wrk(args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn('wrk', ['-t1', '-c32', '-d2s', ...args]);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', reject);
    child.on('exit', () => {
      const answered = Number(/(\d+) requests in/.exec(output)?.[1]);
      if (answered > 0 && !output.includes('Non-2xx')) resolve(answered);
      else reject(new Error(`unexpected answers:\n${output}`));
    });
  });
}

function tenths(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}
