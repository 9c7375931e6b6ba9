import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readEvidence, type EvidenceRecord } from '@castellan/assess/controls';
import { CastellanError, nearest } from '@castellan/contract';
import { apiIdOf } from '../inventory/api-id.ts';
import type { Store } from '../store/open.ts';
import { storable } from '../store/storable.ts';

/** What became of a file. */
export interface ImportedEvidence {
  readonly source: string;
  /** Records that were kept. */
  readonly proofs: number;
  /** Records that an earlier or the same one of the store already said more lately. */
  readonly older: number;
  /** Records that say what guards enforce: that is told by heartbeats only. */
  readonly claims: number;
  /** Records of APIs or operations that the inventory does not know, first ones, with what was meant. */
  readonly unknown: readonly string[];
}

/** A record is kept for so long into the future, milliseconds: clocks differ. */
const skew = 5 * 60_000;

/**
 * Imports what tests and scans proved or broke (`schemas/evidence.json`). What they claim to be enforced is left to those who enforce it.
 * @throws CastellanError `invalid-evidence`, `unreadable`
 */
export async function importEvidence(store: Store, file: string, cwd: string): Promise<ImportedEvidence> {
  const text = await readFile(resolve(cwd, file), 'utf8');
  return recordEvidence(store, file, readEvidence(file, text));
}

/**
 * Keeps records; of one cell the latest.
 * @param seen APIs that there are for the caller; the others are not known. Default: all
 */
export async function recordEvidence(
  store: Store,
  source: string,
  records: readonly EvidenceRecord[],
  seen?: ReadonlySet<string>,
): Promise<ImportedEvidence> {
  const { db, clock } = store;
  const all = await db.selectFrom('apis').select(['id', 'title']).execute();
  const apis = seen === undefined ? all : all.filter(({ id }) => seen.has(id));
  const operations = await db.selectFrom('operations').select(['api', 'operation']).distinct().execute();
  const known = Map.groupBy(operations, ({ api }) => api);
  const unknown = new Set<string>();
  let [proofs, older, claims] = [0, 0, 0];
  await db.transaction().execute(async (tx) => {
    for (const record of records) {
      if (record.level === 'enforced') {
        claims += 1;
        continue;
      }
      const api = apis.find(({ id, title }) => id === record.api || id === apiIdOf(record.api) || title === record.api);
      if (api === undefined) {
        unknown.add(
          unknownOf(
            'API',
            record.api,
            apis.map(({ id }) => id),
          ),
        );
        continue;
      }
      const operation = record.operation ?? '*';
      const names = (known.get(api.id) ?? []).map((one) => one.operation);
      if (operation !== '*' && !names.includes(operation)) {
        unknown.add(unknownOf(`operation of ${api.id}`, operation, names));
        continue;
      }
      const time = new Date(record.at);
      if (time.getTime() > clock() + skew)
        throw new CastellanError({
          code: 'invalid-evidence',
          message: `${record.control} of ${record.api} was seen at ${record.at}, which is still to come`,
          place: { file: source },
          mend: 'write when the test ran, with its offset from UTC',
        });
      const row = {
        holds: record.level === 'proven',
        source: storable(record.source, 300),
        time,
        detail: storable(record.detail ?? ''),
        contract: record.digest ?? '',
      };
      const kept = await tx
        .insertInto('evidence')
        .values({
          api: api.id,
          environment: storable(record.environment ?? '*', 100),
          operation: storable(operation, 300),
          control: record.control,
          level: 'proven',
          ...row,
        })
        .onConflict((conflict) =>
          conflict
            .columns(['api', 'environment', 'operation', 'control', 'level'])
            .doUpdateSet(row)
            .where('evidence.time', '<', time),
        )
        .returning('api')
        .executeTakeFirst();
      if (kept === undefined) older += 1;
      else proofs += 1;
    }
  });
  return { source, proofs, older, claims, unknown: [...unknown].slice(0, 20) };
}

function unknownOf(what: string, name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return `there is no ${what} '${name.slice(0, 100)}'${near === undefined ? '' : `; did you mean ${near}?`}`;
}
