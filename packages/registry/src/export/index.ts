import { toApiCatalog } from './api-catalog.ts';
import { toBackstage } from './backstage.ts';
import { toCsv } from './csv.ts';
import { toCycloneDx } from './cyclonedx.ts';
import { toMarkdown } from './markdown.ts';
import type { Snapshot } from './snapshot.ts';

/** What the inventory can be written as. */
export const exportFormats = ['json', 'api-catalog', 'csv', 'markdown', 'backstage', 'cyclonedx'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/**
 * Writes an inventory that was read.
 * @param catalog URL of the catalog itself, for `api-catalog`
 */
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
