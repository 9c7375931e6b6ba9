import { printable } from '@castellan/assess/printable';
import {
  lifecycleConditions,
  type Condition,
  type LifecycleProblem,
  type LifecycleView,
  type Standing,
} from '@castellan/registry';
import { usage } from '../arguments.ts';
import { oneOf } from '../check/choice.ts';
import type { ExitStatus } from '../verb.ts';
import { actorOf, dateNamed, stateNamed } from './actor.ts';
import { type InventoryCall } from './arguments.ts';
import { withInventory } from './store.ts';

/** `castellan inventory lifecycle API [STATE]`: exit status 1 where something is in the way. */
export async function lifecycle(call: InventoryCall): Promise<ExitStatus> {
  const { values, positionals, terminal } = call;
  const [api, state, third] = positionals;
  if (api === undefined || third !== undefined)
    throw usage(
      'one API and at most one state are named',
      'castellan inventory lifecycle API deprecated --sunset 2027-06-30',
    );
  const who = actorOf(values);
  const { operation, successor, information } = values;
  const sunset = dateNamed('sunset', values.sunset);
  const despite = (values.despite ?? '')
    .split(',')
    .filter((one) => one !== '')
    .map((one): Condition => oneOf('despite', one, lifecycleConditions) as Condition);
  if (state === undefined) {
    const view = await withInventory(call, (inventory) => inventory.posture.look(api, operation, who));
    terminal.out(values.json === true ? `${JSON.stringify(view, null, 2)}\n` : viewText(view));
    return 0;
  }
  const to = stateNamed(state);
  const reason = values.reason ?? '';
  if (reason.trim() === '') throw usage('nobody says why', "write --reason 'version 2 has replaced it'");
  const { allowed, problems, view } = await withInventory(call, (inventory) =>
    inventory.posture.change({ api, operation, to, reason, sunset, successor, information, despite }, who),
  );
  if (values.json === true) terminal.out(`${JSON.stringify({ allowed, problems, ...view }, null, 2)}\n`);
  else
    terminal.out(
      allowed
        ? viewText(view)
        : `${printable([`${nameOf(view.standing)} stays ${view.standing.state}:`, ...problems.flatMap(problemText)]).join('\n')}\n`,
    );
  return allowed ? 0 : 1;
}

function viewText({ standing, ways, approvals }: LifecycleView): string {
  const lines = [
    `${nameOf(standing)}: ${standingText(standing)}`,
    ...(standing.decided !== undefined && standing.documented !== standing.state
      ? [`  its document says ${standing.documented}`]
      : []),
    ...ways.flatMap(({ to, allowed, problems }) =>
      allowed ? [`  may become ${to}`] : [`  may not become ${to} yet:`, ...problems.flatMap(problemText)],
    ),
    ...approvals.map(
      (one) =>
        `  ${one.time.slice(0, 10)} ${one.actor} (${one.role}) ${one.kind === 'approval' ? 'approved' : 'made'} ${one.from} → ${one.to}: ${one.reason}${one.despite.length === 0 ? '' : ` (despite ${one.despite.join(', ')})`}`,
    ),
  ];
  return `${printable(lines).join('\n')}\n`;
}

function problemText({ condition, message, remediation }: LifecycleProblem): string[] {
  return [`    ${condition === undefined ? '' : `${condition}: `}${message}`, `      remediation: ${remediation}`];
}

function nameOf({ api, operation }: Standing): string {
  return operation === '' ? api : `${api} ${operation}`;
}

function standingText({ state, deprecatedAt, sunset, successor }: Standing): string {
  return [
    state,
    ...(deprecatedAt === undefined ? [] : [`deprecated since ${deprecatedAt}`]),
    ...(sunset === undefined ? [] : [`ends ${sunset}`]),
    ...(successor === undefined ? [] : [`use ${successor} instead`]),
  ].join(', ');
}
