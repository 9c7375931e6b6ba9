import { resolve } from 'node:path';
import { defaultStore, restoreFile } from '@castellan/registry';
import type { ExitStatus } from '../verb.ts';
import { usage } from '../arguments.ts';
import type { InventoryCall } from './arguments.ts';
import { configuredStore } from './store.ts';

/** `castellan inventory restore` */
export async function restore({ values, positionals, terminal }: InventoryCall): Promise<ExitStatus> {
  const [file, more] = positionals;
  if (file === undefined || more !== undefined)
    throw usage('restore takes one file', 'castellan inventory restore registry.backup --store file:restored');
  if (values.registry !== undefined)
    throw usage('a running registry is not restored into', 'name an empty store with --store, and serve that one');
  const { cwd } = terminal;
  const url = values.store ?? (await configuredStore(cwd)) ?? defaultStore;
  const { rows, made, store } = await restoreFile({ url, cwd, brief: true }, resolve(cwd, file));
  terminal.out(
    values.json === true
      ? `${JSON.stringify({ store, rows, made }, null, 2)}\n`
      : `${store}: ${rows} rows as of ${made}\n`,
  );
  return 0;
}
