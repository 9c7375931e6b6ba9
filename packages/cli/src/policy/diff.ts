import { globSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { diffPolicies, formatChanges, type PolicyText } from '@castellan/assess/diff';
import { atLeast } from '@castellan/assess/posture';
import { printable } from '@castellan/assess/printable';
import { CastellanError, loadContract } from '@castellan/contract';
import {
  compareScenarios,
  compilePolicies,
  policySchema,
  type PolicySet,
  type ScenarioDecision,
  type ScenarioDifference,
} from '@castellan/policy';
import { parseArguments } from '../arguments.ts';
import { oneOf } from '../check/choice.ts';
import type { ExitStatus, Terminal } from '../verb.ts';
import { scenarioFiles } from './scenario-files.ts';

/** `castellan policy diff`: what became of each policy whose text changed, and of the scenarios. */
export async function diff(args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  const { values } = parseArguments('policy', args, {
    contract: { type: 'string' },
    overlay: { type: 'string', multiple: true },
    policies: { type: 'string', multiple: true },
    'old-policies': { type: 'string', multiple: true },
    scenarios: { type: 'string' },
    'fail-on': { type: 'string' },
    json: { type: 'boolean' },
  });
  if (values.contract === undefined) throw usage('no --contract given', 'write --contract openapi.yaml');
  if (values['old-policies'] === undefined || values.policies === undefined)
    throw usage(
      'two sets of policies are compared',
      "write --old-policies 'old/*.cedar' --policies 'policies/*.cedar'",
    );
  const failOn = oneOf('fail-on', values['fail-on'], ['high', 'medium', 'low', 'info', 'none']) ?? 'high';
  const contract = await loadContract(values.contract, { cwd: terminal.cwd, overlays: values.overlay ?? [] });
  const [before, after] = [textsOf(values['old-policies'], terminal), textsOf(values.policies, terminal)];
  const changes = diffPolicies(before, after, contract);
  const schema = policySchema(contract).json;
  const compiled = (policies: readonly PolicyText[]): PolicySet =>
    compilePolicies({ policies, schema, validation: 'off' });
  const scenarios =
    values.scenarios === undefined
      ? []
      : compareScenarios(compiled(before), compiled(after), scenarioFiles(values.scenarios, terminal.cwd));
  if (values.json === true) terminal.out(`${JSON.stringify(printable({ changes, scenarios }), undefined, 2)}\n`);
  else {
    terminal.out(formatChanges(changes, 'text', 'policies', { version: '', folder: '' }));
    terminal.out(inWords(scenarios));
  }
  return failOn !== 'none' && changes.some(({ kind, severity }) => kind === 'security' && atLeast(severity, failOn))
    ? 1
    : 0;
}

function inWords(scenarios: readonly ScenarioDifference[]): string {
  const by = ({ decision, policies }: ScenarioDecision): string =>
    policies.length === 0 ? decision : `${decision} by ${policies.join(', ')}`;
  const lines = scenarios.map(
    ({ file, name, expected, before, after }) =>
      `${file}: ${name}: ${by(before)}, now ${by(after)}${after.decision === expected ? '' : `; expected ${expected}`}\n`,
  );
  return (
    printable(lines)
      .map((line) => line.trimEnd())
      .join('\n') + (lines.length === 0 ? '' : '\n')
  );
}

function textsOf(globs: readonly string[], { cwd }: Terminal): PolicyText[] {
  return globs.flatMap((glob) => {
    const files = globSync(glob, { cwd }).toSorted();
    if (files.length === 0)
      throw new CastellanError({
        code: 'no-policies',
        message: 'no file of policies is called so',
        place: { file: glob },
        mend: 'check the path',
      });
    return files.map((file) => ({
      file: relative(cwd, resolve(cwd, file)) || join(file),
      text: readFileSync(resolve(cwd, file), 'utf8'),
    }));
  });
}

const usage = (message: string, mend: string): CastellanError => new CastellanError({ code: 'usage', message, mend });
