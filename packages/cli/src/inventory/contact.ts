import { usage } from '../arguments.ts';
import type { ExitStatus } from '../verb.ts';
import { type InventoryCall } from './arguments.ts';
import { withInventory } from './store.ts';

/** `castellan inventory contact PRINCIPAL`, or `contact ISSUER SUBJECT`: who a caller is, where to write to, that they were told. */
export async function contact(call: InventoryCall): Promise<ExitStatus> {
  const { values, positionals, terminal } = call;
  const [first, subject, third] = positionals;
  const { name, contact: address, told } = values;
  if (first === undefined || third !== undefined || (name === undefined && address === undefined && told !== true))
    throw usage(
      'one caller and something about it are named',
      "castellan inventory contact PRINCIPAL --name 'Shop team' --contact shop@example.com",
    );
  const principal = await withInventory(call, (inventory) =>
    inventory.posture.name(subject === undefined ? { principal: first } : { issuer: first, subject }, {
      ...(name === undefined ? {} : { name }),
      ...(address === undefined ? {} : { contact: address }),
      ...(told === true ? { told } : {}),
    }),
  );
  terminal.out(values.json === true ? `${JSON.stringify({ principal }, null, 2)}\n` : `${principal} is known\n`);
  return 0;
}
