import { usage } from '../arguments.ts';
import type { ExitStatus } from '../verb.ts';
import { wholeNumber, type InventoryCall } from './arguments.ts';
import { ofApi, overview } from './posture-text.ts';
import { configuredPosture, withInventory } from './store.ts';

/** `castellan inventory posture [API]`: exit status 1 where a policy on posture is not met and nobody answers for it. */
export async function posture(call: InventoryCall): Promise<ExitStatus> {
  const { values, positionals, terminal } = call;
  const [api, second] = positionals;
  if (second !== undefined)
    throw usage(`posture takes one API, not '${second}' too`, 'castellan inventory posture API');
  const entry = await configuredPosture(terminal.cwd);
  if (api !== undefined) {
    const report = await withInventory(call, (inventory) => inventory.posture.report(api, entry));
    terminal.out(values.json === true ? `${JSON.stringify(report, null, 2)}\n` : ofApi(report));
    return report.violations.some(({ exception }) => exception === null) ? 1 : 0;
  }
  const limit = wholeNumber('limit', values.limit, 10_000) ?? 1_000;
  const made = await withInventory(call, (inventory) =>
    inventory.posture.overview({ after: values.after, limit, entry }),
  );
  terminal.out(values.json === true ? `${JSON.stringify(made, null, 2)}\n` : overview(made));
  const isMet = made.apis.every(({ unmet }) => unmet.length === 0);
  return isMet && made.violations.every(({ exception }) => exception !== null) ? 0 : 1;
}
