// Starts servers of others, and ends exactly those.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import type { TestContext } from 'node:test';

/** A port that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Whether a program is on this machine. */
export function hasProgram(name: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore', env: withSbin });
    return true;
  } catch {
    return false;
  }
}

const withSbin = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` };

/** Starts a program; it ends with the test. */
export function startProgram(
  t: Pick<TestContext, 'after'>,
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): ChildProcess {
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...withSbin, ...options.env },
    stdio: [
      'ignore',
      process.env['SHOW'] === undefined ? 'ignore' : 'inherit',
      process.env['SHOW'] === undefined ? 'ignore' : 'inherit',
    ],
  });
  child.on('error', () => {});
  t.after(
    () =>
      new Promise<void>((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
        setTimeout(() => child.kill('SIGKILL'), 5000).unref();
      }),
  );
  return child;
}

/** Resolves when an address answers with a status below 500. */
export async function answers(
  url: string,
  child: ChildProcess,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const until = performance.now() + 90_000;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    try {
      const response = await fetch(url, { headers });
      if (response.status < 500) return response;
    } catch {
      // It does not listen yet.
    }
    if (performance.now() > until) throw new Error(`${url} does not answer`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Resolves when a program has done what it does. */
export function finished(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`the program ended with ${code}`))));
  });
}
