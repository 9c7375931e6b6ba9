// Makes a fresh clone ready and runs a job on the project's own Node. Plain JavaScript for Node 20 and later, because
// on a fresh clone there is nothing else.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Node of the `node` development dependency. */
export const node = join(root, 'node_modules', 'node', 'bin', 'node');

/** Installs the dependencies of a folder when its lock file is not the one that was installed last. */
export function installDependencies(folder = root) {
  const lock = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex');
  const stamp = join(folder, 'node_modules', '.castellan-installed');
  const complete = folder !== root || existsSync(node);
  if (complete && existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.error(`installing dependencies${folder === root ? '' : ` of ${folder.slice(root.length + 1)}`} (first run)…`);
  const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (result.status !== 0) fail('npm ci failed', 'see its messages above; the npm registry must be reachable');
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, lock);
}

/** Debian packages that tests use, by the command that each brings. Only what some test really runs. */
const systemPackages = { 'redis-server': 'redis-server', openssl: 'openssl' };

/**
 * Installs what tests need beyond npm, where that is possible.
 * @param wanted names of packages, split at spaces, by a command that they bring
 * @returns the names of packages that are missing all the same
 */
export function installSystemPackages(wanted = systemPackages) {
  const missing = missingOf(wanted);
  if (missing.length === 0) return [];
  if (process.getuid?.() !== 0 || !onPath('apt-get')) {
    console.error(`for all tests, install: apt-get install ${missing.join(' ')}`);
    return missing;
  }
  console.error(`installing ${missing.join(', ')} (first run)…`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore', env });
  const result = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env,
  });
  if (result.status !== 0) console.error(`for all tests, install: apt-get install ${missing.join(' ')}`);
  return missingOf(wanted);
}

function missingOf(wanted) {
  return Object.entries(wanted)
    .filter(([command]) => !onPath(command))
    .flatMap(([, names]) => names.split(' '));
}

function onPath(command) {
  const folders = `${process.env.PATH ?? ''}:/usr/sbin:/usr/local/sbin`.split(':');
  return folders.some((folder) => folder !== '' && existsSync(join(folder, command)));
}

/** Runs a program to its end with this process's input and output; signals go on to it. Resolves to its exit status. */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    const forward = (signal) => child.kill(signal);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward);
    child.on('error', (error) =>
      fail(`${command} does not start: ${error.message}`, 'delete node_modules and run this again'),
    );
    child.on('exit', (status, signal) => {
      for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(name, forward);
      resolve(status ?? 128 + (constants.signals[signal ?? 'SIGTERM'] ?? 15));
    });
  });
}

/** Flags with which Node runs the TypeScript sources of this workspace directly. */
export const sourceFlags = ['--conditions=@castellan/source', '--disable-warning=ExperimentalWarning'];

export function fail(what, mend) {
  console.error(`castellan: ${what}; ${mend}`);
  process.exit(2);
}
