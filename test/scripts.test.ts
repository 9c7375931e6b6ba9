// The scripts behind npm start, npm test and npm run check, where a newcomer meets them first.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';

const root = join(import.meta.dirname, '..');
const folder = join(root, '.test-cache', `scripts-${process.pid}`);
mkdirSync(folder, { recursive: true });
after(() => rmSync(folder, { recursive: true }));

test('what cannot be installed is named in one line', () => {
  const program = `import { installSystemPackages } from ${JSON.stringify(join(root, 'scripts/ready.mjs'))}; console.log(JSON.stringify(installSystemPackages()))`;
  // Without a PATH there is neither the software nor apt-get, so nothing can be installed.
  const ran = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    env: { PATH: '' },
  });
  const missing = JSON.parse(ran.stdout) as string[];
  assert.ok(missing.includes('openssl'), ran.stdout);
  assert.equal(ran.stderr, `for all tests, install: apt-get install ${missing.join(' ')}\n`);
});

/** Runs tests with the reporter of npm test. */
function reported(source: string) {
  const file = join(folder, `made.test.ts`);
  writeFileSync(file, source);
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== 'NODE_TEST_CONTEXT'));
  return spawnSync(
    process.execPath,
    ['--test', `--test-reporter=${join(root, 'scripts/reporter.mjs')}`, '--test-reporter-destination=stdout', file],
    { encoding: 'utf8', env, cwd: root },
  );
}

test('the last lines say what ran, what did not and why, and what failed where', () => {
  const ran = reported(`import { test } from 'node:test';
test('good', () => {});
test('left out', (t) => t.skip('no redis here'));
test('bad', () => { throw new Error('broken'); });
`);
  assert.equal(ran.status, 1);
  const file = join(folder, 'made.test.ts').slice(root.length + 1);
  assert.match(ran.stdout, new RegExp(`Did not run:\\n  ${file}: left out \\(no redis here\\)\\n`));
  assert.match(ran.stdout, new RegExp(`Failed:\\n  ${file}:4 bad\\n`));
  assert.match(ran.stdout, /\n1 passed, 1 failed, 1 skipped\n$/);
});

test('a run in which no test ran is a failure', () => {
  const ran = reported('');
  assert.match(ran.stdout, /No test ran\.\n/);
  assert.equal(ran.status, 1);
});

test('npm run bench without a name says which there are', () => {
  const ran = spawnSync(process.execPath, [join(root, 'scripts/folder-job.mjs'), 'bench', 'nothing'], {
    cwd: root,
    encoding: 'utf8',
  });
  assert.equal(ran.status, 2);
  assert.match(ran.stderr, /^castellan: there is no bench 'nothing'; npm run bench -- .*contract.*guard.*\n$/m);
});

test('a plain object as a map of any keys is refused, with its place', async () => {
  const { findMaps } = (await import(join(root, 'scripts/maps.mjs'))) as {
    findMaps: (file: string, text: string) => string[];
  };
  const found = (text: string): string[] => findMaps('a.ts', text);
  for (const text of [
    'const a: Record<string, number> = {};\na[key] = 1;',
    'const a = {};\na[key.name] = 1;',
    'const a = {} as Record<string, number>;\n(a as Other)[`x${key}`] = 1;',
    'const a: Readonly<Record<string, number>> = { x: 1 };\nread(a[key]);',
    'const a: { [name: string]: number } = { x: 1 };\nread(a[f(key)] ?? 0);',
    'const a: Readonly<Record< string, number>> = {}; read(a[key]);',
  ])
    assert.match(found(text)[0] ?? 'nothing', /^a\.ts:[12]: a is a plain object and (?:written|read) under/, text);
  for (const text of [
    'const a: Record<Kind, number> = {};\na[key] = 1;',
    'const a = Object.create(null) as Record<string, number>;\na[key] = 1;',
    'const a = new Map<string, number>();\na.set(key, 1);',
    'const a: Record<string, number> = {};\na["x"] = 1; a.y = 2; a[0] = 1;',
    "const a: Record<string, number> = {};\nif (key !== '__proto__') a[key] = 1;",
    'const a: Record<string, number> = { x: 1 };\nif (Object.hasOwn(a, key)) read(a[key]);',
    'const a: number[] = [];\na[index] = 1;',
  ])
    assert.deepEqual(found(text), [], text);
});

test('an import against the order of the rooms is refused, with its place', async () => {
  const { findingsOf } = (await import(join(root, 'scripts/rooms.mjs'))) as {
    findingsOf: (room: string, file: string, text: string) => string[];
  };
  const file = join(root, 'packages/contract/src/index.ts');
  assert.deepEqual(findingsOf('contract', file, `\nimport { x } from '@castellan/guard';\n`), [
    'packages/contract/src/index.ts:2: contract may not import guard',
  ]);
  assert.deepEqual(findingsOf('contract', file, `export * from '../../guard/src/guard.ts';`), [
    "packages/contract/src/index.ts:1: '../../guard/src/guard.ts' leaves the package",
  ]);
  assert.deepEqual(
    findingsOf('guard', join(root, 'packages/guard/src/x.ts'), `await import('@castellan/contract/inner');`),
    ["packages/guard/src/x.ts:1: '@castellan/contract/inner' is no export of @castellan/contract"],
  );
  assert.deepEqual(findingsOf('guard', join(root, 'packages/guard/src/x.ts'), `import '@castellan/contract';`), []);
});
