import { printable } from '@castellan/assess/printable';
import type { ShownApi } from '@castellan/registry';
import { formatTable } from '../table.ts';
import type { ExitStatus } from '../verb.ts';
import { type InventoryCall } from './arguments.ts';
import { withInventory } from './store.ts';
import { usage } from '../arguments.ts';

/** `castellan inventory show API` */
export async function show(call: InventoryCall): Promise<ExitStatus> {
  const { values, positionals, terminal } = call;
  const [id, second] = positionals;
  if (id === undefined || second !== undefined)
    throw usage('one API is shown', 'castellan inventory show API, as castellan inventory list names it');
  const api = await withInventory(call, (inventory) => inventory.show(id));
  terminal.out(values.json === true ? `${JSON.stringify(api, null, 2)}\n` : textOf(api));
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
