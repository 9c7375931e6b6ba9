import { formatPlace, type CastellanError } from '@castellan/contract';
import { printable } from '@castellan/assess/printable';
import { PoliciesError, type PolicyFinding } from '@castellan/policy';
import { parseArguments } from '../arguments.ts';
import type { ExitStatus, Terminal } from '../verb.ts';
import { loadPolicySet, policyOptions, type LoadedPolicySet } from './load.ts';
import { severities, failing, type Severity } from './severity.ts';

/** `castellan policy check`: what is wrong with policies. */
export async function check(args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  const { values } = parseArguments('policy', args, {
    ...policyOptions,
    'fail-on': { type: 'string', default: 'high' },
  });
  const threshold = failing(values['fail-on']);
  let loaded: LoadedPolicySet;
  try {
    loaded = await loadPolicySet(values, terminal, 'allow');
  } catch (error) {
    if (!(error instanceof PoliciesError)) throw error;
    print(
      error.problems.map((problem) => ({ severity: 'error', code: problem.code, problem })),
      values.json === true,
      terminal,
    );
    return 1;
  }
  const findings = loaded.set.check();
  print(findings, values.json === true, terminal);
  if (values.json !== true) terminal.out(summary(loaded, findings));
  return findings.some(({ severity }) => severities.indexOf(severity) >= severities.indexOf(threshold)) ? 1 : 0;
}

interface Line {
  readonly severity: Severity | 'error';
  readonly code: string;
  readonly policyId?: string;
  readonly problem: CastellanError;
}

function print(lines: readonly Line[], json: boolean, terminal: Terminal): void {
  if (json) {
    const items = lines.map(({ severity, code, policyId, problem: { what, place, fix } }) => ({
      severity,
      code,
      policyId,
      message: what,
      place,
      fix,
    }));
    terminal.out(`${JSON.stringify(items, undefined, 2)}\n`);
    return;
  }
  for (const { severity, problem } of lines) {
    const place = problem.place === undefined ? '' : `${formatPlace(problem.place)}: `;
    terminal.out(`${printable(`${place}${severity}: ${problem.what}`)}\n    ${printable(problem.fix)}\n`);
  }
}

function summary({ set, files, contract }: LoadedPolicySet, findings: readonly PolicyFinding[]): string {
  const against =
    contract === undefined ? 'not type-checked: give --contract' : `type-checked against ${printable(contract.title)}`;
  const count = (number: number, one: string, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;
  return `${count(set.ids.length, 'policy', 'policies')} in ${count(files.length, 'file')}, ${against}, ${count(findings.length, 'finding')}\n`;
}
