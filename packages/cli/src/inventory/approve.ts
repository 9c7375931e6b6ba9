import { usage } from '../arguments.ts';
import type { ExitStatus } from '../verb.ts';
import { actorOf, stateNamed } from './actor.ts';
import { type InventoryCall } from './arguments.ts';
import { withInventory } from './store.ts';

/** `castellan inventory approve API STATE`: somebody of security looked at a transition that another one makes. */
export async function approve(call: InventoryCall): Promise<ExitStatus> {
  const { values, positionals, terminal } = call;
  const [api, state, third] = positionals;
  if (api === undefined || state === undefined || third !== undefined)
    throw usage(
      'one API and one state are named',
      'castellan inventory approve API published --by NAME --role security --reason TEXT',
    );
  const to = stateNamed(state);
  const who = actorOf({ role: 'security', ...values });
  const { operation, reason = '' } = values;
  await withInventory(call, (inventory) => inventory.posture.approve({ api, operation, to, reason }, who));
  terminal.out(
    values.json === true
      ? `${JSON.stringify({ api, operation: operation ?? '', to, actor: who.actor }, null, 2)}\n`
      : `${who.actor} approved that ${api}${operation === undefined ? '' : ` ${operation}`} becomes ${to}\n`,
  );
  return 0;
}
