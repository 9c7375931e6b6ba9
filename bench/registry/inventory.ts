// An inventory of the size that the registry is measured at, made by its own import.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createKey, importDocuments, type Store } from '@castellan/registry';
import { sql } from 'kysely';

export const sizes = { apis: 500, operations: 20, days: 30, guards: 50 } as const;

const nouns = 'orders customers invoices parcels accounts payments claims tickets articles members'.split(' ');

/** One of 500 APIs with 20 operations over four resources. */
export function documentOf(index: number): object {
  const paths: Record<string, object> = {};
  for (let resource = 0; resource < 4; resource++) {
    const name = `${nouns[(index + resource) % nouns.length]}${resource}`;
    const operation = (id: string, more: object = {}): object => ({
      operationId: `${id}_${name}`,
      responses: {
        200: {
          description: 'ok',
          content: {
            'application/json': {
              schema: {
                type: 'object',
                properties: { id: { type: 'string' }, email: { type: 'string' }, amount: { type: 'number' } },
              },
            },
          },
        },
      },
      ...more,
    });
    const id = { name: 'id', in: 'path', required: true, schema: { type: 'string', maxLength: 40 } };
    paths[`/${name}`] = { get: operation('list'), post: operation('create') };
    paths[`/${name}/{id}`] = {
      parameters: [id],
      get: operation('read'),
      put: operation('write'),
      delete: operation('remove'),
    };
  }
  return {
    openapi: '3.1.0',
    info: { title: `Service ${String(index).padStart(3, '0')}`, version: '1.0.0' },
    servers: [{ url: `https://service-${index}.example.com` }],
    security: index % 10 === 0 ? [] : [{ login: [] }],
    components: { securitySchemes: { login: { type: 'http', scheme: 'bearer' } } },
    'x-castellan': { profile: 'standard', owner: `team-${index % 25}` },
    paths,
  };
}

export const apiId = (index: number): string => `service-${String(index).padStart(3, '0')}`;

/** Methods and templates of one API. */
export function operationsOf(index: number): readonly { method: string; template: string; operation: string }[] {
  const { paths } = documentOf(index) as { paths: Record<string, Record<string, { operationId: string }>> };
  return Object.entries(paths).flatMap(([template, item]) =>
    Object.entries(item).flatMap(([method, { operationId }]) =>
      method === 'parameters' ? [] : [{ method: method.toUpperCase(), template, operation: operationId }],
    ),
  );
}

/**
 * Imports the documents, makes the keys of the guards, and a month of traffic of every operation.
 * @returns the keys, and the milliseconds of the import
 */
export async function fill(
  store: Store,
  folder: string,
): Promise<{ readonly keys: readonly string[]; readonly imported: number }> {
  mkdirSync(folder, { recursive: true });
  const sources = Array.from({ length: sizes.apis }, (_, index) => {
    writeFileSync(join(folder, `${index}.json`), JSON.stringify(documentOf(index)));
    return { source: `${index}.json` };
  });
  const begin = performance.now();
  await importDocuments(store, sources, { cwd: folder });
  const imported = performance.now() - begin;
  const keys: string[] = [];
  for (let guard = 0; guard < sizes.guards; guard++)
    keys.push((await createKey(store, { name: `guard-${guard}`, role: 'guard', api: apiId(guard) })).key);
  const today = new Date(store.clock()).toISOString().slice(0, 10);
  await sql`insert into sightings
    select o.api, 'production', 'guard', '', o.method, o.path, true, to_char(${today}::date - d, 'YYYY-MM-DD'),
      100, 90, 0, 9, 1, 1000, 50000, 700, ${today}::date - d, ${today}::date - d
    from operations o, generate_series(1, ${sizes.days}::int) d`.execute(store.db);
  await sql`insert into traffic
    select api, environment, source, host, method, template, bool_or(documented), sum(hits), sum(ok), sum(redirected),
      sum(refused), sum(failed), sum(bytes_in), sum(bytes_out), sum(duration), min(first_seen), max(last_seen)
    from sightings group by api, environment, source, host, method, template`.execute(store.db);
  await sql`insert into consumers
    select o.api, 'production', o.operation, 'consumer-' || c, 'bearer', 100, ${today}::date
    from operations o, generate_series(1, 5) c`.execute(store.db);
  return { keys, imported };
}
