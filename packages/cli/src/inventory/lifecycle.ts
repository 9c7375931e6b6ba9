import { printable } from '@castellan/assess/printable';
import {
  lifecycleConditions,
  lookAt,
  makeTransition,
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
import { withStore } from './store.ts';

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
    const view = await withStore(call, (store) => lookAt(store, { api, operation, ...who }));
    terminal.out(values.json === true ? `${JSON.stringify(view, null, 2)}\n` : viewText(view));
    return 0;
  }
  const to = stateNamed(state);
  const reason = values.reason ?? '';
  const outcome = await withStore(call, (store) =>
    makeTransition(store, { api, operation, to, reason, sunset, successor, information, despite, ...who }),
  );
  if (values.json === true) terminal.out(`${JSON.stringify(outcome, null, 2)}\n`);
  else if (outcome.allowed)
    terminal.out(
      `${printable([`${nameOf(outcome.after)}: ${outcome.before.state} → ${standingText(outcome.after)}`, ...(outcome.setAside.length === 0 ? [] : [`set aside, and kept so: ${outcome.setAside.join(', ')}`])]).join('\n')}\n`,
    );
  else
    terminal.out(
      `${printable([`${nameOf(outcome.before)} stays ${outcome.before.state}:`, ...outcome.problems.flatMap(problemText)]).join('\n')}\n`,
    );
  return outcome.allowed ? 0 : 1;
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
