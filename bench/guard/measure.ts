// One server under wrk: how many requests, what they cost the server's processor, how long they took.
import { spawn, type ChildProcess } from 'node:child_process';

export interface Running {
  readonly child: ChildProcess;
  readonly port: number;
}

export interface Load {
  readonly path: string;
  readonly seconds: number;
  /** More arguments for wrk: header fields, a script. */
  readonly args: readonly string[];
}

export interface Measured {
  readonly perSecond: number;
  /** Server processor time, user and system, all threads, microseconds per request. */
  readonly cpu: number;
  /** Milliseconds. */
  readonly p99: number;
}

/**
 * Loads a server with 32 connections from one wrk thread pinned to core 1.
 * @throws Error when an answer is anything but 2xx
 */
export async function measure(server: Running, load: Load): Promise<Measured> {
  const before = await usage(server);
  const output = await wrk(server.port, load);
  const after = await usage(server);
  const requests = Number(/(\d+) requests in/.exec(output)?.[1]);
  const perSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]);
  if (!(requests > 0) || output.includes('Non-2xx') || output.includes('Socket errors'))
    throw new Error(`unexpected answers at ${load.path}:\n${output}`);
  const p99 = /99%\s+([\d.]+)(us|ms|s)/.exec(output);
  return {
    perSecond,
    cpu: (after - before) / requests,
    p99: Number(p99?.[1]) * (p99?.[2] === 'us' ? 0.001 : p99?.[2] === 's' ? 1000 : 1),
  };
}

/** Processor microseconds that the server has used so far. */
function usage({ child }: Running): Promise<number> {
  return new Promise((resolve) => {
    child.once('message', (message: { cpu: NodeJS.CpuUsage }) => resolve(message.cpu.user + message.cpu.system));
    child.send('usage');
  });
}

function wrk(port: number, { path, seconds, args }: Load): Promise<string> {
  return new Promise((resolve, reject) => {
    const flags = ['-t1', '-c32', `-d${seconds}s`, '--latency', ...args];
    const child = spawn('taskset', ['-c', '1', 'wrk', ...flags, `http://127.0.0.1:${port}${path}`]);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', reject);
    child.on('exit', () => resolve(output));
  });
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
