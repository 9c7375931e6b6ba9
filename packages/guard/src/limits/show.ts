import type { Contract } from '@castellan/contract';
import { lookInto } from '../state/look.ts';
import type { StateOptions } from '../state/index.ts';
import type { LimitSettings } from './effective.ts';
import { limitsOf, type Principal, type PrincipalLimit } from './left.ts';
import { Limiters } from './limiters.ts';

/** What a guard without options has. */
const defaults: Omit<LimitSettings, 'perAddress'> = { perPrincipal: { count: 1200, seconds: 60 }, byMeaning: true };

/**
 * What one principal took of the limits and budgets of an API, and may still take, by the state of its guards.
 * @param settings of the guards; those of a guard without options where not given
 * @throws CastellanError `no-state`, `bad-state`, `state-unreachable`
 */
export async function showLimits(
  contract: Contract,
  options: StateOptions,
  principal: Principal,
  settings: Omit<LimitSettings, 'perAddress'> = defaults,
  clock: () => number = Date.now,
): Promise<readonly PrincipalLimit[]> {
  const state = await lookInto(options, clock);
  try {
    return await limitsOf({ contract, limiters: new Limiters(clock, () => state) }, settings, principal);
  } finally {
    await state.close();
  }
}
