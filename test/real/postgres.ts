// PostgreSQL of the system, in a folder of its own.
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { execFileSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { freePort, startProgram } from './processes.ts';

/** A PostgreSQL that runs. */
export interface StartedPostgres {
  readonly url: string;
  /** Ends it at once, as the end of power would. */
  readonly stop: () => Promise<void>;
  /** The same server again. */
  readonly start: () => Promise<void>;
}

const versions = '/usr/lib/postgresql';

/**
 * An empty database; undefined where PostgreSQL is not on this machine.
 * @param settings more arguments: `['-c', 'ssl=on']`
 */
export async function startPostgres(
  t: Pick<TestContext, 'after'>,
  settings: readonly string[] = [],
): Promise<StartedPostgres | undefined> {
  const version = existsSync(versions) ? readdirSync(versions).sort((a, b) => Number(b) - Number(a))[0] : undefined;
  if (version === undefined) return undefined;
  const bin = join(versions, version, 'bin');
  const folder = mkdtempSync(join(tmpdir(), 'castellan-postgres-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  // It refuses to run as root.
  const asRoot = process.getuid?.() === 0;
  const prefix = asRoot ? ['runuser', '-u', 'postgres', '--'] : [];
  if (asRoot) {
    const [uid = '', gid = ''] = ['-u', '-g'].map((flag) =>
      execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }).trim(),
    );
    chownSync(folder, Number(uid), Number(gid));
  }
  const run = (program: string, ...args: readonly string[]): void => {
    const [first = '', ...rest] = [...prefix, join(bin, program), ...args];
    execFileSync(first, rest, { stdio: 'ignore', cwd: folder });
  };
  const data = join(folder, 'data');
  run('initdb', '-D', data, '-U', 'unleash', '-A', 'trust', '--no-sync', '-E', 'UTF8');
  const port = await freePort();
  const [first = '', ...rest] = [
    ...prefix,
    join(bin, 'postgres'),
    '-D',
    data,
    '-p',
    String(port),
    '-h',
    '127.0.0.1',
    '-k',
    folder,
    '-F',
    ...settings,
  ];
  const pidFile = join(data, 'postmaster.pid');
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    child = startProgram(t, first, rest, { cwd: folder });
    for (let tries = 0; tries < 600; tries++) {
      try {
        run('pg_isready', '-h', '127.0.0.1', '-p', String(port), '-U', 'unleash', '-d', 'postgres');
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    throw new Error('PostgreSQL does not start');
  };
  const stop = async (): Promise<void> => {
    const running = child;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, 'exit');
    // Immediate shutdown: nothing is written, what was committed is recovered at the next start.
    process.kill(Number(readFileSync(pidFile, 'utf8').split('\n')[0]), 'SIGQUIT');
    await ended;
  };
  await start();
  return { url: `postgres://unleash@127.0.0.1:${port}/postgres`, stop, start };
}
