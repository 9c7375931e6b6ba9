// npm run build: JavaScript and types of every package, into its dist folder.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
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
if (result.status !== 0) process.exit(result.status ?? 1);
for (const name of packages) copyFileSync(join(root, 'LICENSE'), join(root, 'packages', name, 'LICENSE'));
const main = join(root, 'packages', 'cli', 'dist', 'main.js');
if (existsSync(main)) chmodSync(main, 0o755);
