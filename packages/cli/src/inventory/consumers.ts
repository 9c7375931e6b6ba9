import { usage } from '../arguments.ts';
import { formatTable } from '../table.ts';
import type { ExitStatus } from '../verb.ts';
import { type InventoryCall } from './arguments.ts';
import { withInventory } from './store.ts';

/** `castellan inventory consumers [API]`: who still calls what is deprecated or ends, and whom to tell. */
export async function consumers(call: InventoryCall): Promise<ExitStatus> {
  const { values, positionals, terminal } = call;
  const [api, second] = positionals;
  if (second !== undefined)
    throw usage(`consumers takes one API, not '${second}' too`, 'castellan inventory consumers API');
  const { operation, all } = values;
  const found = await withInventory(call, (inventory) => inventory.posture.consumers({ api, operation, all }));
  if (values.json === true) {
    terminal.out(`${JSON.stringify({ consumers: found }, null, 2)}\n`);
    return 0;
  }
  if (found.length === 0) {
    terminal.out(
      all === true
        ? 'guards reported no caller in the last 30 days\n'
        : 'nobody called what is deprecated or ends in the last 30 days; --all shows every caller\n',
    );
    return 0;
  }
  const rows = found.map((one) => [
    one.api,
    one.operation,
    one.state,
    one.sunset ?? '',
    one.environment,
    one.name === null || one.name === '' ? one.principal : one.name,
    one.contact === null || one.contact === '' ? 'nobody said' : one.contact,
    one.credential,
    String(one.hits),
    one.lastSeen.slice(0, 10),
    one.told?.slice(0, 10) ?? 'not yet',
  ]);
  const table = formatTable(
    ['API', 'operation', 'state', 'ends', 'environment', 'who', 'whom to tell', 'credential', 'calls', 'last', 'told'],
    rows,
  );
  const unknown = found.find(({ name }) => name === null || name === '');
  terminal.out(
    unknown === undefined
      ? table
      : `${table}who somebody is: castellan inventory contact ${unknown.principal} --name NAME --contact ADDRESS\n`,
  );
  return 0;
}
