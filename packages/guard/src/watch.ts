import { watch, type FSWatcher } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CastellanError } from '@castellan/contract';
import { namedFiles } from './authorize/policy-files.ts';
import type { GuardCore } from './core.ts';
import type { GuardOptions } from './options.ts';
import { referencedFiles } from './secrets/reference.ts';

/** How long files must be quiet before they are read, ms: editors write in several steps. */
const quiet = 100;
/** Between two looks at files whose changes the system does not tell, as on network mounts, ms. */
const interval = 2000;

/** What became of files that changed: they are in force now, or why they are not. */
export type Reloaded = { readonly ok: true } | { readonly ok: false; readonly error: CastellanError };

/** Watches what a guard was read from. */
export interface Watch {
  /** Says that the files as they are now are about to be read by somebody else. */
  seen(): Promise<void>;
  close(): void;
}

/**
 * Reads a guard's files again when they change: contract and overlays with every document they refer to, policies,
 * entities. Folders are watched, not files, because editors and mounted volumes put new files in the place of old ones.
 * @param before {@link stateOf} the files when reading them began: what changed since then may not have been seen
 * @param files what is in force was read from these, by name; asked each time
 * @param reload reads them; what it rejects with is told and the last good ones stay in force
 */
export async function watchFiles(
  before: State,
  files: () => Promise<readonly string[]>,
  reload: () => Promise<void>,
  told: (outcome: Reloaded) => void,
): Promise<Watch> {
  const watchers = new Map<string, FSWatcher>();
  let read = await stampOf(await files());
  let last = read;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let looking = false;
  /** While set, a new file in the folders counts as well: it may be the one that was missing. */
  let failed: string | undefined;

  const soon = (): void => {
    if (closed || timer !== undefined || looking) return;
    timer = setTimeout(() => {
      timer = undefined;
      void look();
    }, quiet);
    timer.unref();
  };
  const look = async (): Promise<void> => {
    looking = true;
    let settled = true;
    try {
      const names = await files();
      watchFolders(names);
      const now = await stampOf(failed === undefined ? names : withFolders(names));
      settled = now === last;
      last = now;
      if (settled && now !== read) {
        await readAgain(names);
        settled = false;
      }
    } catch (error) {
      // Nobody can say which files count now, as where a folder may no longer be listed.
      fails(asError(error));
    }
    looking = false;
    // What changes while it is looked at is looked at again when it is quiet.
    if (!settled) soon();
  };
  const fails = (error: CastellanError): void => {
    const repeated = error.message === failed;
    failed = error.message;
    if (!closed && !repeated) told({ ok: false, error });
  };
  const readAgain = async (names: readonly string[]): Promise<void> => {
    const [good, bad] = await Promise.all([stampOf(names), stampOf(withFolders(names))]);
    const error = await reload().then(
      () => undefined,
      (reason: unknown) => asError(reason),
    );
    read = last = error === undefined ? good : bad;
    if (error !== undefined) return fails(error);
    failed = undefined;
    if (!closed) told({ ok: true });
  };
  const watchFolders = (names: readonly string[]): void => {
    for (const folder of new Set(names.map((name) => dirname(name)))) {
      if (closed || watchers.has(folder)) continue;
      try {
        const watcher = watch(folder, { persistent: false }, soon);
        const gone = (): void => {
          watcher.close();
          watchers.delete(folder);
        };
        watcher.on('error', gone);
        watchers.set(folder, watcher);
      } catch {
        // A folder that is not there, or more than the system watches: the regular look sees its files.
      }
    }
  };

  watchFolders(await files());
  if ((await stampOf(before.files)) !== before.stamp) {
    read = '';
    soon();
  }
  const regular = setInterval(() => void (timer === undefined && !looking && look()), interval);
  regular.unref();
  return {
    async seen() {
      failed = undefined;
      read = last = await stampOf(await files());
    },
    close() {
      closed = true;
      clearTimeout(timer);
      clearInterval(regular);
      for (const watcher of watchers.values()) watcher.close();
    },
  };
}

/** Files and how they were. */
interface State {
  readonly files: readonly string[];
  readonly stamp: string;
}

/** How files are now. */
export async function stateOf(files: readonly string[]): Promise<State> {
  return { files, stamp: await stampOf(files) };
}

/**
 * The files that a guard would be read from now.
 * @param core what is in force, with everything that its contract refers to
 */
export async function filesOf(options: Omit<GuardOptions, 'limits'>, core?: GuardCore): Promise<readonly string[]> {
  const names = new Set<string>();
  for (const document of [options.contract, ...(options.overlays ?? []), ...(core?.contract.documents ?? [])]) {
    if (document instanceof URL) {
      if (document.protocol === 'file:') names.add(fileURLToPath(document));
    } else if (typeof document === 'string') {
      if (document.startsWith('file:')) names.add(fileURLToPath(document));
      else if (!/^[a-z][a-z\d+.-]+:/i.test(document)) names.add(resolve(document));
    }
  }
  if (options.policies !== undefined) for (const file of await namedFiles(options.policies)) names.add(file);
  for (const file of core?.authority?.files ?? []) names.add(file);
  if (typeof options.entities === 'string') names.add(resolve(options.entities));
  if (typeof options.links === 'string') names.add(resolve(options.links));
  for (const file of referencedFiles(options.authentication)) names.add(resolve(file));
  for (const entry of Object.values(options.authentication ?? {}))
    // What an entry must be is said where it is read.
    if (
      typeof entry === 'object' &&
      entry !== null &&
      'jwks' in entry &&
      typeof entry.jwks === 'string' &&
      !/^[a-z][a-z\d+.-]+:/i.test(entry.jwks) &&
      !entry.jwks.includes('${')
    )
      names.add(resolve(entry.jwks));
  return [...names];
}

function withFolders(files: readonly string[]): readonly string[] {
  return [...files, ...new Set(files.map((file) => dirname(file)))];
}

/** What tells one state of the files from another. Links are followed: a mounted volume changes what they lead to. */
async function stampOf(files: readonly string[]): Promise<string> {
  const stamps = files.map(async (file) => {
    try {
      const { mtimeNs, size, ino } = await stat(file, { bigint: true });
      return `${file} ${mtimeNs} ${size} ${ino}`;
    } catch {
      return `${file} gone`;
    }
  });
  return (await Promise.all(stamps)).sort().join('\n');
}

function asError(error: unknown): CastellanError {
  if (error instanceof CastellanError) return error;
  return new CastellanError({
    code: 'reload-failed',
    message: `the changed files could not be read (${error instanceof Error ? error.message : String(error)})`,
    mend: 'see the cause',
    cause: error,
  });
}
