import { readFileSync } from 'node:fs';

const MANIFEST = new URL('../../package.json', import.meta.url);

/** The version of the command, as its package says. */
export function toolVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(MANIFEST, 'utf8'));
  return String((manifest as { readonly version?: unknown }).version ?? '0.0.0');
}
