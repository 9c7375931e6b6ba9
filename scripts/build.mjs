// npm run build: JavaScript and types of every package, into its dist folder.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { bundle } from './bundle.mjs';
import { root } from './ready.mjs';

const packages = readdirSync(join(root, 'packages'));
if (process.argv.includes('--clean'))
  for (const name of packages) rmSync(join(root, 'packages', name, 'dist'), { recursive: true, force: true });
const result = spawnSync(
  process.execPath,
  [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-b', ...packages.map((name) => join('packages', name))],
  {
    cwd: root,
    stdio: 'inherit',
  },
);
if (result.status !== 0) {
  // At install the sources run all the same; what needs dist says so itself.
  if (process.env.npm_lifecycle_event === 'prepare')
    console.error('castellan: the packages do not build; npm run check tells more');
  process.exit(process.env.npm_lifecycle_event === 'prepare' ? 0 : (result.status ?? 1));
}
await Promise.all(packages.map(bundle));
packData();
recordPolicyAnswers();
for (const name of packages) copyFileSync(join(root, 'LICENSE'), join(root, 'packages', name, 'LICENSE'));
/** JSON Schemas for editors, beside the code that reads what they describe. */
const schemas = {
  contract: ['x-castellan'],
  guard: ['authentication', 'guard-options'],
  gateway: ['gateway-options', 'castellan'],
  assess: ['castellan'],
};
for (const [room, names] of Object.entries(schemas)) {
  const folder = join(root, 'packages', room, 'dist', 'schemas');
  mkdirSync(folder, { recursive: true });
  for (const name of names) copyFileSync(join(root, 'schemas', `${name}.json`), join(folder, `${name}.json`));
}
const main = join(root, 'packages', 'cli', 'dist', 'main.js');
if (existsSync(main)) chmodSync(main, 0o755);

/** The files of a database with all tables and no rows, which a new store begins with (packages/registry/src/store/first-data.ts). */
function packData() {
  const registry = join(root, 'packages', 'registry');
  const version = createRequire(join(registry, 'package.json'))
    .resolve('@electric-sql/pglite')
    .replace(/dist[/\\].*$/, 'package.json');
  make(
    'store/first-data.tar.gz',
    [version, ...filesOf(join(registry, 'dist/store/migrations')).filter((file) => file.endsWith('.js'))],
    'store/write-first-data.js',
  );
}

/** What Cedar's engine says of the registry's own policies (packages/registry/src/server/access/known-answers.ts). */
function recordPolicyAnswers() {
  const built = ['contract', 'meaning', 'policy', 'guard', 'registry'].map((name) =>
    join(root, 'packages', name, 'dist/bundle'),
  );
  make(
    'policy-answers.json',
    // Another engine may answer otherwise.
    [
      join(root, 'node_modules/@cedar-policy/cedar-wasm/package.json'),
      ...[...built, join(root, 'packages/registry/policies')].flatMap(filesOf),
    ],
    'server/access/write-known-answers.js',
  );
}

/** Runs a program of the registry that writes a file into dist, where what it is made of is not what it was. */
function make(name, sources, program) {
  const dist = join(root, 'packages/registry/dist');
  const digest = createHash('sha256');
  for (const file of [join(dist, program), ...sources]) digest.update(readFileSync(file));
  const stamp = join(dist, `${name}.stamp`);
  const made = digest.digest('hex');
  if (existsSync(join(dist, name)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === made) return;
  const { status } = spawnSync(process.execPath, [join(dist, program)], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  writeFileSync(stamp, made);
}

function filesOf(folder) {
  return readdirSync(folder)
    .toSorted()
    .map((name) => join(folder, name));
}
