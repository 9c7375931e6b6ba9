// Time at n and at 4n for everything that handles input: what `test/work` counts, as it takes time, and what cannot be counted
// there: patterns within one run, copies with `{ ...object }`, hashing. `--only=PART` of a name; `--all` prints those too that grow as they may.
import { parseArgs } from 'node:util';
import { answerCases } from '../../test/work/answers.ts';
import { credentialCases } from '../../test/work/credentials.ts';
import { documentCases } from '../../test/work/documents.ts';
import { fieldCases } from '../../test/work/fields.ts';
import type { Measured } from '../../test/work/measured.ts';
import { requestCases } from '../../test/work/requests.ts';
import { uncountedCases } from './uncounted.ts';

/** More than this at four times the input is mended: four, what `n log n` adds, and what memory adds. */
const most = 6;
/** Shorter than this, in milliseconds at 4n, is told by the machine and not by the work. */
const shortest = 2;
/** The largest size that is begun with. */
const largest = 1 << 16;

const { values } = parseArgs({ options: { only: { type: 'string', default: '' }, all: { type: 'boolean' } } });
const kinds = {
  uncounted: uncountedCases,
  requests: requestCases,
  fields: fieldCases,
  credentials: credentialCases,
  answers: answerCases,
  documents: documentCases,
};

/** The best of several runs, in milliseconds; undefined where a limit ends the work before the end of such an input. */
async function time(measured: Measured, n: number, runs: number): Promise<number | undefined> {
  let best = Infinity;
  try {
    for (let run = 0; run < runs; run++) {
      const work = await measured.prepare(n);
      globalThis.gc?.();
      const start = process.cpuUsage();
      const from = performance.now();
      await work();
      const used = process.cpuUsage(start);
      // What waits is not what works; collection beside it counts, a busy machine does not.
      best = Math.min(best, performance.now() - from, (used.user + used.system) / 1000);
    }
  } catch (error) {
    // What fails at its first size measures nothing.
    if (n === measured.n) throw error;
    return undefined;
  }
  return best;
}

let told = 0;
let short = 0;
const grown: string[] = [];
console.log('  ms at n     at 4n     times');
for (const [kind, cases] of Object.entries(kinds))
  for (const [name, measured] of Object.entries(cases)) {
    const label = `${kind}: ${name}`;
    if (!label.includes(values.only)) continue;
    // From the size that is counted to the largest that limits allow or that takes 50 ms: the worst step of them.
    let worst: { growth: number; row: string } | undefined;
    let small = await time(measured, measured.n, 3);
    for (let n = measured.n; small !== undefined && small < 50 && n <= largest; n *= 4) {
      let large = await time(measured, 4 * n, 3);
      if (large !== undefined && large > shortest && large > most * small) {
        small = Math.min(small, (await time(measured, n, 9)) ?? small);
        large = Math.min(large, (await time(measured, 4 * n, 9)) ?? large);
      }
      if (large !== undefined && large > shortest) {
        const growth = large / small;
        const numbers = [small.toFixed(2), large.toFixed(2), growth.toFixed(1)].map((text) => text.padStart(9));
        if (worst === undefined || growth > worst.growth)
          worst = { growth, row: `${numbers.join(' ')}  ${label}, ${n} → ${4 * n}` };
      }
      small = large;
    }
    if (worst === undefined) short += 1;
    else {
      told += 1;
      if (worst.growth > most) grown.push(worst.row);
      if (values.all === true || worst.growth > 5) console.log(worst.row);
    }
  }
console.log(`${told} kinds of input told, ${short} too short to tell; ${grown.length} grow more than ${most} times`);
for (const row of grown) console.log(row);
process.exitCode = grown.length === 0 ? 0 : 1;
