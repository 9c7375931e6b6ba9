import { resolve } from 'node:path';
import type { ExitStatus } from '../verb.ts';
import { usage } from '../arguments.ts';
import type { InventoryCall } from './arguments.ts';
import { withInventory } from './store.ts';

/** `castellan inventory backup` */
export async function backup(call: InventoryCall): Promise<ExitStatus> {
  const { values, positionals, terminal } = call;
  if (positionals.length > 0) throw usage(`backup takes no '${positionals[0]}'`, 'name the file with --out');
  const { out } = values;
  if (out === undefined) throw usage('no file is named', 'castellan inventory backup --out registry.backup');
  const bytes = await withInventory(call, (inventory) => inventory.backUp(resolve(terminal.cwd, out)));
  terminal.out(
    values.json === true
      ? `${JSON.stringify({ file: out, bytes }, null, 2)}\n`
      : `${out}: ${bytes} bytes; it holds hashes of keys, keep it as safe as the store\n`,
  );
  return 0;
}
