import { printable } from '@castellan/assess/printable';
import { ghostKinds, ghostSeverities, type FoundGhosts, type Ghost } from '@castellan/registry';
import { oneOf } from '../check/choice.ts';
import type { ExitStatus } from '../verb.ts';
import { type InventoryCall } from './arguments.ts';
import { withInventory } from './store.ts';
import { usage } from '../arguments.ts';

/** `castellan inventory ghosts`: exit status 1 where one is at least as severe as `--fail-on` says. */
export async function ghosts(call: InventoryCall): Promise<ExitStatus> {
  const { values, positionals, terminal } = call;
  if (positionals.length > 0)
    throw usage(`ghosts takes no '${positionals[0]}'`, 'castellan inventory ghosts --api NAME');
  const kind = oneOf('kind', values.kind, ghostKinds);
  const failOn = oneOf('fail-on', values['fail-on'], [...ghostSeverities, 'never']) ?? 'high';
  const found = await withInventory(call, (inventory) => inventory.ghosts());
  const shown = found.ghosts.filter(
    (ghost) =>
      (kind === undefined || ghost.kind === kind) &&
      (values.api === undefined || ghost.api === values.api) &&
      (values.environment === undefined || ghost.environment === values.environment),
  );
  terminal.out(
    values.json === true
      ? `${JSON.stringify({ ghosts: shown, checked: found.checked }, null, 2)}\n`
      : textOf(shown, found.checked),
  );
  const limit = failOn === 'never' ? -1 : ghostSeverities.indexOf(failOn);
  return shown.some(({ severity }) => ghostSeverities.indexOf(severity) <= limit) ? 1 : 0;
}

function textOf(found: readonly Ghost[], { apis, deployments, sightings }: FoundGhosts['checked']): string {
  const lines = found.flatMap(({ kind, severity, api, environment, subject, evidence, remedy }) => [
    `${severity} ${kind}: ${subject}${api === '' || api === subject ? '' : ` of ${api}`}${environment === '' ? '' : ` in ${environment}`}`,
    ...evidence.map((one) => `    ${one}`),
    `    remediation: ${remedy}`,
  ]);
  lines.push(
    `${found.length} ghosts; looked at ${apis} APIs, ${deployments} deployments and ${sightings} templates that were seen`,
  );
  return `${printable(lines).join('\n')}\n`;
}
