import { CastellanError, type Place } from '@castellan/contract';
import type { Finding } from './finding.ts';

/** Fingerprints of findings that were there when the baseline was written. */
export type Baseline = ReadonlySet<string>;

/** A baseline as a file: what is known today, so that only what is new fails a build. */
export function writeBaseline(findings: readonly Finding[]): string {
  const known = findings
    .map(({ fingerprint, rule, location, place }) => ({ fingerprint, rule, at: location?.pointer ?? place.file }))
    .toSorted((a, b) => (a.rule + a.at < b.rule + b.at ? -1 : 1));
  return `${JSON.stringify({ castellan: 'baseline', version: 1, findings: known }, null, 2)}\n`;
}

/** @throws CastellanError `invalid-baseline` */
export function readBaseline(text: string, place: Place): Baseline {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid(place, 'the baseline is not JSON', cause);
  }
  const file = value as { readonly castellan?: unknown; readonly findings?: unknown } | null;
  if (typeof file !== 'object' || file?.castellan !== 'baseline' || !Array.isArray(file.findings))
    throw invalid(place, 'this is no baseline of castellan check');
  return new Set(
    file.findings.map((entry: unknown) => String((entry as { readonly fingerprint?: unknown } | null)?.fingerprint)),
  );
}

function invalid(place: Place, message: string, cause?: unknown): CastellanError {
  return new CastellanError({
    code: 'invalid-baseline',
    message,
    place,
    mend: 'write it anew with --update-baseline',
    cause,
  });
}
