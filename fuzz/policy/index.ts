// npm run fuzz -- policy [--cases 1000000] [--seed 1]: compiled policies against the official engine.
import { parseArgs } from 'node:util';
import { compare } from './compare.ts';

const { values } = parseArgs({ options: { cases: { type: 'string' }, seed: { type: 'string' } } });
const cases = Number(values.cases ?? 1_000_000);
const seed = Number(values.seed ?? 1);
if (!Number.isSafeInteger(cases) || cases < 1 || !Number.isSafeInteger(seed)) {
  console.error('fuzz policy: --cases and --seed are whole numbers');
  process.exit(2);
}

const started = Date.now();
const seconds = () => ((Date.now() - started) / 1000).toFixed(0);
const { tally, disagreement } = compare(cases, seed, 20, ({ cases: done }) => {
  if (process.stderr.isTTY) process.stderr.write(`\r${done.toLocaleString('en')} cases, ${seconds()} s `);
  else if (done % 50_000 === 0) console.log(`${done.toLocaleString('en')} cases agree, ${seconds()} s`);
});
console.log(
  `${tally.cases.toLocaleString('en')} cases of ${tally.sets.toLocaleString('en')} policy sets from seed ${seed} in ${seconds()} s: ` +
    `${tally.determined.toLocaleString('en')} determined by a policy (${tally.allowed.toLocaleString('en')} allowed), ` +
    `${tally.erring.toLocaleString('en')} with erring policies, ${tally.refused.toLocaleString('en')} refused by both`,
);
if (disagreement === undefined)
  console.log('Decision, determining policies and erring policies agree with the official engine in all of them.');
else {
  console.log(`Disagreement:\n${JSON.stringify(disagreement, undefined, 2)}`);
  process.exitCode = 1;
}
