import { CastellanError, type Place } from '@castellan/contract';
import type { Finding } from './finding.ts';

/** What a baseline knows of one finding. */
interface Known {
  /** Of a finding for the whole document: the operations that it had. Undefined where the baseline does not say. */
  readonly operations: ReadonlySet<string> | undefined;
  /** What it was found in. */
  readonly members: ReadonlySet<string> | undefined;
}

/**
 * Findings that were there when the baseline was written, by their fingerprints. One that speaks of several things is known
 * for those that it had then, and no others.
 */
export type Baseline = ReadonlyMap<string, Known>;

/** A baseline as a file: what is known today, so that only what is new fails a build. */
export function writeBaseline(findings: readonly Finding[]): string {
  const known = findings
    .map((finding) => {
      const { fingerprint, rule, location, place, operations, members } = finding;
      const at = location?.pointer ?? place.file;
      return {
        fingerprint,
        rule,
        at,
        ...(isOfDocument(finding) ? { operations: operations.toSorted() } : {}),
        ...(members === undefined ? {} : { members }),
      };
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
      const { fingerprint, operations, members } = Object(entry) as Readonly<Record<string, unknown>>;
      return [String(fingerprint), { operations: setOf(operations), members: setOf(members) }] as const;
    }),
  );
}

function setOf(value: unknown): ReadonlySet<string> | undefined {
  return Array.isArray(value) ? new Set(value.map(String)) : undefined;
}

/** What a baseline does not know: new findings, and new operations and members of those that it knows. */
export function newSince(baseline: Baseline, findings: readonly Finding[]): readonly Finding[] {
  return findings.flatMap((finding) => {
    const known = baseline.get(finding.fingerprint);
    if (known === undefined) return [finding];
    const operations = isOfDocument(finding) ? without(finding.operations, known.operations) : [];
    const members = without(finding.members ?? [], known.members);
    if (operations.length + members.length === 0) return [];
    return [
      {
        ...finding,
        ...(operations.length > 0 ? { operations } : {}),
        ...(members.length > 0 ? { members } : {}),
        message: `${finding.message}; new since the baseline: ${named(members.length > 0 ? members : operations)}`,
      },
    ];
  });
}

/** Nothing, where it is not known what there was. */
function without(names: readonly string[], known: ReadonlySet<string> | undefined): readonly string[] {
  return known === undefined ? [] : names.filter((name) => !known.has(name));
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
