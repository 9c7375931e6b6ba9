import { CastellanError } from '@castellan/contract';
import type { Store } from '../store/open.ts';
import { storable } from '../store/storable.ts';
import { recordSightings } from './record.ts';
import { addCounts, type Counts } from './sighting.ts';

/**
 * Says what the template of undocumented paths is, now and in every import to come: what was seen of paths that fit it is put
 * together under it.
 * @param host of which it is said; empty for all
 * @param template `/users/{name}/orders`: every path of this form, names first
 * @throws CastellanError `template`
 */
export async function correctTemplate(store: Store, host: string, template: string): Promise<number> {
  if (!/^\/[^\s?#]*$/.test(template) || !template.split('/').every((one) => /^(?:[^{}]*|\{[^{}/]+\})$/.test(one)))
    throw new CastellanError({
      code: 'template',
      message: `'${template}' is no path template`,
      mend: 'write /users/{userId}/orders: whole segments in braces are values',
    });
  const fits = patternOf(template);
  return store.db.transaction().execute(async (tx) => {
    await tx
      .insertInto('templates')
      .values({ host, pattern: fits.source, template })
      .onConflict((conflict) => conflict.columns(['host', 'pattern']).doUpdateSet({ template }))
      .execute();
    let query = tx.selectFrom('sightings').selectAll().where('documented', '=', false);
    if (host !== '') query = query.where('host', '=', host);
    const rows = (await query.execute()).filter((row) => row.template !== template && fits.test(row.template));
    const merged = new Map<string, (typeof rows)[number]>();
    for (const row of rows) {
      await tx
        .deleteFrom('sightings')
        .where((eb) =>
          eb.and([
            eb('api', '=', row.api),
            eb('environment', '=', row.environment),
            eb('source', '=', row.source),
            eb('host', '=', row.host),
            eb('method', '=', row.method),
            eb('template', '=', row.template),
            eb('day', '=', row.day),
          ]),
        )
        .execute();
      const key = JSON.stringify([row.api, row.environment, row.source, row.host, row.method, row.day]);
      const known = merged.get(key);
      merged.set(key, known === undefined ? { ...row, template: storable(template) } : addRows(known, row));
    }
    for (const row of merged.values())
      await recordSightings({ ...store, db: tx }, [{ ...row, counts: countsOfRow(row) }], row);
    return rows.length;
  });
}

/** The template that somebody wrote for a path; those with more names go first. */
export async function correctionsOf({ db }: Store): Promise<(host: string, path: string) => string | undefined> {
  const rows = await db.selectFrom('templates').selectAll().execute();
  const rules = rows
    .map(({ host, template }) => ({ host, template, pattern: patternOf(template), values: template.split('{').length }))
    .toSorted((a, b) => a.values - b.values || (a.template < b.template ? -1 : 1));
  if (rules.length === 0) return () => undefined;
  return (host, path) =>
    rules.find((rule) => (rule.host === '' || rule.host === host) && rule.pattern.test(path))?.template;
}

function patternOf(template: string): RegExp {
  const parts = template
    .split('/')
    .map((one) => (one.startsWith('{') ? '[^/]+' : one.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)));
  return new RegExp(`^${parts.join('/')}$`);
}

interface Row {
  hits: number;
  ok: number;
  redirected: number;
  refused: number;
  failed: number;
  bytes_in: number;
  bytes_out: number;
  duration: number;
  first_seen: Date;
  last_seen: Date;
}

function countsOfRow(row: Row): Counts {
  const { hits, ok, redirected, refused, failed, duration } = row;
  return {
    hits,
    ok,
    redirected,
    refused,
    failed,
    duration,
    bytesIn: row.bytes_in,
    bytesOut: row.bytes_out,
    first: row.first_seen.getTime(),
    last: row.last_seen.getTime(),
  };
}

function addRows<T extends Row>(into: T, from: T): T {
  const { bytesIn, bytesOut, first, last, ...counts } = addCounts(countsOfRow(into), countsOfRow(from));
  return {
    ...into,
    ...counts,
    bytes_in: bytesIn,
    bytes_out: bytesOut,
    first_seen: new Date(first),
    last_seen: new Date(last),
  };
}
