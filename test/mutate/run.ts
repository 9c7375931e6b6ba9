import { spawn } from 'node:child_process';

export type Outcome = 'passed' | 'failed' | 'too slow';

/**
 * Runs test files in a process group of their own.
 * @param limit milliseconds; then all of it is ended
 */
export function runTests(
  root: string,
  tests: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  limit = 120_000,
): Promise<Outcome> {
  const child = spawn(
    process.execPath,
    [
      '--conditions=@castellan/source',
      '--disable-warning=ExperimentalWarning',
      '--test',
      '--test-concurrency=2',
      ...tests,
    ],
    { cwd: root, env: { ...process.env, ...environment }, stdio: 'ignore', detached: true },
  );
  return new Promise((resolve, reject) => {
    let outcome: Outcome | undefined;
    const timer = setTimeout(() => {
      outcome = 'too slow';
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, limit);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve(outcome ?? (code === 0 ? 'passed' : 'failed'));
    });
  });
}
