// The compiled modules of each package as few files (docs/decisions/073-one-file.md): to resolve, read and compile a thousand of them one
// by one takes longer than most of what they do.
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './ready.mjs';

/** What is started from its file and so needs one under its own name, beside what package.json exports. */
const started = {
  guard: { worker: 'audit/log/worker.js' },
  registry: { 'sent-thread': 'inventory/sent-thread.js' },
};

/** Other people's modules that are put in as well, since they are hundreds of small files; their licence is put beside. */
const taken = { registry: ['kysely'] };

/**
 * Puts the compiled modules of a package together into dist/bundle: one file for each entry of package.json, and files of what entries
 * share. All of them stand in one folder, since some look for what stands beside them. What is loaded on demand stays apart, other
 * packages stay outside but for those of `taken`, and nothing is minified, so that stacks can be read.
 * @param {string} name of the folder in packages
 */
export async function bundle(name) {
  const { build } = await import('esbuild');
  const folder = join(root, 'packages', name);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const dist = join(folder, 'dist');
  const entryPoints = [...Object.values(manifest.exports), ...Object.values(manifest.imports ?? {})].map((entry) => ({
    in: join(
      folder,
      entry.types?.replace(/\.d\.ts$/, '.js') ??
        entry['@castellan/source'].replace('/src/', '/dist/').replace(/\.ts$/, '.js'),
    ),
    out: entry.default.replace('./dist/bundle/', '').replace(/\.js$/, ''),
  }));
  for (const [out, file] of Object.entries(started[name] ?? {})) entryPoints.push({ in: join(dist, file), out });
  const { outputFiles } = await build({
    entryPoints,
    outdir: join(dist, 'bundle'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    plugins: [outside(taken[name] ?? [])],
    logLevel: 'warning',
    write: false,
  });
  const files = new Map(outputFiles.map(({ path, contents }) => [path, contents]));
  for (const other of taken[name] ?? [])
    files.set(join(dist, 'bundle', `LICENSE-${other}`), readFileSync(join(root, 'node_modules', other, 'LICENSE')));
  keep(join(dist, 'bundle'), files);
}

/** Makes a folder hold just these files. What is as it was is not touched: something may be running from there. */
function keep(folder, files) {
  mkdirSync(folder, { recursive: true });
  for (const [path, contents] of files) {
    if (existsSync(path) && readFileSync(path).equals(contents)) continue;
    writeFileSync(`${path}.${process.pid}`, contents);
    renameSync(`${path}.${process.pid}`, path);
  }
  for (const name of readdirSync(folder)) if (!files.has(join(folder, name))) rmSync(join(folder, name));
}

/** Leaves every package outside, but for these. */
function outside(inside) {
  return {
    name: 'outside',
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
        if (kind === 'entry-point') return undefined;
        const isInside = inside.some((one) => path === one || path.startsWith(`${one}/`));
        return isInside ? undefined : { path, external: true };
      });
    },
  };
}
