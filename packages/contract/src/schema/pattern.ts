import { compilePattern, type Pattern } from '../regex/index.ts';

const known = new Map<string, Pattern>();

/** So many patterns are kept; beyond, they are compiled again. */
const KEPT = 10_000;

/**
 * The compiled form of a `pattern`, the same object for the same pattern.
 *
 * @param maxLength of the texts that it will see, in characters; what can be slow on long texts is harmless on short ones
 */
export function patternOf(source: string, maxLength: number): Pattern {
  const key = `${maxLength} ${source}`;
  let pattern = known.get(key);
  if (pattern === undefined) {
    pattern = compilePattern(source, { maxLength });
    if (known.size < KEPT) known.set(key, pattern);
  }
  return pattern;
}
