// Starts a server with an audit log, kills it at a random moment, and looks for every answer that it gave.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { segmentPieces } from '../../src/audit/log/segment-reader.ts';

const program = join(import.meta.dirname, 'server.ts');

/** A server with its log in a folder, on a port of its own. */
export async function startServer(
  directory: string,
  durability: string,
  shell?: string,
): Promise<{ readonly child: ChildProcess; readonly port: number; readonly errors: () => string }> {
  const args = ['--conditions=@castellan/source', program, directory, durability];
  const child =
    shell === undefined
      ? spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
      : spawn('sh', ['-c', `${shell}; exec "$0" "$@"`, process.execPath, ...args], {
          stdio: ['ignore', 'pipe', 'pipe'],
        });
  let errors = '';
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([once(lines, 'line'), once(child, 'exit')]);
  if (typeof first[0] !== 'string') throw new Error(`the server did not start: ${errors}`);
  return { child, port: Number(first[0]), errors: () => errors };
}

/** An answer that arrived: its request id, its status, and when, milliseconds. */
interface Answered {
  readonly id: string;
  readonly status: number;
  readonly at: number;
}

/** Asks with some connections at once until there is no server. */
async function askUntilGone(port: number, connections: number, answered: Answered[]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const ask = async (): Promise<void> => {
    for (;;) {
      const answer = await new Promise<Answered | undefined>((resolve) => {
        get({ port, host: '127.0.0.1', path: '/items/1', agent }, (response) => {
          response.resume();
          response.on('error', () => resolve(undefined));
          response.on('end', () => {
            const id = response.headers['x-request-id'];
            resolve({ id: typeof id === 'string' ? id : '', status: response.statusCode ?? 0, at: performance.now() });
          });
        }).on('error', () => resolve(undefined));
      });
      if (answer === undefined) return;
      answered.push(answer);
    }
  };
  await Promise.all(Array.from({ length: connections }, ask));
  agent.destroy();
}

/** Request ids in a log. */
export function idsIn(directory: string): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const file of readdirSync(directory)) {
    if (!/^\d+\.jsonl(?:\.zst)?$/.test(file)) continue;
    let text = '';
    for (const piece of segmentPieces(join(directory, file.replace(/\.jsonl.*$/, '')))) text += piece.toString();
    for (const [, id] of text.matchAll(/"uid":"([\w-]+)","product"/g)) if (id !== undefined) ids.add(id);
  }
  return ids;
}

/** What became of the answers of one server that was killed. */
export interface Killed {
  readonly answers: number;
  /** Answers whose request the log does not have, with how long before the kill they came, milliseconds. */
  readonly lost: readonly number[];
}

/** Runs a server for some milliseconds under load, and kills it. */
export async function killOnce(directory: string, durability: string, after: number): Promise<Killed> {
  const { child, port } = await startServer(directory, durability);
  const answered: Answered[] = [];
  const asking = askUntilGone(port, 8, answered);
  const gone = once(child, 'exit');
  await new Promise((resolve) => setTimeout(resolve, after));
  const at = performance.now();
  child.kill('SIGKILL');
  await gone;
  await asking;
  const ids = idsIn(directory);
  const good = answered.filter(({ status }) => status === 200);
  return { answers: good.length, lost: good.filter(({ id }) => !ids.has(id)).map((one) => at - one.at) };
}
