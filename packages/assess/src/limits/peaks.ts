/**
 * The most calls in any window.
 * @param times milliseconds, ascending
 * @param window milliseconds
 */
export function peakOf(times: readonly number[], window: number): number {
  let most = 0;
  let from = 0;
  for (let to = 0; to < times.length; to++) {
    while ((times[to] ?? 0) - (times[from] ?? 0) >= window) from += 1;
    most = Math.max(most, to - from + 1);
  }
  return most;
}

/** The value that this share of the values does not exceed. @param sorted ascending, not empty */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))] ?? 0;
}

/**
 * What no honest caller reaches as far as callers are alike: three interquartile ranges above the third quartile, of the logarithms
 * (Tukey's outer fence). A quarter of all callers may attack and it does not move.
 * @param sorted peaks, ascending, not empty
 */
export function fenceOf(sorted: readonly number[]): number {
  const [low, high] = [Math.log(quantile(sorted, 0.25)), Math.log(quantile(sorted, 0.75))];
  // Callers who are all alike are no reason to call twice as many calls an attack.
  return Math.exp(high + 3 * Math.max(high - low, Math.log(2)));
}

const steps = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** The next number that people write. */
export function rounded(count: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, count)));
  for (const step of steps) if (step * power >= count && Number.isInteger(step * power)) return step * power;
  return 10 * power;
}
