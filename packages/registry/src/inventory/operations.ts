import { sql } from 'kysely';
import { furtherOf } from '../lifecycle/states.ts';
import { mostCounted } from '../sightings/bounded.ts';
import type { Store } from '../store/open.ts';

/** One operation of an API's contract, and what was seen of it. */
export interface ShownOperation {
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly authenticated: boolean;
  readonly state: string;
  readonly owner: string | null;
  readonly purposes: readonly string[];
  readonly takes: readonly string[];
  readonly gives: readonly string[];
  readonly requests: number;
  readonly consumers: number;
  readonly lastSeen: string | null;
}

/** A page of operations; `next` is path and method of its last one. */
export interface OperationPage {
  readonly items: readonly ShownOperation[];
  readonly next: readonly [string, string] | undefined;
}

/** The operations of one version of a contract, by path and method. */
export async function listOperations(
  { db }: Store,
  { id, digest }: { readonly id: string; readonly digest: string },
  {
    limit,
    after,
  }: { readonly limit?: number | undefined; readonly after?: readonly [string, string] | undefined } = {},
): Promise<OperationPage> {
  let query = db
    .selectFrom('operations')
    .select([
      'operation',
      'method',
      'path',
      'authenticated',
      'state',
      'owner',
      'purposes',
      'takes',
      'gives',
      sql<
        number | null
      >`(select least(sum(s.hits), ${mostCounted}) from traffic s where s.api = operations.api and s.method = operations.method
         and s.template = operations.path)`.as('requests'),
      sql<Date | null>`(select max(s.last_seen) from traffic s where s.api = operations.api and s.method = operations.method
         and s.template = operations.path)`.as('lastSeen'),
      sql<number>`(select count(distinct c.principal)::int from consumers c where c.api = operations.api
         and c.operation = operations.operation)`.as('consumers'),
      sql<string | null>`(select l.state from lifecycles l where l.api = operations.api
         and l.operation = operations.operation)`.as('decided'),
    ])
    .where('api', '=', id)
    .where('digest', '=', digest)
    .orderBy('path')
    .orderBy('method');
  if (after !== undefined) query = query.where(sql<boolean>`(path, method) > (${after[0]}, ${after[1]})`);
  if (limit !== undefined) query = query.limit(limit + 1);
  const rows = await query.execute();
  const items = rows.slice(0, limit).map(({ decided, ...one }) => ({
    ...one,
    state: furtherOf(one.state, decided),
    requests: one.requests ?? 0,
    lastSeen: one.lastSeen?.toISOString() ?? null,
  }));
  const last = limit !== undefined && rows.length > limit ? items.at(-1) : undefined;
  return { items, next: last === undefined ? undefined : [last.path, last.method] };
}
