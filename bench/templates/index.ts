// npm run bench -- templates [--seed 1] [--document NAME]: traffic made of documents, folded back into templates without seeing them.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadContract } from '@castellan/contract';
import { fold, traffics } from '../../packages/assess/test/paths/fold.ts';

const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, document: { type: 'string' }, traffic: { type: 'string' } },
});
const root = join(import.meta.dirname, '../..');
const shared = join(root, '../shared/contracts');
const adyen = join(shared, 'adyen');
const documents: readonly (readonly [name: string, file: string])[] = [
  ['github', join(root, 'node_modules/@octokit/openapi/generated/api.github.com.json')],
  ['box', join(shared, 'box.json')],
  ['asana', join(shared, 'asana.yaml')],
  ...(existsSync(adyen) ? readdirSync(adyen).map((name) => [name, join(adyen, name)] as const) : []),
  // Their failures were looked at while rules were made: not blind, only not what rules were made for.
  ['netlify', join(root, 'node_modules/@netlify/open-api/dist/swagger.json')],
  ['figma', join(root, 'node_modules/@figma/rest-api-spec/openapi/openapi.yaml')],
];
const percent = (part: number): string => `${(part * 100).toFixed(1)} %`.padStart(8);

console.log('aims: right at least 98.0 %, merged 0, where values have a form or an operation has enough calls');
console.log(
  `${'document'.padEnd(32)} ${'traffic'.padEnd(22)} ${'right'.padStart(8)} ${'unsure'.padStart(8)} ${'wrong'.padStart(8)} ${'exact'.padStart(8)} ${'doubted'.padStart(8)} merged`,
);
const total = new Map<string, { operations: number; right: number; merged: number }>();
for (const [name, file] of documents) {
  if (!existsSync(file) || (values.document !== undefined && values.document !== name)) continue;
  const contract = await loadContract(file);
  for (const traffic of traffics) {
    if (values.traffic !== undefined && !traffic.name.startsWith(values.traffic)) continue;
    // A hundred calls of a thousand operations with words in all places takes a minute by itself.
    if (contract.operations.length > 1_000 && traffic.name.startsWith('words') && values.document === undefined)
      continue;
    const { right, unsure, doubted, exact, merged } = fold(contract, traffic, Number(values.seed));
    console.log(
      `${name.padEnd(32)} ${traffic.name.padEnd(22)} ${percent(right)} ${percent(unsure)} ${percent(1 - right - unsure)} ${percent(exact)} ${percent(doubted)} ${String(merged.length).padStart(6)}`,
    );
    const sum = total.get(traffic.name) ?? { operations: 0, right: 0, merged: 0 };
    sum.operations += contract.operations.length;
    sum.right += right * contract.operations.length;
    sum.merged += merged.length;
    total.set(traffic.name, sum);
  }
}
for (const [name, { operations, right, merged }] of total)
  console.log(
    `${'all'.padEnd(32)} ${name.padEnd(22)} ${percent(right / operations)} ${''.padStart(8)} ${String(merged).padStart(6)}`,
  );
