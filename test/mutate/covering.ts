import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runTest, type Outcome } from './run.ts';

/** What one test file runs, and how long it takes. */
export interface Covering {
  readonly test: string;
  /** Milliseconds, as measured beside whatever else the machine does. */
  readonly time: number;
  /** How many switches it passes. */
  readonly count: number;
  /** The mutants whose places it runs. */
  readonly ids: ReadonlySet<number>;
}

/** Runs a test file once and sees what it runs; undefined where it fails unchanged, and so can tell nothing. */
export async function coveringOf(root: string, test: string): Promise<Covering | undefined> {
  const parent = join(root, '.ran');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'test-'));
  try {
    const started = performance.now();
    const outcome = await runTest({ root, test, environment: { CASTELLAN_MUTANT_FOLDER: folder }, limit: 300_000 });
    if (outcome !== 'passed') return undefined;
    const time = performance.now() - started;
    const ids = new Set<number>();
    let count = 0;
    for (const name of readdirSync(folder)) {
      const part = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { count: number; ids: readonly number[] };
      count += part.count;
      for (const id of part.ids) ids.add(id);
    }
    return { test, time, count, ids };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Mutants whose numbers differ by less stand in the same lines. */
const nearby = 12;

/**
 * Chooses test files for a mutant: of those that run its place, the ones that run most of what stands around it for their
 * time. What few tests run counts most: a condition is seen by the test that goes into its branch, not by the many that pass it.
 */
export function chooser(coverings: readonly Covering[]): (id: number, most: number) => readonly Covering[] {
  const counts = new Map<number, number>();
  for (const { ids } of coverings) for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return (id, most) => {
    const around = Array.from({ length: 2 * nearby + 1 }, (_, at) => id - nearby + at);
    const worthOf = ({ ids, time }: Covering): number =>
      around.reduce((sum, other) => sum + (ids.has(other) ? 1 / (counts.get(other) ?? 1) : 0), 0) / (time + 500);
    return coverings
      .filter(({ ids }) => ids.has(id))
      .map((covering) => ({ covering, worth: worthOf(covering) }))
      .sort((a, b) => b.worth - a.worth)
      .slice(0, most)
      .map(({ covering }) => covering);
  };
}

/**
 * Whether one of the test files fails with a mutant; they run until one does. A mutant that passes twenty times as many switches
 * as usual does not come to an end; the clock is only for those that wait.
 */
export async function outcomeOf(
  root: string,
  id: number,
  chosen: readonly Covering[],
): Promise<Outcome | 'no test runs it'> {
  if (chosen.length === 0) return 'no test runs it';
  for (const { test, time, count } of chosen) {
    const outcome = await runTest({
      root,
      test,
      environment: { CASTELLAN_MUTANT: String(id), CASTELLAN_MUTANT_BOUND: String(20 * count + 1_000_000) },
      limit: 20_000 + 5 * time,
    });
    if (outcome !== 'passed') return outcome;
  }
  return 'passed';
}
