import { callerMeasures } from './measures.ts';
import type { Memory } from './memory.ts';

const { odd } = callerMeasures.at;
/** How far beyond a limit it is that stands alone. */
const alone = 1.4;

/**
 * How far beyond its limit a count of answers has to be: further, where nothing else is odd about the caller. Honest callers do
 * more than ever now and then; they hardly ever do so from another place, with another program and refused besides.
 */
export function limitAlone({ callers }: Memory, caller: number): number {
  return callers.value(caller, odd) >= 0.5 ? 1 : alone;
}
