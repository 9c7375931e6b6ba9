import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { loadContract, CastellanError } from '@castellan/contract';
import { parse } from 'yaml';
import type { Store } from '../store/open.ts';
import { readBackstage, type CatalogApi } from './backstage.ts';
import { describe } from './describe.ts';
import { importDocuments, type ImportedDocument } from './import-documents.ts';
import { recordContract, recordUnreadable } from './record-contract.ts';

/**
 * Imports the APIs of a Backstage catalog file with their owners. A definition that cannot be read is kept as unreadable.
 * @throws CastellanError where the catalog itself cannot be read
 */
export async function importCatalog(store: Store, file: string, cwd: string): Promise<readonly ImportedDocument[]> {
  const text = await readFile(resolve(cwd, file), 'utf8');
  const imported: ImportedDocument[] = [];
  for (const api of readBackstage(file, text)) imported.push(await importApi(store, file, api, cwd));
  return imported;
}

async function importApi(store: Store, file: string, api: CatalogApi, cwd: string): Promise<ImportedDocument> {
  const { name, owner, definition } = api;
  const source = `${file}#${name}`;
  if (definition === undefined) return unreadable(store, source, '', `${file}: the API ${name} has no definition`);
  if ('path' in definition) {
    const isUrl = /^https?:/i.test(definition.path);
    const path = isUrl || isAbsolute(definition.path) ? definition.path : join(dirname(file), definition.path);
    const [one] = await importDocuments(store, [{ source: isUrl ? path : relativeTo(cwd, path), api: name, owner }], {
      cwd,
    });
    if (one === undefined) throw new TypeError('one document gives one outcome');
    return one;
  }
  try {
    const described = await describe(await loadContract(parse(definition.text) as object, { cwd }), store.clock());
    const recorded = await recordContract(store, described, { source, api: name, owner });
    return { ...recorded, source, outcome: recorded.fresh ? 'imported' : 'known' };
  } catch (error) {
    const reason = error instanceof CastellanError ? error.message : `${source}: ${String(error).split('\n')[0]}`;
    return unreadable(store, source, definition.text, reason);
  }
}

async function unreadable(store: Store, source: string, text: string, reason: string): Promise<ImportedDocument> {
  await recordUnreadable(store, source, text, reason);
  return { source, outcome: 'unreadable', reason };
}

function relativeTo(cwd: string, path: string): string {
  return isAbsolute(path) ? relative(cwd, path) : path;
}
