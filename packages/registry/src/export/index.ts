import type { Store } from '../store/open.ts';
import { toApiCatalog } from './api-catalog.ts';
import { toBackstage } from './backstage.ts';
import { toCsv } from './csv.ts';
import { toCycloneDx } from './cyclonedx.ts';
import { toMarkdown } from './markdown.ts';
import { takeSnapshot, type Snapshot } from './snapshot.ts';

/** What the inventory can be written as. */
export const exportFormats = ['json', 'api-catalog', 'csv', 'markdown', 'backstage', 'cyclonedx'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/**
 * Writes the whole inventory.
 * @param catalog URL of the catalog itself, for `api-catalog`
 */
export async function exportInventory(
  store: Store,
  format: ExportFormat,
  catalog = '/.well-known/api-catalog',
): Promise<string> {
  return exportSnapshot(await takeSnapshot(store), format, catalog);
}

/** Writes an inventory that was read. */
export function exportSnapshot(snapshot: Snapshot, format: ExportFormat, catalog = '/.well-known/api-catalog'): string {
  const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
  switch (format) {
    case 'json':
      return json(snapshot);
    case 'api-catalog':
      return json(toApiCatalog(snapshot, catalog));
    case 'csv':
      return toCsv(snapshot);
    case 'markdown':
      return toMarkdown(snapshot);
    case 'backstage':
      return toBackstage(snapshot);
    case 'cyclonedx':
      return json(toCycloneDx(snapshot));
  }
}
