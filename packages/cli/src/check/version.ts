import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The version of the command, as its package says. */
export function toolVersion(): string {
  let folder = import.meta.dirname;
  // The code stands in another depth of the package where it is put together.
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return String((manifest as { readonly version?: unknown }).version ?? '0.0.0');
}
