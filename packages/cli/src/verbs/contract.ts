import { CastellanError, loadContract } from '@castellan/contract';
import { parseArguments } from '../arguments.ts';
import { printContract } from '../contract/print.ts';
import { reportOf } from '../contract/report.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  name: 'contract',
  summary: 'what an API is, by its document: operations, security, limits, resources, and what is not protected',
  help: `castellan contract FILE [options]

Loads an OpenAPI document (2.0, 3.0, 3.1, 3.2; JSON or YAML; a path or an http(s) URL) and prints its operations with the
security of each, the limits in force and where each comes from, the resources declared and inferred, what is not protected, and
what was tolerated.

  --overlay FILE   apply an OpenAPI Overlay first; may be given several times
  --allow-urls     let $ref lead to other hosts
  --json           print JSON (schemas/contract-output.json)
`,
  run: async (args, terminal) => {
    const { values, positionals } = parseArguments('contract', args, {
      overlay: { type: 'string', multiple: true },
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
    terminal.out(
      values.json === true
        ? `${JSON.stringify(reportOf(contract), null, 2)}\n`
        : `${printContract(reportOf(contract), terminal.interactive)}\n`,
    );
    return 0;
  },
};
