import type { ExitStatus } from '../verb.ts';
import { type InventoryCall } from './arguments.ts';
import { withInventory } from './store.ts';
import { usage } from '../arguments.ts';

/** `castellan inventory template /users/{name}`: corrects what was inferred, now and in imports to come. */
export async function template(call: InventoryCall): Promise<ExitStatus> {
  const { values, positionals, terminal } = call;
  const [written, second] = positionals;
  if (written === undefined || second !== undefined)
    throw usage('one template is corrected', "castellan inventory template '/users/{name}/orders'");
  const merged = await withInventory(call, (inventory) => inventory.correctTemplate(values.host ?? '', written));
  terminal.out(
    values.json === true
      ? `${JSON.stringify({ template: written, merged }, null, 2)}\n`
      : `${written}: ${merged} were put together\n`,
  );
  return 0;
}
