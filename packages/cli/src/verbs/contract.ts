import { printable } from '@castellan/assess/printable';
import { CastellanError, loadContract } from '@castellan/contract';
import { parseArguments } from '../arguments.ts';
import { printContract } from '../contract/print.ts';
import { reportOf } from '../contract/report.ts';
import { policiesFor } from '../policy/load.ts';
import { formatPolicyTable, policyTableOf } from '../policy/table.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  name: 'contract',
  help: `castellan contract FILE [options]

Loads an OpenAPI document (2.0, 3.0, 3.1, 3.2; JSON or YAML; a path or an http(s) URL) and prints its operations with the
security of each, the limits in force and where each comes from, the resources declared and inferred, what is not protected, and
what was tolerated.

  --overlay FILE   apply an OpenAPI Overlay first; may be given several times
  --policies GLOB  also who gets in by which policy: what each operation acts on, when that is decided, who may and may not
  --links FILE     templates of the policies filled
  --hierarchies    something tells what objects are in, as the option entities of the guard does
  --allow-urls     let $ref lead to other hosts
  --json           print JSON (schemas/contract-output.json)
`,
  run: async (args, terminal) => {
    const { values, positionals } = parseArguments('contract', args, {
      overlay: { type: 'string', multiple: true },
      policies: { type: 'string', multiple: true },
      links: { type: 'string' },
      hierarchies: { type: 'boolean' },
      'allow-urls': { type: 'boolean' },
      json: { type: 'boolean' },
    });
    const [file, second] = positionals;
    if (file === undefined || second !== undefined) {
      throw new CastellanError({
        code: 'usage',
        message: file === undefined ? 'no OpenAPI document given' : 'more than one OpenAPI document given',
        mend: 'write castellan contract openapi.yaml',
      });
    }
    const contract = await loadContract(file, {
      cwd: terminal.cwd,
      overlays: values.overlay ?? [],
      allowUrls: values['allow-urls'] ?? false,
    });
    const policies =
      values.policies === undefined
        ? undefined
        : policyTableOf(contract, policiesFor(contract, { ...values, policies: values.policies }, terminal));
    const report = reportOf(contract);
    terminal.out(
      values.json === true
        ? `${JSON.stringify({ ...report, ...(policies === undefined ? {} : { policies: printable(policies) }) }, null, 2)}\n`
        : `${printContract(report, terminal.interactive)}\n`,
    );
    if (policies !== undefined && values.json !== true) terminal.out(`\n${formatPolicyTable(contract, policies)}`);
    return 0;
  },
};
