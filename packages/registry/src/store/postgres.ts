import { PostgresDialect } from 'kysely';
import type { Opened } from './pglite.ts';

/** Connections of one registry process. */
const connections = 8;
/** Milliseconds until a connection that cannot be made is an error. */
const patience = 5_000;

/** PostgreSQL by URL; several registries may use one. */
export async function postgresDialect(url: string): Promise<Opened> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({ connectionString: url, max: connections, connectionTimeoutMillis: patience });
  // A connection that is lost while nobody uses it: the next query gets another one.
  pool.on('error', () => undefined);
  return { dialect: new PostgresDialect({ pool }), name: withoutPassword(url) };
}

function withoutPassword(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url);
    return `${protocol}//${host}${pathname}`;
  } catch {
    return 'postgres://…';
  }
}
