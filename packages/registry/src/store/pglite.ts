import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { CastellanError } from '@castellan/contract';
import { PGliteDialect, type Dialect } from 'kysely';
import { packedData, unpackData } from './first-data.ts';
import { lockFolder } from './folder-lock.ts';

/** A way to a database that was not opened yet. */
export interface Opened {
  readonly dialect: Dialect;
  readonly name: string;
  readonly close?: () => Promise<void>;
}

/** Its default of 128 MB is for a machine of its own; what the registry reads often fits into this. */
const sharedBuffers = '16MB';

/**
 * PostgreSQL inside of this process, in a folder (made where missing, mode 0700) or in memory. One process at a time.
 * @throws CastellanError `store-in-use`, `store-folder`
 */
export async function pgliteDialect(folder: string | undefined): Promise<Opened> {
  const { PGlite } = await import('@electric-sql/pglite');
  const startParams = [...PGlite.defaultStartParams, '-c', `shared_buffers=${sharedBuffers}`];
  const packed = packedData();
  if (folder === undefined) {
    const loadDataDir = packed === undefined ? {} : { loadDataDir: new Blob([readFileSync(packed)]) };
    return {
      dialect: new PGliteDialect({ pglite: () => new PGlite({ startParams, ...loadDataDir }) }),
      name: 'memory:',
    };
  }
  const name = `file:${relative(process.cwd(), folder) || '.'}`;
  try {
    mkdirSync(dirname(folder), { recursive: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new CastellanError({
      code: 'store-folder',
      message: `the folder of the store cannot be made (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      place: { file: folder },
      mend: 'name a folder that this process may write to',
      cause,
    });
  }
  const release = lockFolder(folder);
  try {
    if (packed !== undefined && !existsSync(`${folder}/data`)) unpackData(packed, `${folder}/data`);
  } catch (error) {
    release();
    throw error;
  }
  return {
    dialect: new PGliteDialect({ pglite: () => new PGlite({ dataDir: `${folder}/data`, startParams }) }),
    name,
    close: async () => release(),
  };
}
