// npm run fuzz -- filter [--sets 20000] [--seed 1]: list filters in three stores against single decisions.
import { parseArgs } from 'node:util';
import { compare } from './compare.ts';

const { values } = parseArgs({ options: { sets: { type: 'string' }, seed: { type: 'string' } } });
const sets = Number(values.sets ?? 20_000);
const seed = Number(values.seed ?? 1);
if (!Number.isSafeInteger(sets) || sets < 1 || !Number.isSafeInteger(seed)) {
  console.error('fuzz filter: --sets and --seed are whole numbers');
  process.exit(2);
}

const started = Date.now();
const seconds = () => ((Date.now() - started) / 1000).toFixed(0);
const { tally, disagreement } = await compare(sets, seed, 8, ({ sets: done }) => {
  if (process.stderr.isTTY) process.stderr.write(`\r${done.toLocaleString('en')} sets, ${seconds()} s `);
});
console.log(
  `${tally.cases.toLocaleString('en')} decisions of ${tally.sets.toLocaleString('en')} policy sets from seed ${seed} in ${seconds()} s: ` +
    `${tally.some.toLocaleString('en')} sets tell rows apart, ${tally.failing.toLocaleString('en')} rows on which a forbid failed, ` +
    `refused ${JSON.stringify(tally.refused)}`,
);
if (disagreement === undefined) console.log('Every filter selects the rows that are permitted one by one.');
else {
  console.log(
    `Disagreement:\n${JSON.stringify(disagreement, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value), 2)}`,
  );
  process.exitCode = 1;
}
