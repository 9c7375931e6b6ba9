import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { loadContract } from '@castellan/contract';
import { checkContract, contractRules, type Finding } from '@castellan/assess/posture';

const root = join(import.meta.dirname, '../..');
const SEED = 20_261_125;
/** The clock of the sample: what it finds must not change with the day. */
const NOW = Date.parse('2026-11-25');
/** Of one rule at most so many are drawn, so that the few frequent rules, which are easy, do not fill the sample. */
const MOST_OF_ONE_RULE = 18;
export const SIZE = 300;

export interface Drawn {
  readonly document: string;
  readonly finding: Finding;
}

/** The real documents that precision is measured on; undefined where they are not on this machine. */
export function realDocuments(): readonly string[] | undefined {
  const contracts = join(root, '../shared/contracts');
  if (!existsSync(contracts)) return undefined;
  return [
    join(root, 'node_modules/@octokit/openapi/generated/api.github.com.json'),
    join(root, 'node_modules/@figma/rest-api-spec/openapi/openapi.yaml'),
    join(root, 'node_modules/@netlify/open-api/dist/swagger.json'),
    join(contracts, 'asana.yaml'),
    join(contracts, 'box.json'),
    ...readdirSync(join(contracts, 'adyen'))
      .toSorted()
      .map((name) => join(contracts, 'adyen', name)),
  ];
}

/** Every finding on the real documents, at profile standard. */
export async function allFindings(files: readonly string[]): Promise<Drawn[]> {
  const found: Drawn[] = [];
  for (const file of files) {
    const contract = await loadContract(file);
    const document = relative(join(root, '..'), file).replace(/^.*node_modules/, 'node_modules');
    for (const finding of checkContract(contract, { rules: contractRules, now: NOW, profile: 'standard' }))
      found.push({ document, finding });
  }
  return found;
}

/** 300 of them, ordered by a hash with a fixed seed, so that a changed rule changes only its own part of the sample; at most eighteen of one rule. */
export function draw(findings: readonly Drawn[]): Drawn[] {
  const shuffled = findings
    .map((drawn) => ({
      drawn,
      key: createHash('sha256').update(`${SEED} ${drawn.document} ${drawn.finding.fingerprint}`).digest('hex'),
    }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const perRule = new Map<string, number>();
  const sample: Drawn[] = [];
  for (const { drawn } of shuffled) {
    const number = perRule.get(drawn.finding.rule) ?? 0;
    if (number >= MOST_OF_ONE_RULE || sample.length === SIZE) continue;
    perRule.set(drawn.finding.rule, number + 1);
    sample.push(drawn);
  }
  return sample;
}
