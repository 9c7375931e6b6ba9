import { exportFormats, exportSnapshot } from '@castellan/registry';
import { oneOf } from '../check/choice.ts';
import type { ExitStatus } from '../verb.ts';
import { type InventoryCall } from './arguments.ts';
import { withInventory } from './store.ts';
import { usage } from '../arguments.ts';
import { writeOut } from '../write-out.ts';

/** `castellan inventory export` */
export async function exportAll(call: InventoryCall): Promise<ExitStatus> {
  const { values, positionals, terminal } = call;
  if (positionals.length > 0) throw usage(`export takes no '${positionals[0]}'`, 'name the file with --out');
  const format = oneOf('format', values.format, exportFormats) ?? 'json';
  const text = exportSnapshot(await withInventory(call, (inventory) => inventory.snapshot()), format);
  if (values.out === undefined) {
    terminal.out(text);
    return 0;
  }
  await writeOut({ file: values.out, cwd: terminal.cwd, what: 'the inventory' }, text);
  return 0;
}
