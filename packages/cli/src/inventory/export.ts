import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CastellanError } from '@castellan/contract';
import { exportFormats, exportSnapshot } from '@castellan/registry';
import { oneOf } from '../check/choice.ts';
import type { ExitStatus } from '../verb.ts';
import { type InventoryCall } from './arguments.ts';
import { withInventory } from './store.ts';
import { usage } from '../arguments.ts';

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
  try {
    await writeFile(resolve(terminal.cwd, values.out), text);
  } catch (cause) {
    throw new CastellanError({
      code: 'unwritable',
      message: `the inventory cannot be written (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      place: { file: values.out },
      mend: 'name a file in a folder that can be written to with --out',
      cause,
    });
  }
  return 0;
}
