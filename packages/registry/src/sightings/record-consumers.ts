import { sql } from 'kysely';
import type { Store } from '../store/open.ts';
import { storable } from '../store/storable.ts';
import { mostCounted, seenAt } from './bounded.ts';

/** Who called what, how often since it was last told. */
export interface SeenConsumer {
  readonly operation: string;
  /** Keyed hash. */
  readonly principal: string;
  /** Kind of credential. */
  readonly credential: string;
  readonly hits: number;
  /** Milliseconds since the epoch. */
  readonly last: number;
}

/** Adds who called to who called before. */
export async function recordConsumers(
  { db, clock }: Store,
  consumers: readonly SeenConsumer[],
  { api, environment }: { readonly api: string; readonly environment: string },
): Promise<void> {
  if (consumers.length === 0) return;
  const now = clock();
  const sent = JSON.stringify(
    consumers.map(({ operation, principal, credential, hits, last }) => ({
      operation: storable(operation, 300),
      principal: storable(principal, 64),
      credential: storable(credential, 40),
      hits,
      last_seen: seenAt(last, now),
    })),
  );
  // In one order, so that two at once do not wait for each other.
  await sql`
    insert into consumers (api, environment, operation, principal, credential, hits, last_seen)
    select ${api}, ${storable(environment, 100)}, operation, principal, credential, least(sum(hits), ${mostCounted}), max(last_seen)
    from jsonb_to_recordset(${sent}::jsonb)
      as sent(operation text, principal text, credential text, hits double precision, last_seen timestamptz)
    group by operation, principal, credential order by operation, principal, credential
    on conflict (api, environment, operation, principal, credential) do update set
      hits = least(consumers.hits + excluded.hits, ${mostCounted}), last_seen = greatest(consumers.last_seen, excluded.last_seen)`.execute(
    db,
  );
}
