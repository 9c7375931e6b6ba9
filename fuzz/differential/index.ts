// npm run fuzz -- differential [--cases N] [--seed N] [--only FRAMEWORK]
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { nginxInstalled } from './nginx.ts';
import { runInParallel } from './parallel.ts';
import { pastFailures } from './past.ts';
import { run, type Outcome } from './run.ts';

const { values } = parseArgs({
  options: { cases: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' } },
});
const total = Number(values.cases ?? 5_000_000);
const seed = Number(values.seed ?? 2);
const options = {
  seed,
  nginxEvery: values.only === undefined && nginxInstalled() ? 8 : 0,
  bareEvery: 8,
  only: values.only,
  everyFramework: true,
};

const past = pastFailures();
let failed = tell(
  'past failures',
  await run({ ...options, nginxEvery: options.nginxEvery && 1, bareEvery: 1, from: 0, to: past.length }, past),
);

const step = 100_000;
const counts: Record<string, number> = {};
const started = performance.now();
for (let from = 0; from < total; from += step) {
  const outcome = await runInParallel({ ...options, from, to: Math.min(from + step, total) }, availableParallelism());
  for (const [name, count] of Object.entries(outcome.passed)) counts[name] = (counts[name] ?? 0) + count;
  failed += tell(
    `seed ${seed}, cases ${from} to ${from + outcome.cases}, ${((performance.now() - started) / 1000).toFixed(0)} s`,
    outcome,
  );
}
console.log(`let through and compared: ${JSON.stringify(counts)}`);
process.exitCode = failed === 0 ? 0 : 1;

function tell(what: string, outcome: Outcome): number {
  console.log(`${what}: ${outcome.cases} cases, ${outcome.differences.length} differences`);
  for (const { target, id, what: difference, bytes } of outcome.differences.slice(0, 20)) {
    console.log(`  ${target}, case ${id}: ${difference}`);
    // Ready for past-failures.json.
    console.log(`    ${JSON.stringify(Buffer.from(bytes, 'base64').toString('latin1'))}`);
  }
  return outcome.differences.length;
}
