import { Session, type Profiler } from 'node:inspector';
import { chargeNatives, type Charges } from './natives.ts';

/** How often each block ran and how much each function of the engine had to read, by place. The same on every machine. */
export type Work = ReadonlyMap<string, number>;

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
  const work = new Map<string, number>(charges);
  for (const { url, scriptId, functions } of take()) {
    if (url.startsWith('node:') || url.includes('/test/work/')) continue;
    // Compiled schemas and policies have no address.
    const script = url === '' ? `compiled ${scriptId}` : url;
    for (const { functionName, ranges } of functions) {
      for (const { startOffset, count } of ranges) {
        if (count > 0) {
          const place = `${script}:${startOffset} ${functionName}`;
          work.set(place, (work.get(place) ?? 0) + count);
        }
      }
    }
  }
  return work;
}
