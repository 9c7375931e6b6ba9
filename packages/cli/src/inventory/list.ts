import { formatTable } from '../table.ts';
import type { ExitStatus } from '../verb.ts';
import { wholeNumber, type InventoryCall } from './arguments.ts';
import { withInventory } from './store.ts';
import { unreadableText } from './unreadable-text.ts';
import { usage } from '../arguments.ts';

/** `castellan inventory list` */
export async function list(call: InventoryCall): Promise<ExitStatus> {
  const { values, positionals, terminal } = call;
  if (positionals.length > 0) throw usage(`list takes no '${positionals[0]}'`, 'castellan inventory show API');
  const { owner, environment, after } = values;
  const limit = wholeNumber('limit', values.limit, 10_000) ?? 1_000;
  const { page, unreadable } = await withInventory(call, async (inventory) => ({
    page: await inventory.list({ owner, environment, after, limit }),
    unreadable: await inventory.unreadable(),
  }));
  if (values.json === true) {
    terminal.out(`${JSON.stringify({ apis: page.items, next: page.next ?? null, unreadable }, null, 2)}\n`);
    return 0;
  }
  if (page.items.length === 0) {
    terminal.out(
      unreadable.length > 0 ? unreadableText(unreadable) : 'the inventory is empty: castellan inventory import PATH\n',
    );
    return 0;
  }
  const rows = page.items.map((api) => [
    api.id,
    api.version,
    api.owner ?? 'nobody',
    api.state,
    String(api.operations),
    String(api.open),
    api.environments.join(' ') || 'none known',
    api.data.join(' '),
    api.lastSeen?.slice(0, 10) ?? 'never',
  ]);
  terminal.out(
    formatTable(['API', 'version', 'owner', 'state', 'operations', 'open', 'environments', 'data', 'last seen'], rows),
  );
  if (page.next !== undefined) terminal.out(`more: castellan inventory list --after ${page.next}\n`);
  if (unreadable.length > 0) terminal.out(`\n${unreadableText(unreadable)}`);
  return 0;
}
