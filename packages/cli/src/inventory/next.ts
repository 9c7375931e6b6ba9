import { printable } from '@castellan/assess/printable';
import { usage } from '../arguments.ts';
import { oneOf } from '../check/choice.ts';
import type { ExitStatus } from '../verb.ts';
import { wholeNumber, type InventoryCall } from './arguments.ts';
import { withInventory } from './store.ts';

/** `castellan inventory next [API]`: what to do next, by what it gives for its effort. */
export async function next(call: InventoryCall): Promise<ExitStatus> {
  const { values, positionals, terminal } = call;
  const [api, second] = positionals;
  if (second !== undefined) throw usage(`next takes one API, not '${second}' too`, 'castellan inventory next API');
  const limit = wholeNumber('limit', values.limit, 10_000) ?? 10;
  const { steps, all } = await withInventory(call, async (inventory) => {
    if (values.environment !== undefined) {
      const { items } = await inventory.list({ limit: 10_000 });
      oneOf('environment', values.environment, [...new Set(items.flatMap(({ environments }) => environments))]);
    }
    return inventory.posture.steps({ api, environment: values.environment, limit });
  });
  if (values.json === true) {
    terminal.out(`${JSON.stringify({ steps, all }, null, 2)}\n`);
    return 0;
  }
  const lines = steps
    .slice(0, limit)
    .flatMap((step, index) => [
      `${index + 1}. ${step.title}${api === undefined ? `: ${step.api}` : ''}${step.environment === '' ? '' : ` in ${step.environment}`} (+${step.points.toFixed(1)} points, ${step.effort})`,
      `   ${step.remediation}`,
      ...(step.operations.length === 0
        ? []
        : [
            `   ${step.operations.slice(0, shown).join(', ')}${step.operations.length > shown ? ` and ${step.operations.length - shown} more` : ''}`,
          ]),
    ]);
  if (lines.length === 0) lines.push('nothing is left to do');
  else if (all > steps.length) lines.push(`and ${all - steps.length} more: --limit ${all}`);
  terminal.out(`${printable(lines).join('\n')}\n`);
  return 0;
}

/** Operations that a step names. */
const shown = 6;
