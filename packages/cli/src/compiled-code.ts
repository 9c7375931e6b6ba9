import { mkdirSync, statSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Keeps what Node.js compiled of the command in a folder of this user, which halves what most commands take to start. Not where
 * Node.js puts it by default: another user may have put it there first. Where the folder cannot be made, or is not this user's
 * alone, nothing is kept. `NODE_DISABLE_COMPILE_CACHE=1` turns it off.
 * @param env of the process; `XDG_CACHE_HOME` says where, as the XDG Base Directory Specification has it
 * @returns the folder; undefined where nothing is kept
 */
export function keepCompiledCode(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const uid = process.getuid?.();
  // Windows has no owner to look at.
  if (uid === undefined) return undefined;
  try {
    const base = env['XDG_CACHE_HOME']?.startsWith('/') === true ? env['XDG_CACHE_HOME'] : join(homedir(), '.cache');
    const folder = join(base, 'castellan', 'compiled');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const one of [join(base, 'castellan'), folder]) {
      const { uid: owner, mode } = statSync(one);
      // Who may write here decides what runs.
      if (owner !== uid || (mode & 0o022) !== 0) return undefined;
    }
    // A Node.js that is too old has none of this; it is told elsewhere.
    const enable: typeof module.enableCompileCache | undefined = module.enableCompileCache;
    return enable?.(folder).directory === undefined ? undefined : folder;
  } catch {
    return undefined;
  }
}
