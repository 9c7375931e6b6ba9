import { hostname } from 'node:os';
import { existsSync, readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { Gateway, NamedOptions } from '@castellan/gateway';
import { apiIdOf, localInventory, type RegistryServer, type Store } from '@castellan/registry';
import { usage } from '../arguments.ts';
import { usualConfigs } from '../gateway/usual-configs.ts';
import type { Setup } from '../gateway/setup.ts';

/**
 * What castellan.yaml says of a gateway; undefined where it has none.
 * @throws CastellanError as `castellan gateway`
 */
export async function readGateways(config: string | undefined, cwd: string): Promise<Setup | undefined> {
  const file = config ?? usualConfigs.find((name) => existsSync(resolve(cwd, name)));
  if (file === undefined) return undefined;
  if (!existsSync(resolve(cwd, file))) throw usage(`--config ${file} is not there`, 'name a readable castellan.yaml');
  const { readCastellanYaml } = await import('@castellan/gateway/castellan-yaml');
  const { yaml } = readCastellanYaml(file, readFileSync(resolve(cwd, file), 'utf8'));
  // A file without upstreams describes what guards in applications run.
  if (yaml.apis.every(({ upstreams }) => upstreams === undefined)) return undefined;
  const { readSetup } = await import('../gateway/setup.ts');
  return readSetup({ config: file, api: undefined, authentication: undefined, options: {} }, cwd);
}

/**
 * Starts the gateway beside the registry: it reports there as any guard, and the registry's detectors see what it sees. Where
 * castellan.yaml names another registry, it reports to that one.
 */
export async function startBeside(
  store: Store,
  { url, looking, localGuardKey }: RegistryServer,
  setup: Setup,
  cwd: string,
): Promise<Gateway> {
  const inventory = localInventory(store);
  const named = new Map<string, string>();
  const apis: NamedOptions[] = [];
  const ids: string[] = [];
  for (const options of setup.apis) {
    const api = await nameOf(inventory, options, named, cwd);
    ids.push(api);
    const key = await localGuardKey(`serve:${hostname()}:${api}`, {
      name: `${options.name} on ${hostname()}`,
      role: 'guard',
      api,
    });
    apis.push({
      ...options,
      registry: options.registry ?? { url, key, name: options.name },
      facts: [...(options.facts ?? []), looking.sink(api)],
    });
  }
  // A registry by itself starts sooner without.
  const { startGateways } = await import('@castellan/gateway');
  const gateway = await startGateways(apis).catch((error: unknown) => {
    throw setup.told(error);
  });
  looking.describe(new Map(gateway.apis.map(({ guard }, index) => [ids[index] ?? '', guard.contract])));
  return gateway;
}

/** The API of an entry, whose document is imported. Several entries for one document are its environments: the first names it. */
async function nameOf(
  inventory: ReturnType<typeof localInventory>,
  { name, contract, overlays = [] }: NamedOptions,
  named: Map<string, string>,
  cwd: string,
): Promise<string> {
  if (typeof contract !== 'string') return apiIdOf(name);
  const at = (path: string): string => (/^https?:/i.test(path) ? path : relative(cwd, resolve(cwd, path)));
  const source = at(contract);
  const known = named.get(source);
  if (known !== undefined) return known;
  const files = overlays.filter((overlay) => typeof overlay === 'string').map(at);
  await inventory.importDocuments([{ source, api: name, overlays: files }], { cwd });
  const id = apiIdOf(name);
  named.set(source, id);
  return id;
}
