import { isAddress } from './is-address.ts';
import type { ShownApi } from '../inventory/show.ts';

/** What the catalog needs of an API. */
export type CatalogApi = Pick<ShownApi, 'title' | 'state' | 'links'> & {
  /** Newest first. */
  readonly contracts: readonly Pick<ShownApi['contracts'][number], 'source' | 'servers'>[];
};

/** A link of a linkset (RFC 9264 section 4.2.3). */
interface Link {
  readonly href: string;
  readonly type?: string;
  readonly title?: string;
}

/**
 * The inventory as a linkset (RFC 9264), as `/.well-known/api-catalog` gives it (RFC 9727): one context for each server of a
 * published or deprecated API, `item` for each of them on the catalog itself.
 * @param catalog URL of the catalog
 */
export function toApiCatalog(
  { apis }: { readonly apis: readonly CatalogApi[] },
  catalog: string,
): { readonly linkset: readonly object[] } {
  const shown = apis.filter(({ state }) => state !== 'draft' && state !== 'retired');
  const contexts = shown.flatMap((api) =>
    serversOf(api).map((anchor) => {
      const documents = api.contracts
        .slice(0, 1)
        .filter(({ source }) => isAddress(source))
        .map(({ source }): Link => ({ href: source, type: 'application/openapi+json', title: api.title }));
      const docs = api.links
        .filter(({ rel, href }) => rel === 'service-doc' && isAddress(href))
        .map(({ href }): Link => ({ href }));
      return {
        anchor,
        ...(documents.length === 0 ? {} : { 'service-desc': documents }),
        ...(docs.length === 0 ? {} : { 'service-doc': docs }),
      };
    }),
  );
  return {
    linkset: [{ anchor: catalog, item: contexts.map(({ anchor }): Link => ({ href: anchor })) }, ...contexts],
  };
}

/** Servers whose address is whole. */
function serversOf(api: CatalogApi): readonly string[] {
  const servers = api.contracts[0]?.servers ?? [];
  return servers.filter((url) => isAddress(url));
}
