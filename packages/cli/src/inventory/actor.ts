import { userInfo } from 'node:os';
import { lifecycleRoles, lifecycleStates, type LifecycleState, type Who } from '@castellan/registry';
import { usage } from '../arguments.ts';
import { oneOf } from '../check/choice.ts';
import type { InventoryCall } from './arguments.ts';

/** Who decides: whoever may open the store may say so. */
export function actorOf({ by, role }: InventoryCall['values']): Who {
  return { actor: by ?? userInfo().username, roles: [oneOf('role', role, lifecycleRoles) ?? 'administrator'] };
}

/**
 * A state that was written.
 * @throws CastellanError `usage`
 */
export function stateNamed(text: string): LifecycleState {
  const found = lifecycleStates.find((one) => one === text);
  if (found !== undefined) return found;
  // The command says it as people do.
  const verbs: Readonly<Record<string, LifecycleState>> = {
    publish: 'published',
    deprecate: 'deprecated',
    retire: 'retired',
  };
  const meant = Object.hasOwn(verbs, text) ? verbs[text] : undefined;
  throw usage(
    `there is no state '${text.slice(0, 40)}'`,
    meant === undefined ? `write ${lifecycleStates.join(', ')}` : `did you mean ${meant}?`,
  );
}

/**
 * A full date that was written.
 * @throws CastellanError `usage`
 */
export function dateNamed(option: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(text))
    throw usage(`--${option} ${text.slice(0, 40)} is no day`, `write --${option} 2027-06-30`);
  return text;
}
