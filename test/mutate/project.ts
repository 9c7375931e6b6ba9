import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Copies the project without what git does not know; its own packages lead into the copy, those of others to where they are. */
export function copyProject(from: string, to: string): void {
  const { stdout } = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: from,
    encoding: 'utf8',
  });
  for (const file of stdout.split('\0').filter((name) => name !== '' && !name.startsWith('bench/'))) {
    mkdirSync(dirname(join(to, file)), { recursive: true });
    cpSync(join(from, file), join(to, file), { verbatimSymlinks: true });
  }
  mkdirSync(join(to, 'node_modules'));
  for (const name of readdirSync(join(from, 'node_modules')))
    if (name !== '@castellan') symlinkSync(join(from, 'node_modules', name), join(to, 'node_modules', name));
  cpSync(join(from, 'node_modules/@castellan'), join(to, 'node_modules/@castellan'), {
    recursive: true,
    verbatimSymlinks: true,
  });
}
