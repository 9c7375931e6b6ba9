import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RegistryAddress } from '../client/request.ts';

/** Beside the store, for who may read the store: where it is served, and a key that is good as long as it is. */
const name = 'serving.json';

/**
 * Tells the commands of this machine that a registry has the folder open.
 * @returns takes it back
 */
export function announce(folder: string, address: RegistryAddress): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, name);
  const made = `${file}.${process.pid}`;
  writeFileSync(made, JSON.stringify({ url: address.url, key: address.key }), { mode: 0o600 });
  renameSync(made, file);
  return () => rmSync(file, { force: true });
}

/** Where the registry that has a folder open is reached; undefined where it is none. */
export function announced(folder: string): RegistryAddress | undefined {
  try {
    const { url, key } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Readonly<Record<string, unknown>>;
    return typeof url === 'string' && typeof key === 'string' ? { url, key } : undefined;
  } catch {
    return undefined;
  }
}
