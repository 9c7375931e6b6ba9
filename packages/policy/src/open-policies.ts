import { globSync, readFileSync, watch, type FSWatcher } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { CastellanError } from '@castellan/contract';
import type { TemplateLink } from './load/policies.ts';
import type { SchemaInput } from './load/schema.ts';
import type { Source } from './load/source.ts';
import { compilePolicies, type PolicySet } from './policy-set.ts';

/** Options of {@link openPolicies}. */
export interface OpenOptions {
  readonly schema?: SchemaInput | undefined;
  /** Why properties are no attributes of the schema, by name: see `PolicySchema.leftOut`. */
  readonly leftOut?: ReadonlyMap<string, string> | undefined;
  /** Policies made of the templates in the files. */
  readonly links?: readonly TemplateLink[] | undefined;
  /** What paths are relative to; the working directory where not said. */
  readonly cwd?: string | undefined;
  /** Told why a reload failed. The last good policies stay in force. */
  readonly onError?: ((error: CastellanError) => void) | undefined;
  /** Told of policies that came into force after a change. */
  readonly onChange?: ((policies: PolicySet) => void) | undefined;
  /** What to do with a policy that can never apply, as by a misspelt attribute; `refuse` where not said. */
  readonly impossible?: 'refuse' | 'allow' | undefined;
  /** Whether to reload when files change; true where not said. */
  readonly watch?: boolean | undefined;
}

/** Policies in files. */
export interface OpenPolicies {
  /** The last good set. */
  readonly current: PolicySet;
  /** The files that it was read from. */
  readonly files: readonly string[];
  /**
   * Reads the files again.
   * @param accept `vanished` also accepts that files are gone, whose policies then no longer apply
   * @returns whether the policies could be read; otherwise `onError` was told and the last good ones stay in force
   */
  reload(accept?: 'vanished'): boolean;
  /** Stops watching. */
  close(): void;
}

/** How long files must be quiet before they are read, ms: editors write in several steps. */
const quiet = 100;

/**
 * Reads policies from files and keeps them up to date. A change that cannot be read or checked, or a file that is gone,
 * leaves the last good policies in force and is reported: a `forbid` never disappears because a file did.
 * @param paths files and globs, `policies/*.cedar`
 * @throws CastellanError `no-policies` where a path matches nothing, and all of `compilePolicies`, on opening only
 */
export function openPolicies(paths: readonly string[], options: OpenOptions = {}): OpenPolicies {
  const { cwd = process.cwd(), onError, onChange, schema, leftOut, links, impossible = 'refuse' } = options;
  let files = matching(paths, cwd);
  const first = read(files, cwd);
  let current = compilePolicies({ policies: first, schema, leftOut, links, impossible });
  let texts = JSON.stringify(first);

  const reload = (accept?: 'vanished'): boolean => {
    try {
      const found = matching(paths, cwd, files, accept);
      const sources = read(found, cwd);
      if (JSON.stringify(sources) === texts) return true;
      current = compilePolicies({ policies: sources, schema, leftOut, links, impossible });
      files = found;
      texts = JSON.stringify(sources);
    } catch (error) {
      if (!(error instanceof CastellanError)) throw error;
      onError?.(error);
      return false;
    }
    onChange?.(current);
    return true;
  };

  const watchers = options.watch === false ? [] : watchFolders(paths, files, cwd, reload);
  return {
    get current() {
      return current;
    },
    get files() {
      return files;
    },
    reload,
    close: () => {
      for (const watcher of watchers) watcher.close();
    },
  };
}

function matching(
  paths: readonly string[],
  cwd: string,
  before: readonly string[] = [],
  accept?: 'vanished',
): string[] {
  const files = new Set<string>();
  for (const path of paths) {
    const found = globSync(path, { cwd }).map((file) => resolve(cwd, file));
    if (found.length === 0 && accept === undefined) throw vanished(path, before.length > 0);
    for (const file of found.sort()) files.add(file);
  }
  const gone = accept === undefined ? before.find((file) => !files.has(file)) : undefined;
  if (gone !== undefined) throw vanished(relative(cwd, gone), true);
  return [...files];
}

function vanished(path: string, isReload: boolean): CastellanError {
  return new CastellanError({
    code: isReload ? 'policies-vanished' : 'no-policies',
    message: isReload ? 'the policy file is gone; the last good policies stay in force' : 'no policy file is there',
    place: { file: path },
    mend: isReload ? 'put it back, or restart to go on without it' : 'check the path',
  });
}

function read(files: readonly string[], cwd: string): Source[] {
  return files.map((file) => {
    const name = relative(cwd, file);
    try {
      return { file: name, text: readFileSync(file, 'utf8') };
    } catch (cause) {
      throw new CastellanError({
        code: 'unreadable',
        message: 'the policy file cannot be read',
        place: { file: name },
        mend: 'check its permissions',
        cause,
      });
    }
  });
}

function watchFolders(
  paths: readonly string[],
  files: readonly string[],
  cwd: string,
  reload: () => void,
): FSWatcher[] {
  let timer: NodeJS.Timeout | undefined;
  const changed = () => {
    clearTimeout(timer);
    timer = setTimeout(reload, quiet);
    timer.unref();
  };
  const plain = paths.filter((path) => !/[*?[{]/.test(path)).map((path) => resolve(cwd, path));
  const folders = new Set([...files, ...plain].map((file) => dirname(file)));
  return [...folders].map((folder) => watch(folder, { persistent: false }, changed));
}
