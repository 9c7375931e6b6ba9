import { CastellanError, type Place } from '@castellan/contract';
import type { Finding } from './finding.ts';

/**
 * Fingerprints of findings that were there when the baseline was written. A finding for the whole document is known for
 * the operations that it had then, and no others; `all` where the baseline does not say which.
 */
export type Baseline = ReadonlyMap<string, ReadonlySet<string> | 'all'>;

/** A baseline as a file: what is known today, so that only what is new fails a build. */
export function writeBaseline(findings: readonly Finding[]): string {
  const known = findings
    .map((finding) => {
      const { fingerprint, rule, location, place, operations } = finding;
      const at = location?.pointer ?? place.file;
      return { fingerprint, rule, at, ...(isOfDocument(finding) ? { operations: operations.toSorted() } : {}) };
    })
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
  return new Map(
    file.findings.map((entry: unknown) => {
      const { fingerprint, operations } = Object(entry) as Readonly<Record<string, unknown>>;
      return [
        String(fingerprint),
        Array.isArray(operations) ? new Set(operations.map(String)) : ('all' as const),
      ] as const;
    }),
  );
}

/** What a baseline does not know: new findings, and what new operations add to those of the whole document. */
export function newSince(baseline: Baseline, findings: readonly Finding[]): readonly Finding[] {
  return findings.flatMap((finding) => {
    const known = baseline.get(finding.fingerprint);
    if (known === undefined) return [finding];
    if (known === 'all' || !isOfDocument(finding)) return [];
    const operations = finding.operations.filter((operation) => !known.has(operation));
    if (operations.length === 0) return [];
    return [{ ...finding, operations, message: `${finding.message}; new since the baseline: ${named(operations)}` }];
  });
}

/** The first five. */
function named(operations: readonly string[]): string {
  const more = operations.length - 5;
  return `${operations.slice(0, 5).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Whether the root cause is the document and not something in it: then each operation has the weakness by itself. */
function isOfDocument({ location }: Finding): boolean {
  return location?.pointer === '';
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
