import { randomBytes } from 'node:crypto';
import type { EnforcedGroup } from '@castellan/guard';
import { recordDeployment } from '../inventory/record-deployment.ts';
import type { GatheredSighting } from '../sightings/gather.ts';
import { recordConsumers, type SeenConsumer } from '../sightings/record-consumers.ts';
import { recordSightings } from '../sightings/record.ts';
import type { Counts } from '../sightings/sighting.ts';
import type { Store } from '../store/open.ts';
import { recordEnforcement } from '../posture/enforcements.ts';
import type { IdentityFact, ResourceFact } from '../store/tables.ts';
import { offsetOf, placedSpan, placedTime } from './guard-time.ts';
import { deploymentOf } from './deployment-of.ts';
import { noteSeldom } from './journal.ts';
import { isFresh } from './duplicates.ts';

/** What a guard sends, as the document of the registry describes it. */
export interface Report {
  /** The same when it is sent again. */
  readonly id: string;
  /** Milliseconds since the epoch, by the guard's clock. */
  readonly time: number;
  readonly heartbeat: {
    readonly name: string;
    readonly instance: string;
    readonly environment: string;
    readonly contract: string;
    readonly mode: string;
    readonly audit: boolean;
    /** Digest of what it enforces. */
    readonly controls?: string;
    readonly versions: Readonly<Record<string, string>>;
    readonly identities: readonly (Omit<IdentityFact, 'host'> & { readonly provider: string })[];
    readonly resources: readonly ResourceFact[];
  };
  /** What it enforces, once for each digest. */
  readonly controls?: readonly EnforcedGroup[];
  readonly sightings: readonly (Omit<Counts, never> & {
    readonly method: string;
    readonly template: string;
    readonly documented: boolean;
    readonly day: string;
  })[];
  readonly consumers: readonly SeenConsumer[];
}

/**
 * Counts a report once, whatever happens between: all of it or nothing. What it says is about the API of its key, whatever it
 * names.
 * @param key id of the key that it came with
 */
export async function takeReport(store: Store, key: string, report: Report): Promise<void> {
  const { heartbeat } = report;
  await store.db.transaction().execute(async (db) => {
    const tx: Store = { ...store, db };
    const guard = await db.selectFrom('guards').select('api').where('id', '=', key).executeTakeFirstOrThrow();
    const now = store.clock();
    if (!(await isFresh(tx, key, report.id))) return;
    const offset = offsetOf(report.time, now);
    if (offset !== 0) await noteSeldom(tx, key, 'clock-skew', `its clock is off by ${Math.round(offset / 1000)} s`);
    if (report.controls !== undefined) await recordEnforcement(tx, report.controls);
    await recordDeployment(tx, {
      id: await deploymentOf(tx, key, report, guard.api),
      api: guard.api,
      environment: heartbeat.environment,
      name: heartbeat.name,
      source: 'heartbeat',
      place: heartbeat.instance,
      digest: heartbeat.contract,
      mode: heartbeat.mode,
      audit: heartbeat.audit,
      versions: heartbeat.versions,
      identities: heartbeat.identities.map(({ provider, ...one }) => ({ ...one, host: provider })),
      resources: heartbeat.resources,
      controls: heartbeat.controls,
    });
    const placed = (counts: GatheredSighting['counts'], said: string) => {
      const { day, ...span } = placedSpan(counts, said, offset, now);
      return { day, counts: { ...counts, ...span } };
    };
    const sightings = report.sightings.map(({ method, template, documented, day, ...counts }): GatheredSighting => ({
      api: guard.api,
      host: '',
      method,
      template,
      documented,
      ...placed(counts, day),
    }));
    await recordSightings(tx, sightings, { environment: heartbeat.environment, source: 'guard' });
    await recordConsumers(
      tx,
      report.consumers.map((one) => ({ ...one, last: placedTime(one.last, offset, now) })),
      { api: guard.api, environment: heartbeat.environment },
    );
  });
}

/** The key under which guards hash what they are connected to, so that the same has the same fingerprint everywhere. */
export async function fingerprintKey({ db }: Store): Promise<string> {
  const name = 'fingerprint-key';
  await db
    .insertInto('settings')
    .values({ name, value: randomBytes(32).toString('base64url') })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { value } = await db.selectFrom('settings').select('value').where('name', '=', name).executeTakeFirstOrThrow();
  return value;
}
