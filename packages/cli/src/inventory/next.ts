import { printable } from '@castellan/assess/printable';
import { knownApi, readAllPosture, readPosture, stepsOf } from '@castellan/registry';
import { usage } from '../arguments.ts';
import { oneOf } from '../check/choice.ts';
import type { ExitStatus } from '../verb.ts';
import { wholeNumber, type InventoryCall } from './arguments.ts';
import { withStore } from './store.ts';

/** `castellan inventory next [API]`: what to do next, by what it gives for its effort. */
export async function next(call: InventoryCall): Promise<ExitStatus> {
  const { values, positionals, terminal } = call;
  const [api, second] = positionals;
  if (second !== undefined) throw usage(`next takes one API, not '${second}' too`, 'castellan inventory next API');
  const limit = wholeNumber('limit', values.limit, 10_000) ?? 10;
  const steps = await withStore(call, async (store) => {
    if (api !== undefined) await knownApi(store, api);
    const postures = api === undefined ? await readAllPosture(store) : await readPosture(store, [api]);
    if (postures.length === 0) throw usage('the inventory is empty', 'castellan inventory import PATH');
    const names = [...new Set(postures.flatMap(({ environments }) => environments.map((one) => one.environment)))];
    oneOf('environment', values.environment, names);
    return stepsOf(postures, values.environment, store.clock());
  });
  if (values.json === true) {
    terminal.out(`${JSON.stringify({ steps: steps.slice(0, limit), all: steps.length }, null, 2)}\n`);
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
  else if (steps.length > limit) lines.push(`and ${steps.length - limit} more: --limit ${steps.length}`);
  terminal.out(`${printable(lines).join('\n')}\n`);
  return 0;
}

/** Operations that a step names. */
const shown = 6;
