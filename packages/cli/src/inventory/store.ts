import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { readCastellanYaml } from '@castellan/assess/architecture';
import type { PostureEntry } from '@castellan/gateway/configuration';
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

/** `posture` of the castellan.yaml beside. */
export async function configuredPosture(cwd: string): Promise<PostureEntry | undefined> {
  const name = configurationIn(cwd);
  if (name === undefined) return undefined;
  return readCastellanYaml(name, await readFile(resolve(cwd, name), 'utf8')).yaml.posture;
}

function configurationIn(cwd: string): string | undefined {
  return ['castellan.yaml', 'castellan.yml'].find((one) => existsSync(resolve(cwd, one)));
}

/** `store.url` of the castellan.yaml beside. */
export async function configuredStore(cwd: string): Promise<string | undefined> {
  const name = configurationIn(cwd);
  if (name === undefined) return undefined;
  const { yaml } = readCastellanYaml(name, await readFile(resolve(cwd, name), 'utf8'));
  const url = yaml.store?.url;
  return url?.startsWith('file:') === true
    ? `file:${relative(cwd, resolve(cwd, dirname(name), url.slice('file:'.length)))}`
    : url;
}
