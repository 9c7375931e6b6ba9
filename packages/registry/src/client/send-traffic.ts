import type { Snapshot } from '../export/snapshot.ts';
import { importTraffic, type ImportedTraffic, type TrafficOptions } from '../sightings/import-traffic.ts';
import { openStore, type Store } from '../store/open.ts';
import type { RegistryRequests } from './request.ts';

/** Sightings of one request. */
const most = 500;

/**
 * Reads a file with traffic here, against what the registry documents, and sends the counts: no line of it leaves this
 * machine.
 */
export async function sendTraffic(
  registry: RegistryRequests,
  file: string,
  options: TrafficOptions,
): Promise<ImportedTraffic> {
  const store = await openStore({ url: 'memory:', brief: true });
  try {
    await documentedBy(store, JSON.parse(await registry.text('export?format=json')) as Snapshot);
    const { templates } = await registry.get<{ templates: readonly { host: string; template: string }[] }>('templates');
    for (const { host, template } of templates)
      await store.db.insertInto('templates').values({ host, template, pattern: template }).execute();
    const imported = await importTraffic(store, file, options);
    const { source, format, lines, read, garbage, samples } = imported;
    const rows = await store.db.selectFrom('sightings').selectAll().execute();
    for (let at = 0; at === 0 || at < rows.length; at += most)
      await registry.post('sightings', {
        environment: options.environment ?? 'unknown',
        source: format === 'har' || format === 'postman' ? format : 'access-log',
        sightings: rows.slice(at, at + most).map((row) => ({
          api: row.api,
          host: row.host,
          method: row.method,
          template: row.template,
          documented: row.documented,
          day: row.day,
          counts: {
            hits: row.hits,
            ok: row.ok,
            redirected: row.redirected,
            refused: row.refused,
            failed: row.failed,
            bytesIn: row.bytes_in,
            bytesOut: row.bytes_out,
            duration: row.duration,
            first: row.first_seen.getTime(),
            last: row.last_seen.getTime(),
          },
        })),
        ...(at === 0
          ? { import: { source, format, lines, read, garbage, samples: samples.map((one) => one.slice(0, 1_900)) } }
          : {}),
      });
    return imported;
  } finally {
    await store.close();
  }
}

/** Keeps as much of the registry's contracts as finding documented paths asks for. */
async function documentedBy({ db }: Store, { apis }: Snapshot): Promise<void> {
  const time = new Date(0);
  for (const { id, title, digest, contracts, operationList } of apis) {
    const newest = contracts.find((one) => one.digest === digest);
    if (newest === undefined) continue;
    await db
      .insertInto('apis')
      .values({
        id,
        title,
        created: time,
        updated: time,
        said: '{}',
        owner: null,
        description: '',
        state: 'published',
        sunset: null,
        links: '[]',
      })
      .execute();
    const { version, openapi, profile, source, servers, operations } = newest;
    await db
      .insertInto('contracts')
      .values({
        api: id,
        digest,
        version,
        openapi,
        profile,
        source,
        servers: JSON.stringify(servers),
        operations,
        document: null,
        imported: time,
      })
      .execute();
    const rows = operationList.map(({ operation, method, path }) => ({
      api: id,
      digest,
      operation,
      method,
      path,
      authenticated: false,
      state: 'published',
      sunset: null,
      owner: null,
      purposes: '[]',
      takes: '[]',
      gives: '[]',
      resource: null,
    }));
    for (let at = 0; at < rows.length; at += most)
      await db
        .insertInto('operations')
        .values(rows.slice(at, at + most))
        .execute();
  }
}
