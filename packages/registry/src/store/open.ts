import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { CastellanError } from '@castellan/contract';
import { Kysely } from 'kysely';
import { describeConnectionError, isPassing } from './connection-errors.ts';
import { dropTables, hasUnknownMigrations, migrate } from './migrate.ts';
import { pgliteDialect, type Opened } from './pglite.ts';
import { postgresDialect } from './postgres.ts';
import type { Tables } from './tables.ts';

/** An open store. */
export interface Store {
  readonly db: Kysely<Tables>;
  /** What it is, without credentials: `file:.castellan/registry`, `postgres://db/castellan`. */
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Whether the database cleans up by itself (PostgreSQL); PGlite is cleaned up by who has it open. */
  readonly cleansItself: boolean;
  /** The folder of a PGlite, absolute. */
  readonly folder?: string | undefined;
  close(): Promise<void>;
}

export interface StoreOptions {
  /** `file:FOLDER` (PGlite, one process at a time), `memory:` (gone with the process), or `postgres://…`. */
  readonly url: string;
  /** What the folder, and files that the URL names, are relative to. Default: the process's working directory. */
  readonly cwd?: string | undefined;
  readonly clock?: (() => number) | undefined;
  /**
   * For one job of a command: PGlite starts in half the time and takes a third of the memory, and its queries are slower. Holds
   * for all WebAssembly that the process compiles from then on.
   */
  readonly brief?: boolean | undefined;
  /** Milliseconds for which a PostgreSQL that cannot be reached is tried again; default 0. What no waiting mends is told at once. */
  readonly patience?: number | undefined;
  /** How to wait, milliseconds; default is to do so. */
  readonly wait?: ((duration: number) => Promise<unknown>) | undefined;
  /** The migrations that are made and no others, for restoring what an older castellan kept. Default: all. */
  readonly only?: readonly string[] | undefined;
  /** Looks at the database before anything is made there. */
  readonly before?: ((db: Kysely<Tables>) => Promise<void>) | undefined;
}

/** Where the store is when nobody says otherwise. */
export const defaultStore = 'file:.castellan/registry';

/** Milliseconds between two attempts, from the first on; the last is the longest. */
const pauses = [250, 500, 1_000, 2_000] as const;

/**
 * Opens the store and brings its tables up to date.
 * @throws CastellanError `store-url`, `store-in-use`, `store-folder`, `store-unreachable`, `store-newer`
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { url, cwd, clock = Date.now, brief } = options;
  if (brief === true) {
    // To compile what a job runs a thousand times takes half a gigabyte, and is done when the job is.
    setFlagsFromString('--no-wasm-tier-up');
    setFlagsFromString('--no-wasm-dynamic-tiering');
    // What is read and forgotten is collected sooner.
    setFlagsFromString('--max-semi-space-size=4');
    setFlagsFromString('--semi-space-growth-factor=1');
  }
  const opened = await dialectOf(url, cwd ?? process.cwd());
  const db = new Kysely<Tables>({ dialect: opened.dialect });
  try {
    await migratePatiently(db, opened, options);
    await opened.ready?.();
  } catch (error) {
    await db.destroy().catch(() => undefined);
    await opened.close?.();
    if (error instanceof CastellanError) throw error;
    const { what, mend } = describeConnectionError(error);
    throw new CastellanError({
      code: 'store-unreachable',
      message: `the store ${opened.name} cannot be opened (${what})`,
      mend,
      cause: error,
    });
  }
  return {
    db,
    name: opened.name,
    clock,
    cleansItself: opened.cleansItself,
    folder: opened.folder,
    async close() {
      await db.destroy();
      await opened.close?.();
    },
  };
}

async function dialectOf(url: string, cwd: string): Promise<Opened> {
  if (url === 'memory:') return pgliteDialect(undefined);
  if (/^file:./.test(url)) return pgliteDialect(resolve(cwd, url.slice('file:'.length)));
  if (/^postgres(?:ql)?:\/\//.test(url)) return postgresDialect(url, cwd);
  throw new CastellanError({
    code: 'store-url',
    message: `the store is none of file:, postgres:// and memory:`,
    mend: 'write file:.castellan/registry, or postgres://user@host/database',
  });
}

async function migratePatiently(db: Kysely<Tables>, opened: Opened, options: StoreOptions): Promise<void> {
  const { patience = 0, wait = sleep, only, before } = options;
  for (let attempt = 0, waited = 0; ; attempt++) {
    try {
      if (opened.prepared === true && (only !== undefined || (await hasUnknownMigrations(db)))) await dropTables(db);
      await before?.(db);
      return await migrate(db, only);
    } catch (error) {
      const pause = pauses[Math.min(attempt, pauses.length - 1)] ?? 0;
      if (!opened.cleansItself || !isPassing(error) || waited + pause > patience) throw error;
      waited += pause;
      await wait(pause);
    }
  }
}
