import { sql } from 'kysely';
import { furtherOf } from '../lifecycle/states.ts';
import type { Store } from '../store/open.ts';
import type { IdentityFact, ResourceFact } from '../store/tables.ts';

/** All that ghosts are looked for in, read once. */
export interface Known {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly apis: readonly KnownApi[];
  readonly deployments: readonly KnownDeployment[];
  readonly sightings: readonly KnownSighting[];
  /** Names of environments that are production. */
  readonly production: ReadonlySet<string>;
}

export interface KnownApi {
  readonly id: string;
  readonly owner: string | null;
  readonly state: string;
  readonly sunset: string | null;
  /** Newest first. */
  readonly digests: readonly string[];
  /** Of the newest contract. */
  readonly operations: readonly {
    readonly operation: string;
    readonly method: string;
    readonly path: string;
    readonly state: string;
    readonly sunset: string | null;
  }[];
}

export interface KnownDeployment {
  readonly id: string;
  readonly api: string | null;
  readonly environment: string;
  readonly name: string;
  readonly source: string;
  readonly place: string;
  readonly digest: string | null;
  readonly audit: boolean | null;
  readonly identities: readonly IdentityFact[];
  readonly resources: readonly ResourceFact[];
  readonly firstSeen: number;
  readonly lastSeen: number;
}

/** What was seen of a template, all days together. */
export interface KnownSighting {
  readonly api: string;
  readonly environment: string;
  readonly host: string;
  readonly method: string;
  readonly template: string;
  readonly documented: boolean;
  readonly sources: readonly string[];
  readonly hits: number;
  /** Requests that were answered below 400. */
  readonly answered: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
}

/** Reads it. */
export async function readKnown({ db, clock }: Store): Promise<Known> {
  const apis = await db.selectFrom('apis').select(['id', 'owner', 'state', 'sunset']).orderBy('id').execute();
  const contracts = await db
    .selectFrom('contracts')
    .select(['api', 'digest'])
    .orderBy('imported', 'desc')
    .orderBy('digest')
    .execute();
  const newest = new Map(contracts.toReversed().map(({ api, digest }) => [api, digest]));
  const written = await db
    .selectFrom('operations')
    .select(['api', 'digest', 'operation', 'method', 'path', 'state', 'sunset'])
    .execute();
  const decided = new Map(
    (await db.selectFrom('lifecycles').select(['api', 'operation', 'state', 'sunset']).execute()).map((one) => [
      `${one.api} ${one.operation}`,
      one,
    ]),
  );
  const operations = written.map((one) => {
    const own = decided.get(`${one.api} ${one.operation}`);
    const sunset = [one.sunset, own?.sunset].filter((date) => typeof date === 'string').sort()[0] ?? null;
    return { ...one, sunset, state: furtherOf(one.state, own?.state) };
  });
  const environments = await db.selectFrom('environments').selectAll().execute();
  const deployments = await db.selectFrom('deployments').selectAll().orderBy('id').execute();
  const sightings = await db
    .selectFrom('sightings')
    .select([
      'api',
      'environment',
      'host',
      'method',
      'template',
      sql<boolean>`bool_or(documented)`.as('documented'),
      sql<string[]>`jsonb_agg(distinct source)`.as('sources'),
      sql<number>`sum(hits)`.as('hits'),
      sql<number>`sum(ok + redirected)`.as('answered'),
      sql<Date>`min(first_seen)`.as('first'),
      sql<Date>`max(last_seen)`.as('last'),
    ])
    .groupBy(['api', 'environment', 'host', 'method', 'template'])
    .execute();
  return {
    now: clock(),
    apis: apis.map((api) => ({
      ...api,
      digests: contracts.filter((one) => one.api === api.id).map(({ digest }) => digest),
      operations: operations.filter((one) => one.api === api.id && one.digest === newest.get(api.id)),
    })),
    deployments: deployments.map((one) => ({
      ...one,
      firstSeen: one.first_seen.getTime(),
      lastSeen: one.last_seen.getTime(),
    })),
    sightings: sightings.map(({ first, last, ...one }) => ({
      ...one,
      firstSeen: first.getTime(),
      lastSeen: last.getTime(),
    })),
    production: new Set(environments.filter((one) => one.production).map(({ name }) => name)),
  };
}
