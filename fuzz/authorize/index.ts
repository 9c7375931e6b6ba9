// npm run fuzz -- authorize [--cases 1000000] [--seed 1]: who may see and change what, against a slow reference.
import { parseArgs } from 'node:util';
import { run } from './run.ts';

const { values } = parseArgs({ options: { cases: { type: 'string' }, seed: { type: 'string' } } });
const total = Number(values.cases ?? 1_000_000);
const seed = Number(values.seed ?? 1);
if (!Number.isSafeInteger(total) || total < 1 || !Number.isSafeInteger(seed)) {
  console.error('fuzz authorize: --cases and --seed are whole numbers');
  process.exit(2);
}

const step = 50_000;
const started = performance.now();
const counts = { leaks: 0, refusals: 0, handled: 0, answered: 0 };
for (let from = 0; from < total; from += step) {
  const to = Math.min(from + step, total);
  const { handled, answered, failures } = await run(seed, from, to);
  counts.handled += handled;
  counts.answered += answered;
  for (const { what } of failures) counts[what === 'leak' ? 'leaks' : 'refusals']++;
  for (const { what, index, detail } of failures.slice(0, 3)) console.log(`${what}, case ${index}: ${detail}`);
  console.log(`${to.toLocaleString('en')} cases, ${((performance.now() - started) / 1000).toFixed(0)} s`);
}
console.log(
  `seed ${seed}: ${total.toLocaleString('en')} cases, ${counts.handled.toLocaleString('en')} handled, ` +
    `${counts.answered.toLocaleString('en')} answered; ${counts.leaks} leaks, ${counts.refusals} false refusals`,
);
process.exitCode = counts.leaks + counts.refusals === 0 ? 0 : 1;
