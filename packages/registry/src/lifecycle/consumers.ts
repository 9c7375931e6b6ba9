import { keyedHash } from '@castellan/guard/learn';
import { sql } from 'kysely';
import { fingerprintKey } from '../server/reports.ts';
import type { Store } from '../store/open.ts';
import { storable } from '../store/storable.ts';
import { furtherOf } from './states.ts';

/** Somebody who calls an operation. */
export interface Consumer {
  readonly api: string;
  readonly operation: string;
  readonly environment: string;
  /** Where the operation, or the API as a whole, stands. */
  readonly state: string;
  readonly sunset: string | null;
  /** Keyed hash of who calls. */
  readonly principal: string;
  /** Kind of credential. */
  readonly credential: string;
  readonly hits: number;
  readonly lastSeen: string;
  /** Who it is, and where to write to; null where nobody said. */
  readonly name: string | null;
  readonly contact: string | null;
  /** When they were told; null where they were not. */
  readonly told: string | null;
}

export interface ConsumerOptions {
  readonly api?: string | undefined;
  readonly operation?: string | undefined;
  /** Those of operations that go on, too. */
  readonly all?: boolean | undefined;
}

/** Whoever did not call for so long, milliseconds, is no consumer any more. */
const consumerAge = 30 * 86_400_000;

/** Who still calls what is deprecated or ends, and whom to tell; the busiest first. */
export async function listConsumers(
  { db, clock }: Store,
  { api, operation, all = false }: ConsumerOptions = {},
): Promise<readonly Consumer[]> {
  const since = new Date(clock() - consumerAge);
  let query = db
    .selectFrom('consumers')
    .innerJoin('apis', 'apis.id', 'consumers.api')
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('operations')
          .innerJoin('contracts', (join) =>
            join.onRef('contracts.api', '=', 'operations.api').onRef('contracts.digest', '=', 'operations.digest'),
          )
          .select(['operations.state', 'operations.sunset'])
          .whereRef('operations.api', '=', 'consumers.api')
          .whereRef('operations.operation', '=', 'consumers.operation')
          .orderBy('contracts.imported', 'desc')
          .limit(1)
          .as('written'),
      (join) => join.onTrue(),
    )
    .leftJoin('lifecycles', (join) =>
      join.onRef('lifecycles.api', '=', 'consumers.api').onRef('lifecycles.operation', '=', 'consumers.operation'),
    )
    .leftJoin('contacts', 'contacts.principal', 'consumers.principal')
    .select([
      'consumers.api',
      'consumers.operation',
      'consumers.environment',
      'consumers.principal',
      'consumers.credential',
      'consumers.hits',
      'consumers.last_seen',
      'apis.state as apiState',
      'apis.sunset as apiSunset',
      'written.state as writtenState',
      'written.sunset as writtenSunset',
      'lifecycles.state as decidedState',
      'lifecycles.sunset as decidedSunset',
      'contacts.name',
      'contacts.contact',
      'contacts.told',
    ])
    .where('consumers.last_seen', '>=', since)
    .orderBy('consumers.hits', 'desc')
    .orderBy('consumers.api')
    .orderBy('consumers.operation')
    .orderBy('consumers.principal');
  if (api !== undefined) query = query.where('consumers.api', '=', api);
  if (operation !== undefined) query = query.where('consumers.operation', '=', operation);
  const rows = (await query.execute()).map((row): Consumer => {
    const own = furtherOf(row.writtenState ?? 'published', row.decidedState);
    const sunset = [row.writtenSunset, row.decidedSunset, row.apiSunset].filter((one) => typeof one === 'string');
    return {
      api: row.api,
      operation: row.operation,
      environment: row.environment,
      state: furtherOf(own, row.apiState),
      sunset: sunset.sort()[0] ?? null,
      principal: row.principal,
      credential: row.credential,
      hits: row.hits,
      lastSeen: row.last_seen.toISOString(),
      name: row.name,
      contact: row.contact,
      told: row.told?.toISOString() ?? null,
    };
  });
  return all
    ? rows
    : rows.filter(({ state, sunset }) => state === 'deprecated' || state === 'retired' || sunset !== null);
}

/** How many callers an API, or one of its operations, had lately; calls without a credential count as one. */
export async function countConsumers({ db, clock }: Store, api: string, operation: string): Promise<number> {
  const since = new Date(clock() - consumerAge);
  let query = db
    .selectFrom('consumers')
    .select(sql<number>`count(distinct principal)::int`.as('known'))
    .where('api', '=', api)
    .where('last_seen', '>=', since);
  if (operation !== '') query = query.where('operation', '=', operation);
  const { known } = await query.executeTakeFirstOrThrow();
  if (known > 0) return known;
  let seen = db
    .selectFrom('traffic')
    .select(sql<number>`count(*)::int`.as('rows'))
    .where('traffic.api', '=', api)
    .where('traffic.last_seen', '>=', since)
    .where(sql<boolean>`traffic.ok + traffic.redirected > 0`);
  if (operation !== '')
    seen = seen.where((eb) =>
      eb.exists(
        eb
          .selectFrom('operations')
          .select('operations.operation')
          .where('operations.api', '=', api)
          .where('operations.operation', '=', operation)
          .whereRef('operations.method', '=', 'traffic.method')
          .whereRef('operations.path', '=', 'traffic.template'),
      ),
    );
  const { rows } = await seen.executeTakeFirstOrThrow();
  return rows > 0 ? 1 : 0;
}

/**
 * The hash under which guards report somebody, so that who is asked for by name can be found.
 * @param issuer as `AuthContext.issuer` has it: the issuer of tokens, or the name of the store
 */
export async function principalHash(store: Store, issuer: string, subject: string): Promise<string> {
  return keyedHash(Buffer.from(await fingerprintKey(store), 'base64url'))(`${issuer} ${subject}`);
}

/** What is said of a caller. */
export interface ConsumerName {
  readonly name?: string | undefined;
  readonly contact?: string | undefined;
  /** That they were told, now. */
  readonly told?: boolean | undefined;
}

/** Says who a caller is, and where to write to. */
export async function nameConsumer(
  { db, clock }: Store,
  principal: string,
  { name, contact, told }: ConsumerName,
): Promise<void> {
  const row = {
    ...(name === undefined ? {} : { name: storable(name, 200) }),
    ...(contact === undefined ? {} : { contact: storable(contact, 300) }),
    ...(told === true ? { told: new Date(clock()) } : {}),
  };
  await db
    .insertInto('contacts')
    .values({ principal, name: '', contact: '', told: null, ...row })
    .onConflict((conflict) =>
      Object.keys(row).length === 0 ? conflict.doNothing() : conflict.column('principal').doUpdateSet(row),
    )
    .execute();
}
