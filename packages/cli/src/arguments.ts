import { parseArgs, type ParseArgsConfig } from 'node:util';
import { CastellanError } from '@castellan/contract';

type Options = NonNullable<ParseArgsConfig['options']>;

/**
 * Parses a verb's arguments strictly; an unknown option is a usage error with the nearest known one.
 * @throws CastellanError `usage`
 */
export function parseArguments<const T extends Options>(verb: string, args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('. ')[0] ?? error.message) : String(error);
    const written = /'(-[^' ]*)/.exec(message)?.[1]?.replace(/^-+/, '');
    const near = written === undefined ? undefined : nearest(written, Object.keys(options));
    throw new CastellanError({
      code: 'usage',
      message,
      mend: near === undefined ? `see castellan ${verb} --help` : `did you mean --${near}?`,
    });
  }
}

/** A mistake on a command line: one line with what is wrong, and what to write. */
export function usage(message: string, mend: string): CastellanError {
  return new CastellanError({ code: 'usage', message, mend });
}

/** The candidate within two edits of what was written, if any. */
export function nearest(written: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = 3;
  for (const candidate of candidates) {
    const distance = editDistance(written, candidate, bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      current[j] = Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + cost);
    }
    previous = current;
  }
  return previous[b.length] ?? limit;
}
