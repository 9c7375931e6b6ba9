import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { readCastellanYaml } from '@castellan/gateway/castellan-yaml';
import { CastellanError } from '@castellan/contract';
import type { DetectionOptions } from '@castellan/detect';
import type { PostureEntry, ServeEntry } from '@castellan/gateway/configuration';
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
import { usualConfigs } from '../gateway/usual-configs.ts';
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

/** What castellan.yaml says of the registry, with its paths where they are meant. */
export interface ConfiguredRegistry {
  /** `store.url` */
  readonly url: string | undefined;
  /** `store.retention`, over what is kept where it says nothing. */
  readonly retention: Retention;
  readonly posture: PostureEntry | undefined;
  readonly serve: ServeEntry | undefined;
  /**
   * `detect`, as far as it says what is looked for. What is done about it (`respond`, `notify`), and objects, whose hashes have the key of a
   * guard, are the gateway's.
   */
  readonly detect: Pick<DetectionOptions, 'warmUp' | 'off' | 'honey'>;
}

/** `store.url` of the castellan.yaml beside. */
export async function configuredStore(cwd: string): Promise<string | undefined> {
  return (await configuredRegistry(cwd)).url;
}

/** `posture` of the castellan.yaml beside. */
export async function configuredPosture(cwd: string): Promise<PostureEntry | undefined> {
  return (await configuredRegistry(cwd)).posture;
}

/**
 * @param named the file, where another than the castellan.yaml beside is meant
 * @throws CastellanError `usage` where it is not there, and what is wrong with it
 */
export async function configuredRegistry(cwd: string, named?: string): Promise<ConfiguredRegistry> {
  const name = named ?? usualConfigs.find((one) => existsSync(resolve(cwd, one)));
  if (name === undefined)
    return { url: undefined, retention: defaultRetention, posture: undefined, serve: undefined, detect: {} };
  if (!existsSync(resolve(cwd, name))) throw usage(`--config ${name} is not there`, 'name a readable castellan.yaml');
  const { yaml } = readCastellanYaml(name, await readFile(resolve(cwd, name), 'utf8'));
  const { store, posture, serve, detect } = yaml;
  const looked = typeof detect === 'object' ? detect : {};
  const at = (path: string): string => resolve(cwd, dirname(name), path);
  const said = Object.entries(store?.retention ?? {}).map(([what, seconds]) => [what, Number(seconds) * 1_000]);
  const { cert, key, clientCa } = serve?.tls ?? {};
  return {
    url:
      store?.url.startsWith('file:') === true
        ? `file:${relative(cwd, at(store.url.slice('file:'.length)))}`
        : store?.url,
    retention: { ...defaultRetention, ...(Object.fromEntries(said) as Partial<Retention>) },
    posture,
    detect: { warmUp: looked.warmUp, off: looked.off, honey: looked.honey },
    serve:
      serve === undefined || cert === undefined || key === undefined
        ? serve
        : {
            ...serve,
            tls: { cert: at(cert), key: at(key), clientCa: clientCa === undefined ? undefined : at(clientCa) },
          },
  };
}
