import { resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { CastellanError } from '@castellan/contract';
import { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { migrations } from './migrations/index.ts';
import { pgliteDialect } from './pglite.ts';
import { postgresDialect } from './postgres.ts';
import type { Tables } from './tables.ts';

/** An open store. */
export interface Store {
  readonly db: Kysely<Tables>;
  /** What it is, without credentials: `file:.castellan/registry`, `postgres://db/castellan`. */
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  close(): Promise<void>;
}

export interface StoreOptions {
  /** `file:FOLDER` (PGlite, one process at a time), `memory:` (gone with the process), or `postgres://…`. */
  readonly url: string;
  /** What the folder is relative to. Default: the process's working directory. */
  readonly cwd?: string | undefined;
  readonly clock?: (() => number) | undefined;
  /**
   * For one job of a command: PGlite starts in half the time and takes a third of the memory, and its queries are slower. Holds
   * for all WebAssembly that the process compiles from then on.
   */
  readonly brief?: boolean | undefined;
  /** The last migration that is made, for tests. Default: all. */
  readonly upTo?: string | undefined;
}

/** Where the store is when nobody says otherwise. */
export const defaultStore = 'file:.castellan/registry';

/**
 * Opens the store and brings its tables up to date.
 * @throws CastellanError `store-url`, `store-in-use`, `store-unreachable`, `store-newer`
 */
export async function openStore({ url, cwd, clock = Date.now, upTo, brief }: StoreOptions): Promise<Store> {
  if (brief === true) {
    setFlagsFromString('--wasm-tiering-budget=2000000000');
    // What is read and forgotten is collected sooner.
    setFlagsFromString('--max-semi-space-size=4');
    setFlagsFromString('--semi-space-growth-factor=1');
  }
  const opened = await dialectOf(url, cwd ?? process.cwd());
  const db = new Kysely<Tables>({ dialect: opened.dialect });
  try {
    await migrate(db, upTo);
  } catch (error) {
    await db.destroy().catch(() => undefined);
    await opened.close?.();
    if (error instanceof CastellanError) throw error;
    throw new CastellanError({
      code: 'store-unreachable',
      message: `the store ${opened.name} cannot be opened (${reasonOf(error)})`,
      mend: 'check that it runs and that its user may make tables',
      cause: error,
    });
  }
  return {
    db,
    name: opened.name,
    clock,
    async close() {
      await db.destroy();
      await opened.close?.();
    },
  };
}

async function dialectOf(url: string, cwd: string) {
  if (url === 'memory:') return pgliteDialect(undefined);
  if (/^file:./.test(url)) return pgliteDialect(resolve(cwd, url.slice('file:'.length)));
  if (/^postgres(?:ql)?:\/\//.test(url)) return postgresDialect(url);
  throw new CastellanError({
    code: 'store-url',
    message: `the store is none of file:, postgres:// and memory:`,
    mend: 'write file:.castellan/registry, or postgres://user@host/database',
  });
}

async function migrate(db: Kysely<Tables>, upTo: string | undefined): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } });
  const { error } = upTo === undefined ? await migrator.migrateToLatest() : await migrator.migrateTo(upTo);
  if (error === undefined) return;
  if (error instanceof Error && /previously executed migration .* is missing/.test(error.message))
    throw new CastellanError({
      code: 'store-newer',
      message: 'the store was made by a newer castellan',
      mend: 'use that version or a newer one',
      cause: error,
    });
  throw error;
}

function reasonOf(error: unknown): string {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return typeof code === 'string' ? code : typeof message === 'string' ? (message.split('\n')[0] ?? '') : 'unknown';
}
