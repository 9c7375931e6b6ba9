import { stringify } from 'yaml';
import { isAddress } from './is-address.ts';
import type { Snapshot } from './snapshot.ts';

/** The APIs as entities of a Backstage catalog. */
export function toBackstage({ apis }: Snapshot): string {
  return apis
    .map((api) => {
      const links = api.links.filter(({ href }) => isAddress(href));
      return stringify({
        apiVersion: 'backstage.io/v1alpha1',
        kind: 'API',
        metadata: {
          name: nameOf(api.id),
          title: api.title,
          description: api.description || undefined,
          annotations: { 'castellan.dev/digest': api.digest },
          links: links.length === 0 ? undefined : links.map(({ rel, href }) => ({ url: href, title: rel })),
        },
        spec: {
          type: 'openapi',
          lifecycle: lifecycles.get(api.state) ?? 'production',
          owner: api.owner ?? 'unknown',
          definition: { $text: api.contracts[0]?.source ?? '' },
        },
      });
    })
    .join('---\n');
}

const lifecycles: ReadonlyMap<string, string> = new Map([
  ['draft', 'experimental'],
  ['published', 'production'],
  ['deprecated', 'deprecated'],
  ['retired', 'deprecated'],
]);

/** Names of entities: `[a-zA-Z0-9]`, with `-_.` between, at most 63 characters. */
function nameOf(id: string): string {
  return (
    id
      .replaceAll(/[^a-zA-Z0-9._-]+/g, '-')
      .replaceAll(/^[^a-zA-Z0-9]+|[^a-zA-Z0-9]+$/g, '')
      .slice(0, 63) || 'api'
  );
}
