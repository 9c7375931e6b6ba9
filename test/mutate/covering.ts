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

/**
 * Whether a test that runs the place of a mutant fails with it. Test files that do are run until one fails: first those that
 * run most of what stands near it for their time. A mutant that passes twenty times as many switches as usual does not come to
 * an end; the clock is only for those that wait.
 * @param near the mutants of the same file
 * @param most how many test files at most
 */
export async function outcomeOf(
  root: string,
  id: number,
  near: readonly number[],
  coverings: readonly Covering[],
  most: number,
): Promise<Outcome | 'no test runs it'> {
  const covering = coverings
    .filter(({ ids }) => ids.has(id))
    .map((one) => ({ ...one, worth: near.filter((other) => one.ids.has(other)).length / (one.time + 500) }))
    .sort((a, b) => b.worth - a.worth)
    .slice(0, most);
  if (covering.length === 0) return 'no test runs it';
  for (const { test, time, count } of covering) {
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
