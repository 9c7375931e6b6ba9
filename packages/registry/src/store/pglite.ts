import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { CastellanError } from '@castellan/contract';
import { PGliteDialect, type Dialect } from 'kysely';
import { packedData, unpackData } from './first-data.ts';
import { lockFolder } from './folder-lock.ts';

/** A way to a database that was not opened yet. */
export interface Opened {
  readonly dialect: Dialect;
  readonly name: string;
  /** Whether it cleans up by itself; PGlite has no processes beside it that would. */
  readonly cleansItself: boolean;
  /** The folder of a PGlite. */
  readonly folder?: string | undefined;
  /** Whether it begins with all tables, made when castellan was built, and no rows. */
  readonly prepared?: boolean | undefined;
  /** Called once when the tables are there. */
  readonly ready?: (() => Promise<void>) | undefined;
  readonly close?: () => Promise<void>;
}

/**
 * Settings of PostgreSQL inside of this process. Its default of 128 MB for `shared_buffers` is for a machine of its own. Of the ways to
 * reach the disk only `fsync` is one here; what is committed is on the disk.
 */
const settings = ['shared_buffers=16MB', 'wal_sync_method=fsync', 'min_wal_size=32MB'].flatMap((one) => ['-c', one]);

/**
 * PostgreSQL inside of this process, in a folder (made where missing, mode 0700) or in memory. One process at a time.
 * @throws CastellanError `store-in-use`, `store-folder`
 */
export async function pgliteDialect(folder: string | undefined): Promise<Opened> {
  const { PGlite } = await import('@electric-sql/pglite');
  const packed = packedData();
  if (folder === undefined) {
    const startParams = [...PGlite.defaultStartParams, ...settings];
    const loadDataDir = packed === undefined ? {} : { loadDataDir: new Blob([readFileSync(packed)]) };
    return {
      dialect: new PGliteDialect({ pglite: () => new PGlite({ startParams, ...loadDataDir }) }),
      name: 'memory:',
      cleansItself: false,
      prepared: packed !== undefined,
    };
  }
  const release = takeFolder(folder);
  const { DurableFiles, syncFolder } = await import('./durable-files.ts');
  // `-F` is: do not wait for the disk.
  const startParams = [...PGlite.defaultStartParams.filter((one) => one !== '-F'), ...settings];
  const data = join(folder, 'data');
  const fresh = !existsSync(data);
  try {
    if (fresh && packed !== undefined) unpackData(packed, data);
  } catch (error) {
    release();
    throw error;
  }
  return {
    dialect: new PGliteDialect({ pglite: () => new PGlite({ fs: new DurableFiles(data), startParams }) }),
    name: `file:${relative(process.cwd(), folder) || '.'}`,
    cleansItself: false,
    folder,
    prepared: fresh && packed !== undefined,
    ready: fresh ? () => syncFolder(folder) : undefined,
    close: async () => release(),
  };
}

/**
 * Makes the folder of a store and locks it.
 * @returns gives it back
 * @throws CastellanError `store-in-use`, `store-folder`
 */
export function takeFolder(folder: string): () => void {
  try {
    mkdirSync(dirname(folder), { recursive: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return lockFolder(folder);
  } catch (cause) {
    if (cause instanceof CastellanError) throw cause;
    throw new CastellanError({
      code: 'store-folder',
      message: `the folder of the store cannot be made (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      place: { file: folder },
      mend: 'name a folder that this process may write to',
      cause,
    });
  }
}
