import type { EnforcedGroup } from '@castellan/guard';
import type { Store } from '../store/open.ts';
import { evidenceOf, type EvidenceCell, type HeardGuard, type JudgedContract, type Proof } from './evidence.ts';
import { scoreOf, type Score } from './score.ts';
import { ownedBy } from './owned-by.ts';
import { unpackControls } from './statement.ts';

/** One API with what is evident of it. */
export interface ApiPosture {
  readonly api: string;
  readonly title: string;
  readonly owner: string | null;
  readonly state: string;
  readonly version: string;
  readonly profile: string;
  /** Undefined where its newest contract was imported by a version that did not read controls. */
  readonly contract: JudgedContract | undefined;
  readonly proofs: readonly Proof[];
  /** Production first. One without a name where nobody knows where it runs. */
  readonly environments: readonly EnvironmentPosture[];
}

/** An API in one environment. */
export interface EnvironmentPosture {
  readonly environment: string;
  readonly production: boolean;
  readonly guards: readonly HeardGuard[];
  readonly cells: readonly EvidenceCell[];
  readonly score: Score;
}

/**
 * What is evident of some APIs: what its newest contract declares, what the guards that run it say they enforce, what was
 * proven.
 * @param ids of APIs
 */
export async function readPosture(store: Store, ids: readonly string[]): Promise<readonly ApiPosture[]> {
  if (ids.length === 0) return [];
  const { db } = store;
  const now = store.clock();
  const apis = db
    .selectFrom('apis')
    .innerJoin('contracts', 'contracts.api', 'apis.id')
    .select([
      'apis.id',
      'apis.title',
      'apis.owner',
      'apis.state',
      'contracts.version',
      'contracts.profile',
      'contracts.digest',
      'contracts.controls',
      'contracts.imported',
    ])
    .distinctOn('apis.id')
    .where('apis.id', 'in', ids)
    .orderBy('apis.id')
    .orderBy('contracts.imported', 'desc')
    .orderBy('contracts.digest');
  const deployments = db
    .selectFrom('deployments')
    .leftJoin('enforcements', 'enforcements.digest', 'deployments.controls')
    .select([
      'deployments.api',
      'deployments.environment',
      'deployments.name',
      'deployments.source',
      'deployments.digest',
      'deployments.audit',
      'deployments.last_seen',
      'enforcements.groups',
    ])
    .where('deployments.api', 'in', ids)
    .orderBy('deployments.id');
  const evidence = db
    .selectFrom('evidence')
    .selectAll()
    .where('level', '=', 'proven')
    .where('api', 'in', ids)
    .orderBy('time');
  const production = new Set(
    (await db.selectFrom('environments').select('name').where('production', '=', true).execute()).map(
      ({ name }) => name,
    ),
  );
  const running = group(await deployments.execute(), (one) => one.api ?? '');
  const proofs = group(await evidence.execute(), (one) => one.api);
  return (await apis.execute()).map((row): ApiPosture => {
    const contract =
      row.controls === null
        ? undefined
        : {
            digest: row.digest,
            needs: ownedBy(row.owner, unpackControls(row.controls)),
            imported: row.imported.getTime(),
          };
    const here = running.get(row.id) ?? [];
    const shown = (proofs.get(row.id) ?? []).map(({ time, ...one }): Proof => ({ ...one, at: time.getTime() }));
    const names = [...new Set(here.map(({ environment }) => environment))].sort(
      (a, b) => Number(production.has(b)) - Number(production.has(a)) || (a < b ? -1 : 1),
    );
    const environments = (names.length === 0 ? [''] : names).flatMap((environment): EnvironmentPosture[] => {
      if (contract === undefined) return [];
      const guards = here
        .filter((one) => one.environment === environment && one.source === 'heartbeat')
        .map((one): HeardGuard => ({
          name: one.name,
          digest: one.digest ?? '',
          audit: one.audit === true,
          lastSeen: one.last_seen.getTime(),
          groups: (one.groups as readonly EnforcedGroup[] | null) ?? undefined,
        }));
      const cells = evidenceOf({ environment, contract, guards, proofs: shown, now });
      return [{ environment, production: production.has(environment), guards, cells, score: scoreOf(cells) }];
    });
    const { id, title, owner, state, version, profile } = row;
    return { api: id, title, owner, state, version, profile, contract, proofs: shown, environments };
  });
}

/** APIs that are read at once: others have their turn between. */
const atOnce = 25;

/** The same for every API. */
export async function readAllPosture(store: Store): Promise<readonly ApiPosture[]> {
  const ids = (await store.db.selectFrom('apis').select('id').orderBy('id').execute()).map(({ id }) => id);
  const all: ApiPosture[] = [];
  for (let at = 0; at < ids.length; at += atOnce) all.push(...(await readPosture(store, ids.slice(at, at + atOnce))));
  return all;
}

/** The environment that an API is judged by: the worst of production, or else the worst of all. */
export function worstOf({ environments }: Pick<ApiPosture, 'environments'>): EnvironmentPosture | undefined {
  const production = environments.filter((one) => one.production);
  return (production.length > 0 ? production : environments).reduce<EnvironmentPosture | undefined>(
    (worst, one) => (worst === undefined || one.score.value < worst.score.value ? one : worst),
    undefined,
  );
}

function group<T>(rows: readonly T[], keyOf: (row: T) => string): ReadonlyMap<string, readonly T[]> {
  return Map.groupBy(rows, keyOf);
}
