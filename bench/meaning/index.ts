// npm run bench -- meaning: how well purposes of operations and meanings of names are read, on the labelled table of
// conformance/meaning. Words are chosen on one half of it; the figures of the other half are those that count.
import { dataClasses, decisions, purposes } from '@castellan/meaning';
import { measure, operations, properties, type Judged } from '../../conformance/meaning/measure.ts';

const tables: readonly (readonly [title: string, judged: readonly Judged[], labels: readonly string[]])[] = [
  ['operations', operations(), purposes],
  ['properties', properties(), [...dataClasses, ...decisions]],
];
for (const [title, judged, labels] of tables) {
  const half = (name: Judged['half']): readonly Judged[] => judged.filter((one) => one.half === name);
  const [chosen, measured] = [half('chosen'), half('measured')];
  console.log(
    `## ${title}: ${judged.length} judged, words chosen on ${chosen.length}, measured on ${measured.length}\n`,
  );
  console.log('| label | precision | recall | right | wrong | missed | precision, other half | recall, other half |');
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
  const others = measure(chosen, labels);
  for (const [index, { label, precision, recall, right, wrong, missed }] of measure(measured, labels).entries()) {
    const other = others[index];
    console.log(
      `| ${label} | ${percent(precision)} | ${percent(recall)} | ${right} | ${wrong} | ${missed} | ${percent(other?.precision)} | ${percent(other?.recall)} |`,
    );
  }
  // Only those of the half that words are chosen on: the others stay unread.
  const wrong = chosen.filter(
    ({ expected, found }) => [...expected].toSorted().join() !== [...found].toSorted().join(),
  );
  console.log(`\nread otherwise, in the half that words are chosen on: ${wrong.length}`);
  for (const { name, expected, found } of wrong)
    console.log(`  ${name}: ${[...expected].join(' ') || 'none'}, read as ${[...found].join(' ') || 'none'}`);
  console.log('');
}

function percent(share = 1): string {
  return `${(share * 100).toFixed(1)} %`;
}
