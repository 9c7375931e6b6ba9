import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { readCastellanYaml } from '@castellan/gateway/castellan-yaml';
import { CastellanError } from '@castellan/contract';
import type { CastellanYaml, PostureEntry } from '@castellan/gateway/configuration';
import {
  announced,
  defaultRetention,
  defaultStore,
  localInventory,
  openStore,
  remoteInventory,
  type Inventory,
  type RegistryAddress,
  type Retention,
  type Store,
} from '@castellan/registry';
import { usage } from '../arguments.ts';
import type { Terminal } from '../verb.ts';
import type { InventoryCall } from './arguments.ts';

/**
 * The inventory that is meant: of the registry that `--registry` names, or of the store. Where a running `castellan serve` has
 * the store's folder open, it is asked instead.
 */
export async function withInventory<T>(
  { values, terminal }: InventoryCall,
  job: (inventory: Inventory) => Promise<T>,
): Promise<T> {
  const { cwd, env } = terminal;
  const registry = values.registry ?? (values.store === undefined ? env['CASTELLAN_REGISTRY'] : undefined);
  if (registry !== undefined && registry !== '') {
    if (values.store !== undefined) throw usage('--store stands beside --registry', 'write one of the two');
    return job(remoteInventory(registryAddress(terminal, registry)));
  }
  const url = values.store ?? (await configuredStore(cwd)) ?? defaultStore;
  let store: Store;
  try {
    store = await openStore({ url, cwd, brief: true });
  } catch (error) {
    const served = servedInstead(error, url, cwd);
    if (served === undefined) throw error;
    return job(remoteInventory(served));
  }
  try {
    return await job(localInventory(store));
  } finally {
    await store.close();
  }
}

/**
 * A registry that was named, with the key for it: of the environment, or of this machine where it is the one that serves the store here.
 * @throws CastellanError `usage`
 */
export function registryAddress({ env, cwd }: Terminal, url: string): RegistryAddress {
  const key = env['CASTELLAN_REGISTRY_KEY'];
  if (key !== undefined && key !== '') return { url, key };
  const folder = storeFolder(defaultStore, cwd);
  const here = folder === undefined ? undefined : announced(folder);
  if (here !== undefined && here.url === url.replace(/\/+$/, '')) return here;
  throw usage(`there is no key for ${url}`, 'put one into the environment variable CASTELLAN_REGISTRY_KEY');
}

function servedInstead(error: unknown, url: string, cwd: string): RegistryAddress | undefined {
  if (!(error instanceof CastellanError) || error.code !== 'store-in-use') return undefined;
  const folder = storeFolder(url, cwd);
  return folder === undefined ? undefined : announced(folder);
}

/** The folder of a store that is one. */
function storeFolder(url: string, cwd: string): string | undefined {
  return url.startsWith('file:') ? resolve(cwd, url.slice('file:'.length)) : undefined;
}

/** `store.url` of the castellan.yaml beside. */
export async function configuredStore(cwd: string): Promise<string | undefined> {
  const { name = '', store } = await configured(cwd);
  return store?.url.startsWith('file:') === true
    ? `file:${relative(cwd, resolve(cwd, dirname(name), store.url.slice('file:'.length)))}`
    : store?.url;
}

/** `store.retention` of the castellan.yaml beside, over what is kept where it says nothing. */
export async function configuredRetention(cwd: string): Promise<Retention> {
  const { store } = await configured(cwd);
  const said = Object.entries(store?.retention ?? {}).map(([what, seconds]) => [what, Number(seconds) * 1_000]);
  return { ...defaultRetention, ...(Object.fromEntries(said) as Partial<Retention>) };
}

/** `posture` of the castellan.yaml beside. */
export async function configuredPosture(cwd: string): Promise<PostureEntry | undefined> {
  return (await configured(cwd)).posture;
}

/**
 * `detect` of the castellan.yaml beside, as far as it says what is looked for. What is done about it (`respond`, `notify`), and
 * objects, whose hashes have the key of a guard, are the gateway's.
 */
export async function configuredDetection(cwd: string): Promise<{
  warmUp?: number | undefined;
  off?: readonly string[] | undefined;
  honey?: readonly string[] | undefined;
}> {
  const { detect } = await configured(cwd);
  if (typeof detect !== 'object') return {};
  const { warmUp, off, honey } = detect;
  return { warmUp, off, honey };
}

async function configured(
  cwd: string,
): Promise<Partial<Pick<CastellanYaml, 'store' | 'posture' | 'detect'>> & { readonly name?: string }> {
  const name = ['castellan.yaml', 'castellan.yml'].find((one) => existsSync(resolve(cwd, one)));
  if (name === undefined) return {};
  const { yaml } = readCastellanYaml(name, await readFile(resolve(cwd, name), 'utf8'));
  return { name, store: yaml.store, posture: yaml.posture, detect: yaml.detect };
}
