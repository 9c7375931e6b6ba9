// npm test: every test of the project. Arguments are files or globs; without any, all.
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { installDependencies, installSystemPackages, node, root, run, sourceFlags } from './ready.mjs';

installDependencies();
const missing = installSystemPackages();
const patterns = process.argv.slice(2);
// What counts how often code ran needs all of it compiled anew; everything else starts in half the time with what was compiled before.
const counting = 'test/work/**/*.test.ts';
const others = [
  'packages/*/src/**/*.test.ts',
  'packages/*/test/**/*.test.ts',
  'conformance/**/*.test.ts',
  'fuzz/**/*.test.ts',
  'test/*.test.ts',
  'test/!(work)/**/*.test.ts',
  'examples/**/*.test.ts',
];
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
const cached = { ...env, NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'castellan-test') };
const given = patterns.some((pattern) => pattern.includes('work')) ? env : cached;
const status =
  patterns.length === 0
    ? Math.max(await tested([counting], env), await tested(others, cached))
    : await tested(patterns, given);
if (missing.length > 0)
  console.log(`Not on this machine: ${missing.join(', ')}. The tests that need them are listed above as skipped.`);
if (!existsSync(join(root, '..', 'shared', 'conformance')))
  console.log(
    'Not here: ../shared (suites and documents of others). The tests that need it are listed above as skipped.',
  );
process.exitCode = status;

/** @returns exit status */
function tested(chosen, environment) {
  return run(
    node,
    [
      ...sourceFlags,
      `--import=${pathToFileURL(join(root, 'scripts', 'ends.mjs')).href}`,
      '--test',
      `--test-concurrency=${Math.max(3, availableParallelism())}`,
      '--test-timeout=300000',
      `--test-reporter=${join(root, 'scripts', 'reporter.mjs')}`,
      '--test-reporter-destination=stdout',
      ...chosen,
    ],
    { env: environment },
  );
}
