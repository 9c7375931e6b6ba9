import { printable } from '@castellan/assess/printable';
import type { UnreadableDocument } from '@castellan/registry';

/** Documents that are in no table, since nobody could read them: a line for each, with the reason. */
export function unreadableText(documents: readonly UnreadableDocument[]): string {
  const count = documents.length === 1 ? '1 document' : `${documents.length} documents`;
  const lines = documents.map(({ source, reason, seen }) => {
    const at = reason.startsWith(source) ? reason : `${source}: ${reason}`;
    return `  ${seen.slice(0, 10)} ${at.replaceAll(/\s+/g, ' ')}`;
  });
  return `${printable([`${count} could not be read when last imported:`, ...lines]).join('\n')}\n`;
}
