import { spawn } from 'node:child_process';
import { join } from 'node:path';

export type Outcome = 'passed' | 'failed' | 'too slow';

export interface Run {
  /** The copy of the project, in which the mutants stand. */
  readonly root: string;
  readonly test: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Milliseconds until all of it is ended. */
  readonly limit: number;
}

/** Runs one test file in a process group of its own, until the first test that fails. */
export function runTest({ root, test, environment, limit }: Run): Promise<Outcome> {
  const child = spawn(
    process.execPath,
    [
      '--conditions=@castellan/source',
      '--disable-warning=ExperimentalWarning',
      '--test-reporter=tap',
      '--test-force-exit',
      test,
    ],
    {
      cwd: root,
      env: {
        ...process.env,
        NODE_OPTIONS: `--import=${join(root, 'test/mutate/switch.ts')}`,
        // Nothing is stripped or compiled twice.
        NODE_COMPILE_CACHE: join(root, '.compiled'),
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    },
  );
  const end = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  };
  return new Promise((resolve, reject) => {
    let outcome: Outcome | undefined;
    const timer = setTimeout(() => {
      outcome ??= 'too slow';
      end();
    }, limit);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (outcome !== undefined || !/^\s*not ok (?!.*# (?:TODO|SKIP))/m.test(text)) return;
      outcome = 'failed';
      end();
    });
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve(outcome ?? (code === 0 ? 'passed' : 'failed'));
      end();
    });
  });
}
