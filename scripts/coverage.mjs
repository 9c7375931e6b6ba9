// npm run coverage -- FOLDER: which lines of a folder (default packages/contract/src/schema) the tests of its package and those
// that cross packages run. Tests that find nothing in ../shared count as what they are here: skipped.
import { spawnSync } from 'node:child_process';
import { fail, installDependencies, node, root, sourceFlags } from './ready.mjs';

const [folder = 'packages/contract/src/schema', ...tests] = process.argv.slice(2);
const [, room] = /^packages\/([a-z]+)/.exec(folder) ?? [];
if (room === undefined)
  fail(`'${folder}' is no folder of a package`, 'npm run coverage -- packages/contract/src/schema');
installDependencies();
const { status, stdout, stderr } = spawnSync(
  node,
  [
    ...sourceFlags,
    '--test',
    '--test-concurrency=2',
    '--test-reporter=lcov',
    '--experimental-test-coverage',
    `--test-coverage-include=${folder}/**/*.ts`,
    '--test-coverage-exclude=**/*.test.ts',
    ...(tests.length > 0 ? tests : [`packages/${room}/**/*.test.ts`, `conformance/**/*.test.ts`]),
  ],
  { cwd: root, encoding: 'utf8', maxBuffer: 1 << 30 },
);
let found = 0;
let hit = 0;
for (const record of stdout.split('end_of_record')) {
  const [, file] = /^SF:(.+)$/m.exec(record) ?? [];
  if (file === undefined) continue;
  const lines = [...record.matchAll(/^DA:(\d+),(\d+)/gm)];
  const missed = lines.filter(([, , count]) => count === '0').map(([, line]) => line);
  found += lines.length;
  hit += lines.length - missed.length;
  const share = ((100 * (lines.length - missed.length)) / Math.max(1, lines.length)).toFixed(1);
  if (missed.length > 0) console.log(`${share.padStart(5)} %  ${file}: ${missed.slice(0, 40).join(' ')}`);
}
console.log(`${((100 * hit) / Math.max(1, found)).toFixed(1)} % of ${found} lines of ${folder}`);
if (status !== 0) console.log(`a test failed: npm test says which\n${stderr.slice(0, 2000)}`);
process.exitCode = status ?? 1;
