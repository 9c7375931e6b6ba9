import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { readCastellanYaml } from '@castellan/gateway/castellan-yaml';
import { defaultStore, openStore, type Store } from '@castellan/registry';
import type { InventoryCall } from './arguments.ts';

/** Opens the store that is meant for one job and closes it after. */
export async function withStore<T>({ values, terminal }: InventoryCall, job: (store: Store) => Promise<T>): Promise<T> {
  const { cwd } = terminal;
  const store = await openStore({
    url: values.store ?? (await configuredStore(cwd)) ?? defaultStore,
    cwd,
    brief: true,
  });
  try {
    return await job(store);
  } finally {
    await store.close();
  }
}

/** `store.url` of the castellan.yaml beside. */
export async function configuredStore(cwd: string): Promise<string | undefined> {
  const name = ['castellan.yaml', 'castellan.yml'].find((one) => existsSync(resolve(cwd, one)));
  if (name === undefined) return undefined;
  const { yaml } = readCastellanYaml(name, await readFile(resolve(cwd, name), 'utf8'));
  const url = yaml.store?.url;
  return url?.startsWith('file:') === true
    ? `file:${relative(cwd, resolve(cwd, dirname(name), url.slice('file:'.length)))}`
    : url;
}
