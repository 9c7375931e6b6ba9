// npm run bench -- registry-kill [--rounds 100] [--seed 1] [--store pglite|postgres]: kills a registry (`kill -9`) at random moments while guards
// report to it, and counts what it has in the end.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { killRegistry, seeded } from '../../test/registry/killing.ts';
import { built } from '../../test/registry/reporters.ts';
import { startPostgres } from '../../test/real/postgres.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    store: { type: 'string', default: 'pglite' },
  },
});
execFileSync(process.execPath, [join(import.meta.dirname, '../../scripts/build.mjs')], { stdio: 'inherit' });
built.value = true;
const endings: (() => unknown)[] = [];
try {
  const postgres =
    values.store === 'postgres'
      ? await startPostgres({ after: (end) => void endings.push(end as () => unknown) })
      : undefined;
  const begin = performance.now();
  const { seen, lost, days, whole, callers, slowest, start } = await killRegistry(
    Number(values.rounds),
    seeded(Number(values.seed)),
    postgres?.url,
    (round) => void (round % 10 === 0 && console.log(`  killed ${round} times`)),
  );
  const exact = lost === 0 && [days, whole, callers].every((one) => one === seen);
  console.log(`${values.store}: killed ${values.rounds} times in ${((performance.now() - begin) / 1000).toFixed(0)} s`);
  console.log(`  requests that guards saw        ${seen}`);
  console.log(`  counted by day, whole, callers  ${days}, ${whole}, ${callers} (aim: the same)`);
  console.log(`  reports given up                ${lost} (aim: 0)`);
  console.log(`  longest wait of ten requests    ${slowest.toFixed(1)} ms`);
  console.log(`  slowest start after a kill      ${start.toFixed(0)} ms`);
  process.exitCode = exact ? 0 : 1;
} finally {
  for (const end of endings.toReversed()) await end();
}
