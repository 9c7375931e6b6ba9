import { PostgresDialect } from 'kysely';
import type { Opened } from './pglite.ts';
import { readPostgresUrl } from './postgres-url.ts';

/** Connections of one registry process. */
const connections = 8;
/** Milliseconds until a connection that cannot be made is an error. */
const patience = 5_000;

/**
 * PostgreSQL by URL; several registries may use one.
 * @param cwd what files of the URL are relative to
 * @throws CastellanError `store-url`
 */
export async function postgresDialect(url: string, cwd: string): Promise<Opened> {
  const { connectionString, tls, name } = readPostgresUrl(url, cwd);
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({
    connectionString,
    ssl: tls,
    max: connections,
    connectionTimeoutMillis: patience,
    keepAlive: true,
    application_name: 'castellan',
  });
  // A connection that is lost while nobody uses it: the next query gets another one.
  pool.on('error', () => undefined);
  // One that is lost between two queries of a transaction: the next one fails, and that is told to who asked.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return { dialect: new PostgresDialect({ pool }), name, cleansItself: true };
}
