import { CastellanError } from '@castellan/contract';
import type { Store } from '../store/open.ts';
import { storable } from '../store/storable.ts';
import { splitUrl } from './documented.ts';
import { moveSightings } from './move.ts';

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
    let query = tx.selectFrom('traffic').select('template').distinct().where('documented', '=', false);
    if (host !== '') query = query.where('host', '=', host);
    const known = (await query.execute()).map((row) => row.template);
    const stored = storable(template);
    const from = known.filter((one) => one !== stored && one !== template && fits.test(one));
    return moveSightings({ ...store, db: tx }, host === '' ? undefined : host, from, stored);
  });
}

/**
 * The APIs of which a correction speaks: whose server has the host, and of whose undocumented paths something would be put
 * together.
 */
export async function correctedApis({ db }: Store, host: string, template: string): Promise<ReadonlySet<string>> {
  const contracts = await db.selectFrom('contracts').select(['api', 'servers']).execute();
  const here = contracts.filter(({ servers }) => servers.some((url) => host !== '' && splitUrl(url).host === host));
  let query = db.selectFrom('traffic').select(['api', 'template']).distinct().where('documented', '=', false);
  if (host !== '') query = query.where('host', '=', host);
  const fits = patternOf(template);
  const seen = (await query.where('api', '!=', '').execute()).filter((one) => fits.test(one.template));
  return new Set([...here, ...seen].map(({ api }) => api));
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
