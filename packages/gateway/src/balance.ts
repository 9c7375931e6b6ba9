/** Something that gets a share of the requests. */
interface Weighted {
  /** A whole number of at least 0. */
  readonly weight: number;
}

/**
 * Gives each its share of the requests, evenly mixed (smooth weighted round-robin): of 2 and 1, a b a, a b a.
 * @returns the next one, each time it is called; undefined where none gets any
 */
export function balance<T extends Weighted>(all: readonly T[]): () => T | undefined {
  const some = all.filter(({ weight }) => weight > 0);
  if (some.length <= 1) return () => some[0];
  const total = some.reduce((sum, { weight }) => sum + weight, 0);
  const credit = some.map(() => 0);
  return () => {
    let best = 0;
    for (let i = 0; i < some.length; i++) {
      credit[i] = (credit[i] ?? 0) + (some[i]?.weight ?? 0);
      if ((credit[i] ?? 0) > (credit[best] ?? 0)) best = i;
    }
    credit[best] = (credit[best] ?? 0) - total;
    return some[best];
  };
}
