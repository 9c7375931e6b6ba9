import { printable } from '@castellan/assess/printable';
import { CastellanError } from '@castellan/contract';
import type { ShownApi } from '@castellan/registry';
import { formatTable } from '../table.ts';
import type { ExitStatus } from '../verb.ts';
import { type InventoryCall } from './arguments.ts';
import { withInventory } from './store.ts';
import { unreadableText } from './unreadable-text.ts';
import { usage } from '../arguments.ts';

/** `castellan inventory show API` */
export async function show(call: InventoryCall): Promise<ExitStatus> {
  const { values, positionals, terminal } = call;
  const [id, second] = positionals;
  if (id === undefined || second !== undefined)
    throw usage('one API is shown', 'castellan inventory show API, as castellan inventory list names it');
  const { api, unreadable } = await withInventory(call, async (inventory) => {
    const all = await inventory.unreadable();
    const alone = all.filter(({ source }) => source === id);
    const shown = await inventory.show(id).catch((error: unknown) => {
      // What is asked for may be a document that nobody could read.
      if (alone.length > 0 && error instanceof CastellanError && error.code === 'unknown-api') return undefined;
      throw error;
    });
    const sources = new Set(shown?.contracts.map(({ source }) => source));
    return { api: shown, unreadable: shown === undefined ? alone : all.filter(({ source }) => sources.has(source)) };
  });
  if (api === undefined)
    terminal.out(values.json === true ? `${JSON.stringify({ unreadable }, null, 2)}\n` : unreadableText(unreadable));
  else if (values.json === true) terminal.out(`${JSON.stringify({ ...api, unreadable }, null, 2)}\n`);
  else terminal.out(unreadable.length === 0 ? textOf(api) : `${textOf(api)}\n${unreadableText(unreadable)}`);
  return 0;
}

function textOf(api: ShownApi): string {
  const { title, version, owner, state, sunset, contracts, deployments, operationList } = api;
  const head = printable([
    `${title} ${version}`,
    `owner ${owner ?? 'nobody'}, ${state}${sunset === null ? '' : `, ends ${sunset}`}`,
    ...contracts.map(
      (one) => `contract ${one.digest.slice(0, 19)}, version ${one.version}, OpenAPI ${one.openapi}, ${one.source}`,
    ),
    ...deployments.map(
      (one) =>
        `${one.environment}: ${one.name} (${one.source} ${one.place})${one.mode === null ? '' : `, mode ${one.mode}`}${one.audit === false ? ', no audit sink' : ''}`,
    ),
    ...api.links.map(({ rel, href }) => `${rel}: ${href}`),
  ]);
  const rows = operationList.map((one) => [
    one.method,
    one.path,
    one.authenticated ? 'yes' : 'no',
    one.state,
    one.takes.join(' '),
    one.gives.join(' '),
    String(one.requests),
    String(one.consumers),
    one.lastSeen?.slice(0, 10) ?? 'never',
  ]);
  return `${head.join('\n')}\n\n${formatTable(
    ['method', 'path', 'authentication', 'state', 'takes', 'gives', 'requests', 'consumers', 'last seen'],
    rows,
  )}`;
}
