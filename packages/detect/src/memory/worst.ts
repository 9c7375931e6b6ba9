import type { Worst } from '../detector.ts';
import type { Population } from './population.ts';

/**
 * The worst alarm of some measures of a member; undefined where none is one.
 * @param times the limit that is needed: more where several people stand behind the member, or nothing else is odd
 */
export function worstAlarm(
  population: Population,
  slot: number,
  measures: readonly number[],
  time: number,
  times = 1,
): Worst | undefined {
  if (slot < 0) return undefined;
  let worst: Worst | undefined;
  for (const at of measures) {
    const excess = population.alarm(slot, at, time);
    const measure = population.measures[at];
    if (excess === undefined || measure === undefined || excess.ratio < excess.limit * times) continue;
    if (worst === undefined || excess.ratio / excess.limit > worst.ratio / worst.limit)
      worst = { ...excess, name: measure.name, within: measure.halfLife * 1.5 };
  }
  return worst;
}
