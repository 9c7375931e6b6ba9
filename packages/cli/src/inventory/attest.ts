import { userInfo } from 'node:os';
import { attestable } from '@castellan/registry';
import { usage } from '../arguments.ts';
import { oneOf } from '../check/choice.ts';
import type { ExitStatus } from '../verb.ts';
import { type InventoryCall } from './arguments.ts';
import { withInventory } from './store.ts';

/** `castellan inventory attest API --control NAME --reason TEXT`: somebody looked at what no guard enforces and no test tries. */
export async function attest(call: InventoryCall): Promise<ExitStatus> {
  const { values, positionals, terminal } = call;
  const [api, second] = positionals;
  if (api === undefined || second !== undefined)
    throw usage('one API is attested', 'castellan inventory attest API --control ownership --reason TEXT');
  const control = oneOf('control', values.control, attestable);
  if (control === undefined) throw usage('no control is named', `write --control ${attestable.join(', or ')}`);
  if (values.reason === undefined || values.reason.trim() === '')
    throw usage('nobody says what was found', "write --reason 'looked at the deletion job of 2027-01-12'");
  const by = values.by ?? userInfo().username;
  const { environment, reason } = values;
  const row = await withInventory(call, (inventory) =>
    inventory.posture.attest({ api, control, by, reason, environment }),
  );
  terminal.out(
    values.json === true
      ? `${JSON.stringify(row, null, 2)}\n`
      : `${control} of ${row.api} is proven by ${by} until ${row.until.slice(0, 10)}\n`,
  );
  return 0;
}
