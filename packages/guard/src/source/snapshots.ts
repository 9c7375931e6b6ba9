import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, posix, resolve } from 'node:path';
import { CastellanError } from '@castellan/contract';
import { notReachable } from './limits.ts';
import type { Snapshot, Source, SourceState } from './source.ts';
import { sha256 } from './urls.ts';

/** What a snapshot holds, beside its files: whether they are whole is seen by it. */
interface Manifest {
  readonly digest: string;
  readonly label: string;
  readonly files: Readonly<Record<string, string>>;
  readonly contract?: string | undefined;
  readonly overlays?: readonly string[] | undefined;
  readonly expects?: string | undefined;
}

/**
 * States of a source as folders on disk: one for each, whole or not there, never changed. The last good one is kept, so that a
 * start needs nobody else.
 */
export class Snapshots {
  readonly #folder: string;
  readonly #name: string;

  /** @param cache folder of all sources */
  constructor(cache: string, { identity, name }: Source) {
    this.#folder = join(resolve(cache), sha256(identity).slice('sha256:'.length, 'sha256:'.length + 24));
    this.#name = name;
  }

  /**
   * The folder of a state; its files are fetched where they are not there yet.
   * @throws CastellanError what fetching throws; `source-cache` where the folder cannot be written
   */
  async take(state: SourceState): Promise<Snapshot> {
    const known = await this.#read(state.digest);
    if (known !== undefined) return { ...known, label: state.label };
    const { files, ...more } = await state.fetch();
    const manifest: Manifest = {
      digest: state.digest,
      label: state.label,
      files: Object.fromEntries([...files].map(([name, bytes]) => [name, sha256(bytes)])),
      ...more,
    };
    for (const name of files.keys())
      if (!isInside(name))
        throw notReachable(this.#name, `it names a file outside of it: '${name.slice(0, 80)}'`, 'take it out there');
    await this.#write(manifest, files);
    const written = await this.#read(state.digest);
    if (written === undefined) throw this.#cacheError(new Error('what was written is not there'));
    return written;
  }

  /** The last state that was good, where it is whole. */
  async good(): Promise<Snapshot | undefined> {
    const digest = await readFile(join(this.#folder, 'good'), 'utf8').catch(() => undefined);
    return digest === undefined ? undefined : this.#read(digest.trim());
  }

  /** Notes the state that came into force; all others but the one before go. */
  async keep({ digest }: Snapshot, before: Snapshot | undefined): Promise<void> {
    try {
      const made = join(this.#folder, `good-${process.pid}`);
      await writeFile(made, `${digest}\n`, { mode: 0o600 });
      await rename(made, join(this.#folder, 'good'));
      const kept = new Set([folderOf(digest), ...(before === undefined ? [] : [folderOf(before.digest)])]);
      for (const name of await readdir(this.#folder))
        if (name.startsWith('state-') && !kept.has(name))
          await rm(join(this.#folder, name), { recursive: true, force: true });
    } catch (cause) {
      throw this.#cacheError(cause);
    }
  }

  async #read(digest: string): Promise<Snapshot | undefined> {
    const folder = join(this.#folder, folderOf(digest));
    try {
      const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as Manifest;
      const root = join(folder, 'files');
      for (const [name, expected] of Object.entries(manifest.files))
        if (sha256(await readFile(join(root, name))) !== expected) throw new Error(`${name} is not what it was`);
      const { label, contract, overlays, expects } = manifest;
      const at = (name: string): string => join(root, name);
      return {
        root,
        digest,
        label,
        contract: contract === undefined ? undefined : at(contract),
        overlays: overlays?.map(at),
        expects,
      };
    } catch {
      // Not there, or damaged: it is fetched again.
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
      return undefined;
    }
  }

  /** Whole or not at all: the process may end in the middle, and others may write the same. */
  async #write(manifest: Manifest, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      const made = await mkdtemp(join(this.#folder, 'making-'));
      for (const [name, bytes] of files) {
        const path = join(made, 'files', name);
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        await writeFile(path, bytes, { mode: 0o600 });
      }
      await writeFile(join(made, 'manifest.json'), JSON.stringify(manifest), { mode: 0o600 });
      await rename(made, join(this.#folder, folderOf(manifest.digest))).catch(async (error: NodeJS.ErrnoException) => {
        await rm(made, { recursive: true, force: true });
        if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
      });
    } catch (cause) {
      throw this.#cacheError(cause);
    }
  }

  #cacheError(cause: unknown): CastellanError {
    return new CastellanError({
      code: 'source-cache',
      message: `${this.#name}: its files cannot be kept in ${this.#folder} (${(cause as NodeJS.ErrnoException).code ?? String(cause)})`,
      mend: 'name a folder that this process may write to: source.cache',
      cause,
    });
  }
}

function folderOf(digest: string): string {
  return `state-${digest.replace(/[^0-9A-Za-z]/g, '-')}`;
}

function isInside(name: string): boolean {
  const path = posix.normalize(name);
  return name !== '' && !/[\\\0]/.test(name) && !posix.isAbsolute(path) && path !== '..' && !path.startsWith('../');
}
