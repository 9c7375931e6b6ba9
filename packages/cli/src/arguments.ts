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
    const meant = written === undefined ? [] : meantBy(written, Object.keys(options));
    throw new CastellanError({
      code: 'usage',
      message,
      mend: meant.length === 0 ? `see castellan ${verb} --help` : `did you mean ${listed(meant)}?`,
    });
  }
}

/** The option within two edits, or else up to three that share a word with what was written: `audit-file`, `audit-dir`. */
function meantBy(written: string, names: readonly string[]): readonly string[] {
  const near = nearest(written, names);
  if (near !== undefined) return [near];
  const words = new Set(written.toLowerCase().split('-'));
  const shared = (name: string): number => name.split('-').filter((word) => words.has(word)).length;
  const most = Math.max(0, ...names.map(shared));
  return most === 0 ? [] : names.filter((name) => shared(name) === most).slice(0, 3);
}

function listed(names: readonly string[]): string {
  const flags = names.map((name) => `--${name}`);
  const last = flags.pop() ?? '';
  return flags.length === 0 ? last : `${flags.join(', ')} or ${last}`;
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
