// npm test: every test of the project. Arguments are files or globs; without any, all.
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { installDependencies, installSystemPackages, node, root, run, sourceFlags } from './ready.mjs';

installDependencies();
const missing = installSystemPackages();
const patterns = process.argv.slice(2);
const all = [
  'packages/*/src/**/*.test.ts',
  'packages/*/test/**/*.test.ts',
  'conformance/**/*.test.ts',
  'fuzz/**/*.test.ts',
  'test/**/*.test.ts',
  'examples/**/*.test.ts',
];
const status = await run(
  node,
  [
    ...sourceFlags,
    '--test',
    `--test-concurrency=${Math.max(3, availableParallelism())}`,
    '--test-timeout=300000',
    `--test-reporter=${join(root, 'scripts', 'reporter.mjs')}`,
    '--test-reporter-destination=stdout',
    ...(patterns.length === 0 ? all : patterns),
  ],
  { env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` } },
);
if (missing.length > 0)
  console.log(`Not on this machine: ${missing.join(', ')}. The tests that need them are listed above as skipped.`);
if (!existsSync(join(root, '..', 'shared', 'conformance')))
  console.log(
    'Not here: ../shared (suites and documents of others). The tests that need it are listed above as skipped.',
  );
process.exitCode = status;
