import type { Ghost } from './ghost.ts';
import type { Known } from './known.ts';

/** Documented and never seen where the API is watched, or owned by nobody. */
export function orphans({ apis, sightings }: Known): Ghost[] {
  const seenOf = Map.groupBy(sightings, ({ api }) => api);
  return apis.flatMap((api) => {
    const found: Ghost[] = [];
    const about = { kind: 'orphan', severity: 'low', api: api.id, firstSeen: null, lastSeen: null } as const;
    if (api.owner === null)
      found.push({
        ...about,
        environment: '',
        subject: api.id,
        evidence: ['no document, castellan.yaml or catalog says who answers for it'],
        remedy: 'write x-castellan.owner into the document, or owner into castellan.yaml',
      });
    const seen = seenOf.get(api.id) ?? [];
    // Of an API that nobody watches nothing is known.
    const watched = new Set(seen.filter((one) => one.documented).map(({ environment }) => environment));
    if (watched.size === 0 || api.state === 'retired') return found;
    const names = new Set(seen.map(({ method, template }) => `${method} ${template}`));
    for (const { method, path, state } of api.operations) {
      if (state === 'draft' || state === 'retired' || names.has(`${method} ${path}`)) continue;
      found.push({
        ...about,
        environment: [...watched].sort().join(' '),
        subject: `${method} ${path}`,
        evidence: ['it is documented, and no request of it was ever seen where others of the API were'],
        remedy: 'retire it, or import traffic of where it is used',
      });
    }
    return found;
  });
}
