// Packages of npm that tests need, in folders of their own: `npm run real` installs them.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..', '.test-cache', 'real');

/**
 * The folder where packages are installed; undefined where they are not and nobody asked to install them.
 * @param packages with their exact versions
 */
export function installed(name: string, packages: Readonly<Record<string, string>>): string | undefined {
  const folder = join(root, name);
  if (Object.keys(packages).every((one) => existsSync(join(folder, 'node_modules', one)))) return folder;
  if (process.env['CASTELLAN_REAL_INSTALL'] === undefined) return undefined;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, private: true, dependencies: packages }));
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return folder;
}
