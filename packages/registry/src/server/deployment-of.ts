import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import type { Store } from '../store/open.ts';
import { storable } from '../store/storable.ts';
import { noteSeldom } from './journal.ts';
import type { Report } from './reports.ts';

/** So soon after each other, milliseconds, that it is no restart. */
const twins = 30_000;
/** Instances of one name that are listed apart from the first. */
const most = 20;

/**
 * The deployment that a report is of; of another key it is another one. Instances of one name that say the same are one: replicas. One that
 * says something else while another runs is listed by itself, so that none hides what another does, until it is the only one of its name.
 * @returns id of the deployment
 */
export async function deploymentOf(tx: Store, key: string, report: Report, api: string): Promise<string> {
  const { environment, name, instance } = report.heartbeat;
  const shared = storable(`guard:${key}:${environment}:${name}`);
  const now = tx.clock();
  const known = await tx.db
    .selectFrom('deployments')
    .select(['place', 'last_seen', 'digest', 'mode', 'audit', 'identities', 'resources', 'controls'])
    .where('id', '=', shared)
    .executeTakeFirst();
  if (known === undefined || known.place === storable(instance)) return shared;
  const own = storable(`${shared}#${instance}`);
  const runs = now - known.last_seen.getTime() <= twins;
  const differing = runs ? differences(known, report.heartbeat) : [];
  if (runs)
    await noteSeldom(
      tx,
      key,
      'same-name',
      differing.length === 0
        ? `two instances of ${api} are called ${name}; replicas share one on purpose`
        : `two instances of ${api} are called ${name} and differ (${differing.join(', ')}): each is listed by itself`,
    );
  if (differing.length === 0) {
    await tx.db.deleteFrom('deployments').where('id', '=', own).execute();
    return shared;
  }
  return (await others(tx, shared, own)) < most ? own : shared;
}

/** How many of the name are listed by themselves beside this one; those that are gone make way. */
async function others({ db, clock }: Store, shared: string, own: string): Promise<number> {
  const ofName = sql<boolean>`starts_with(id, ${`${shared}#`})`;
  await db
    .deleteFrom('deployments')
    .where(ofName)
    .where('last_seen', '<', new Date(clock() - twins))
    .execute();
  const rows = await db.selectFrom('deployments').select('id').where(ofName).where('id', '!=', own).execute();
  return rows.length;
}

/** In what a heartbeat says something else than one that was kept. */
function differences(
  known: Readonly<Record<'digest' | 'mode' | 'audit' | 'identities' | 'resources' | 'controls', unknown>>,
  { contract, mode, audit, identities, resources, controls }: Report['heartbeat'],
): readonly string[] {
  const said: Readonly<Record<string, readonly [unknown, unknown]>> = {
    contract: [known.digest, contract],
    mode: [known.mode, mode],
    audit: [known.audit, audit],
    'identity providers': [
      listOf(known.identities),
      listOf(identities.map(({ provider, ...one }) => ({ ...one, host: provider }))),
    ],
    connections: [listOf(known.resources), listOf(resources)],
    controls: [known.controls, controls ?? null],
  };
  return Object.entries(said).flatMap(([what, [before, now]]) => (isDeepStrictEqual(before, now) ? [] : [what]));
}

/** In one order. */
function listOf(value: unknown): readonly unknown[] {
  const key = (one: unknown): string => JSON.stringify(Object.entries(one as object).toSorted());
  return Array.isArray(value) ? value.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)) : [];
}
