import { badOption } from '../configuration/reader.ts';
import type { ReadOptions } from '../read-options.ts';
import { resolveReferences } from '../secrets/reference.ts';
import { gitSource } from './git.ts';
import { registrySource } from './registry.ts';
import type { Source } from './source.ts';
import { urlSource } from './urls.ts';

/**
 * The source that options name.
 * @returns nothing for a folder: its files are read where they are
 * @throws OptionError `bad-option`; CastellanError `unset-variable`, `unreadable-secret` of the registry's key
 */
export function sourceOf({ source, registry }: ReadOptions): Source | undefined {
  if (source?.git !== undefined) return gitSource({ git: source.git, ref: source.ref, folder: source.folder });
  if (source?.files !== undefined) return urlSource(source.files);
  if (source?.registry === undefined) return undefined;
  if (registry === undefined)
    throw badOption('options.source.registry', 'needs a registry', 'add registry: { url: https://…, key: … }');
  return registrySource(resolveReferences('options.registry', registry).value, source.registry);
}
