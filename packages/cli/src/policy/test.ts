import { printable } from '@castellan/assess/printable';
import { CastellanError } from '@castellan/contract';
import { explainInWords, runScenarios, type ConditionCoverage, type ScenarioReport } from '@castellan/policy';
import { parseArguments, usage } from '../arguments.ts';
import type { ExitStatus, Terminal } from '../verb.ts';
import { evidenceOfScenarios, writeEvidence } from './evidence.ts';
import { loadPolicySet, policyOptions } from './load.ts';
import { scenarioFiles } from './scenario-files.ts';

/** `castellan policy test DIR`: scenarios against policies. */
export async function test(args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  const { values, positionals } = parseArguments('policy', args, {
    ...policyOptions,
    evidence: { type: 'string' },
  });
  const [folder, second] = positionals;
  if (folder === undefined || second !== undefined) {
    throw new CastellanError({
      code: 'usage',
      message: 'give one folder of scenarios',
      mend: 'write castellan policy test scenarios --contract openapi.yaml',
    });
  }
  const files = scenarioFiles(folder, terminal.cwd);
  const { set, sensitive, contract } = await loadPolicySet(values, terminal);
  if (values.evidence !== undefined && contract === undefined)
    throw usage('--evidence is about the operations of a contract', 'write --contract openapi.yaml');
  const report = runScenarios(set, files, sensitive);
  if (values.evidence !== undefined && contract !== undefined)
    await writeEvidence(values.evidence, evidenceOfScenarios(contract, files, report, Date.now()), terminal.cwd);
  terminal.out(values.json === true ? `${JSON.stringify(report, undefined, 2)}\n` : inWords(report));
  return report.results.every(({ passed }) => passed) ? 0 : 1;
}

function inWords({ results, coverage }: ScenarioReport): string {
  const lines: string[] = [];
  for (const { file, name, passed, expected, explanation, missing } of results) {
    lines.push(`${passed ? '✔' : '✖'} ${name}`);
    if (passed) continue;
    lines.push(`    ${file}: expected ${expected}${missing === undefined ? '' : ` because ${missing}`}, got:`);
    lines.push(...explainInWords(explanation).map((line) => `    ${line}`));
  }
  const failed = results.filter(({ passed }) => !passed).length;
  lines.push('', `${results.length} scenarios, ${failed} failed`, ...coverageInWords(coverage));
  return `${printable(lines).join('\n')}\n`;
}

function coverageInWords(coverage: readonly ConditionCoverage[]): string[] {
  const open = coverage.filter(({ wasTrue, wasFalse }) => !wasTrue || !wasFalse);
  const covered = coverage.length - open.length;
  const lines = [`${covered} of ${coverage.length} conditions were tried both ways`];
  for (const { policyId, place, condition, wasTrue, wasFalse } of open) {
    const never = !wasTrue && !wasFalse ? 'evaluated' : wasTrue ? 'false' : 'true';
    lines.push(`    ${policyId} (${place}): never ${never}: ${condition}`);
  }
  return lines;
}
