// npm run check: format, lint, types, rooms, plain objects as maps, unused code, file length, lock file. One line for each thing that is wrong.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkRooms } from './rooms.mjs';
import { installDependencies, node, root } from './ready.mjs';

installDependencies();
// It needs what was only just installed.
const { checkMaps } = await import('./maps.mjs');

const tool =
  (name, ...args) =>
  () => {
    const result = spawnSync(node, [join(root, 'node_modules', name.package, name.bin), ...args], {
      cwd: root,
      encoding: 'utf8',
    });
    return result.status === 0 ? [] : [`${result.stdout}${result.stderr}`.trim()];
  };

const checks = [
  [
    'format',
    tool(
      { package: 'oxfmt', bin: 'bin/oxfmt' },
      '--check',
      'packages',
      'examples',
      'conformance',
      'bench',
      'fuzz',
      'test',
      'scripts',
    ),
    'npm run format',
  ],
  [
    'lint',
    tool(
      { package: 'oxlint', bin: 'bin/oxlint' },
      '--deny-warnings',
      'packages',
      'examples',
      'conformance',
      'bench',
      'fuzz',
      'test',
      'scripts',
    ),
    'change what is named',
  ],
  ['types', tool({ package: 'typescript', bin: 'bin/tsc' }, '--noEmit', '-p', 'tsconfig.json'), 'change what is named'],
  ['rooms', checkRooms, 'import only downwards: see ARCHITECTURE.md'],
  ['maps', () => checkMaps(files()), 'use a Map, Object.create(null) or Object.fromEntries'],
  [
    'unused',
    tool({ package: 'knip', bin: 'bin/knip.js' }, '--no-progress', '--no-config-hints'),
    'delete what is named, or export it where it is used',
  ],
  ['length', checkLength, 'split the file: one idea per file, 400 lines at most'],
  ['lock', checkLock, 'npm config set omit-lockfile-registry-resolved true, then npm install'],
];

let failures = 0;
for (const [name, check, mend] of checks) {
  const started = Date.now();
  const findings = await check();
  const time = `${((Date.now() - started) / 1000).toFixed(1)} s`;
  if (findings.length === 0) console.log(`✔ ${name} (${time})`);
  else {
    failures += 1;
    console.log(`✖ ${name} (${time}): ${mend}\n${findings.join('\n')}`);
  }
}
console.log(failures === 0 ? 'All checks pass.' : `${failures} of ${checks.length} checks fail.`);
process.exitCode = failures === 0 ? 0 : 1;

function files() {
  const result = spawnSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard', 'packages', 'examples'],
    { cwd: root, encoding: 'utf8' },
  );
  return result.stdout.split('\0').filter((file) => file.endsWith('.ts') || file.endsWith('.tsx'));
}

function checkLength() {
  const findings = [];
  for (const file of files()) {
    const lines = readFileSync(join(root, file), 'utf8').split('\n').length;
    if (lines > 400) findings.push(`${file}: ${lines} lines`);
  }
  return findings;
}

function checkLock() {
  return /"resolved": "https?:/.test(readFileSync(join(root, 'package-lock.json'), 'utf8'))
    ? ['package-lock.json holds download addresses']
    : [];
}
