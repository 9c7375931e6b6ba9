import { existsSync, writeFileSync } from 'node:fs';
import { CastellanError } from '@castellan/contract';
import type { Report } from '@castellan/assess/posture';
import { textOfFile } from '../file-refused.ts';

/** One document in one run. */
interface Entry {
  readonly file: string;
  readonly score: number;
  readonly critical: number;
  readonly high: number;
}

/** One run. */
interface Run {
  /** Full date. */
  readonly at: string;
  readonly documents: readonly Entry[];
}

/** So many runs are kept. */
const MOST = 400;

/** The score of a document in the run before, and when that was. */
export interface Before {
  readonly at: string;
  readonly score: number;
}

/**
 * Reads the runs that were written down, and writes this one beside them; several on one day are one.
 * @param now milliseconds since 1970
 * @returns what the last run of an earlier day said of each document
 * @throws CastellanError `invalid-trend`
 */
export function keepTrend(
  path: string,
  shown: string,
  reports: readonly Report[],
  now: number,
): ReadonlyMap<string, Before> {
  const at = new Date(now).toISOString().slice(0, 10);
  const runs = existsSync(path) ? readRuns(textOfFile(path), shown) : [];
  const earlier = runs.filter((run) => run.at !== at);
  const before = new Map<string, Before>();
  for (const run of earlier) for (const { file, score } of run.documents) before.set(file, { at: run.at, score });
  const documents = reports.map(({ file, score, findings }): Entry => {
    const count = (severity: string): number => findings.filter((finding) => finding.severity === severity).length;
    return { file, score: score.value, critical: count('critical'), high: count('high') };
  });
  const kept = [...earlier, { at, documents }].slice(-MOST);
  writeFileSync(path, `${JSON.stringify({ castellan: 'trend', version: 1, runs: kept }, null, 2)}\n`);
  return before;
}

function readRuns(text: string, shown: string): readonly Run[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid(shown, cause);
  }
  const file = Object(value) as { readonly castellan?: unknown; readonly runs?: unknown };
  if (file.castellan !== 'trend' || !Array.isArray(file.runs)) throw invalid(shown);
  return file.runs.map((run: unknown): Run => {
    const { at, documents } = Object(run) as { readonly at?: unknown; readonly documents?: unknown };
    if (typeof at !== 'string' || !Array.isArray(documents)) throw invalid(shown);
    return {
      at,
      documents: documents.map((one: unknown): Entry => {
        const { file: name, score, critical, high } = Object(one) as Readonly<Record<string, unknown>>;
        if (typeof name !== 'string' || typeof score !== 'number') throw invalid(shown);
        return { file: name, score, critical: Number(critical ?? 0), high: Number(high ?? 0) };
      }),
    };
  });
}

function invalid(file: string, cause?: unknown): CastellanError {
  return new CastellanError({
    code: 'invalid-trend',
    message: 'this is no trend of castellan check',
    place: { file },
    mend: 'name another file with --trend, or delete it',
    cause,
  });
}
