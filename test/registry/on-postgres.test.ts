// The registry's tests once more, on a real PostgreSQL instead of PGlite: those that ask most of SQL; with CASTELLAN_WHOLE=1 all.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { test } from 'node:test';
import { startPostgres } from '../real/postgres.ts';

const root = join(import.meta.dirname, '..', '..');
const whole = process.env['CASTELLAN_WHOLE'] === '1';
const patterns = whole
  ? ['packages/registry/src/**/*.test.ts', 'packages/cli/src/verbs/{inventory,serve}*.test.ts']
  : ['packages/registry/src/{server/server,server/conditional,upkeep/upkeep,sightings/traffic}.test.ts'];
const files = patterns.flatMap((pattern) => globSync(pattern, { cwd: root })).toSorted();

test('there are tests to run', () => assert.ok(files.length >= 4, files.join(' ')));

test(`${files.length} files hold on PostgreSQL`, { timeout: 280_000 }, async (t) => {
  const postgres = await startPostgres(t);
  if (postgres === undefined) return t.skip('PostgreSQL is not on this machine');
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const child = spawn(
    process.execPath,
    [
      '--conditions=@castellan/source',
      `--import=${join(import.meta.dirname, 'memory-is-postgres.ts')}`,
      '--test',
      // What they have in common is loaded once.
      ...(whole ? [] : ['--test-isolation=none']),
      '--test-reporter=tap',
      ...files,
    ],
    { cwd: root, env: { ...env, POSTGRES_URL: postgres.url }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  t.after(() => void child.kill());
  const told = await text(child.stdout);
  const failed = told.split('\n').filter((line) => /^\s*not ok /.test(line));
  assert.deepEqual(failed, [], told);
  assert.ok(Number(/^# pass (\d+)$/m.exec(told)?.[1]) >= 2 * files.length, told.slice(-500));
});
