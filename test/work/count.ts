import { Session, type Profiler } from 'node:inspector';
import { setFlagsFromString } from 'node:v8';
import { chargeNatives, type Charges } from './natives.ts';

/** A block of a function, by its offsets in the file, and how often it ran. Blocks that ran as often as the one around them are left out. */
type Block = Profiler.CoverageRange;

/** How often each block ran and how much each function of the engine had to read. The same on every machine. */
export interface Work {
  readonly natives: ReadonlyMap<string, number>;
  /** By file, offset and name; the whole function first. */
  readonly functions: ReadonlyMap<string, readonly Block[]>;
}

// Optimised code counts no calls, and when it is made is not the same twice.
for (const flag of ['--no-opt', '--no-maglev']) setFlagsFromString(flag);

const session = new Session();
session.connect();
// Functions that were compiled before have no counters: this module is imported first.
session.post('Profiler.enable');
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

function take(): readonly Profiler.ScriptCoverage[] {
  let taken: readonly Profiler.ScriptCoverage[] = [];
  session.post('Profiler.takePreciseCoverage', (_error, { result }) => {
    taken = result;
  });
  return taken;
}

/** Runs something and counts its work. What runs beside it is counted too: nothing may. */
export async function countWork(run: () => unknown): Promise<Work> {
  const charges: Charges = new Map();
  take();
  const restore = chargeNatives(charges);
  try {
    await run();
  } finally {
    restore();
  }
  const functions = new Map<string, readonly Block[]>();
  for (const { url, scriptId, functions: covered } of take()) {
    if (url.startsWith('node:') || url.includes('/test/work/')) continue;
    // Compiled schemas and policies have no address.
    const script = url === '' ? `compiled ${scriptId}` : url;
    for (const { functionName, ranges } of covered)
      functions.set(`${script}:${ranges[0]?.startOffset} ${functionName}`, ranges);
  }
  return { natives: charges, functions };
}

/** How much of everything, in one number. */
export function sumOf({ natives, functions }: Work): number {
  let sum = 0;
  for (const count of natives.values()) sum += count;
  for (const blocks of functions.values()) for (const { count } of blocks) sum += count;
  return sum;
}

/** Every count of `large` with the one of `small` at the same place. */
export function* compared(
  small: Work,
  large: Work,
): Generator<readonly [place: string, before: number, after: number]> {
  for (const [name, count] of large.natives) yield [name, small.natives.get(name) ?? 0, count];
  for (const [name, blocks] of large.functions) {
    const known = small.functions.get(name) ?? [];
    for (const { startOffset, endOffset, count } of blocks) {
      // Outer blocks come first.
      const around = known.findLast((block) => block.startOffset <= startOffset && endOffset <= block.endOffset);
      yield [name.replace(/:\d+ /, `:${startOffset} `), around?.count ?? 0, count];
    }
  }
}
