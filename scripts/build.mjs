// npm run build: JavaScript and types of every package, into its dist folder.
import { spawnSync } from 'node:child_process';
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
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
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
await bundleContract();
await packData();
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

/**
 * The contract's 150 modules as one file, beside them: to resolve, read and compile them one by one took longer than all that
 * they do for a document of 13 MB. What is loaded on demand (YAML, overlays) stays apart.
 */
async function bundleContract() {
  const { build } = await import('esbuild');
  const dist = join(root, 'packages', 'contract', 'dist');
  rmSync(join(dist, 'bundle'), { recursive: true, force: true });
  await build({
    entryPoints: [join(dist, 'index.js')],
    outdir: join(dist, 'bundle'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'warning',
  });
}

/** The files of an empty database, which a new store begins with (packages/registry/src/store/first-data.ts). */
async function packData() {
  const { createRequire } = await import('node:module');
  const require = createRequire(join(root, 'packages', 'registry', 'package.json'));
  const { version } = JSON.parse(
    readFileSync(join(dirname(require.resolve('@electric-sql/pglite')), '..', 'package.json'), 'utf8'),
  );
  const folder = join(root, 'packages', 'registry', 'dist', 'store');
  const stamp = join(folder, 'first-data.version');
  const file = join(folder, 'first-data.tar.gz');
  if (existsSync(file) && existsSync(stamp) && readFileSync(stamp, 'utf8') === version) return;
  const { PGlite } = await import(pathToFileURL(require.resolve('@electric-sql/pglite')).href);
  const database = await PGlite.create();
  const packed = await database.dumpDataDir('gzip');
  await database.close();
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, Buffer.from(await packed.arrayBuffer()));
  writeFileSync(stamp, version);
}
