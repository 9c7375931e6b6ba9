/** Steps of one doubling: levels are 9 % apart. */
const steps = 8;
/** Levels reach from 1/16 to 2^27. */
const lowest = -4 * steps;
/** How many levels there are; 0 is nothing. */
export const levels = 256;

/** The level of a value, 0 to 255: a logarithm that fits into a byte. */
export function levelOf(value: number): number {
  if (!(value > 0)) return 0;
  const level = Math.round(Math.log2(value) * steps) - lowest + 1;
  return level < 1 ? 1 : level > 255 ? 255 : level;
}

/** The value that a level stands for. */
export function valueOf(level: number): number {
  return level === 0 ? 0 : (values[level] ?? 0);
}

const values = Float64Array.from({ length: levels }, (_, level) => 2 ** ((level - 1 + lowest) / steps));
