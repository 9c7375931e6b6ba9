import type { Store } from '../store/open.ts';
import { storable } from '../store/storable.ts';
import { isProduction } from './is-production.ts';
import type { IdentityFact, ResourceFact } from '../store/tables.ts';

/** What is known of one deployment; what is undefined nobody said. */
export interface Deployment {
  /** The same in every report of it. */
  readonly id: string;
  readonly api: string | null;
  readonly environment: string;
  readonly name: string;
  readonly source: string;
  readonly place: string;
  readonly url?: string | null | undefined;
  readonly digest?: string | null | undefined;
  readonly mode?: string | null | undefined;
  readonly audit?: boolean | null | undefined;
  readonly versions?: Readonly<Record<string, string>> | undefined;
  readonly identities?: readonly IdentityFact[] | undefined;
  readonly resources?: readonly ResourceFact[] | undefined;
  /** Digest of what its guard enforces. */
  readonly controls?: string | undefined;
}

/** Keeps a deployment, and its environment where that is a new one: `production` by its name. */
export async function recordDeployment({ db, clock }: Store, deployment: Deployment): Promise<void> {
  const now = new Date(clock());
  const { id, identities = [], resources = [], versions = {} } = deployment;
  const environment = storable(deployment.environment, 100);
  await db
    .insertInto('environments')
    .values({ name: environment, production: isProduction(environment) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = {
    api: deployment.api,
    environment,
    name: storable(deployment.name, 200),
    source: deployment.source,
    place: storable(deployment.place),
    url: deployment.url ?? null,
    digest: deployment.digest ?? null,
    mode: deployment.mode ?? null,
    audit: deployment.audit ?? null,
    versions: JSON.stringify(versions),
    identities: JSON.stringify(identities),
    resources: JSON.stringify(resources),
    controls: deployment.controls ?? null,
    last_seen: now,
  };
  await db
    .insertInto('deployments')
    .values({ id: storable(id), ...row, first_seen: now })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute();
}
