// What `memory-is-postgres.ts` puts where PGlite was.
import { createHash, randomBytes } from 'node:crypto';
import pg from 'pg';
import { takeFolder, type Opened } from '../../packages/registry/src/store/pglite.ts';
import { postgresDialect } from '../../packages/registry/src/store/postgres.ts';

const server = process.env['POSTGRES_URL'] ?? '';

/** A database of a folder is found again; one in memory never. */
export async function pgliteDialect(folder: string | undefined): Promise<Opened> {
  const release = folder === undefined ? undefined : takeFolder(folder);
  const name =
    folder === undefined
      ? `memory_${randomBytes(8).toString('hex')}`
      : `folder_${createHash('sha256').update(folder).digest('hex').slice(0, 24)}`;
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${name}`);
  } finally {
    await client.end();
  }
  const opened = await postgresDialect(server.replace(/[^/]*$/, name), process.cwd());
  return { ...opened, ...(folder === undefined ? {} : { folder }), close: async () => release?.() };
}

export { takeFolder };
