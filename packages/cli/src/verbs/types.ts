import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CastellanError, generateTypes, loadContract } from '@castellan/contract';
import { printableOutput } from '@castellan/assess/printable';
import { parseArguments } from '../arguments.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  name: 'types',
  help: `castellan types FILE [options]

Writes a TypeScript module with an interface Operations: the parameters, body and responses of each operation as handlers
see them (decoded, with defaults, without what may not travel in that direction). Give it to the guard:

  const guard = await createGuard<Operations>({ contract: 'openapi.yaml' });
  const { parameters, body } = guard.operation('editSection').of(request);

  --output FILE    write there instead of standard output
  --overlay FILE   apply an OpenAPI Overlay first; may be given several times
  --allow-urls     let $ref lead to other hosts
`,
  run: async (args, terminal) => {
    const { values, positionals } = parseArguments('types', args, {
      output: { type: 'string' },
      overlay: { type: 'string', multiple: true },
      'allow-urls': { type: 'boolean' },
    });
    const [file, second] = positionals;
    if (file === undefined || second !== undefined) {
      throw new CastellanError({
        code: 'usage',
        message: file === undefined ? 'no OpenAPI document given' : 'more than one OpenAPI document given',
        mend: 'write castellan types openapi.yaml --output operations.ts',
      });
    }
    const contract = await loadContract(file, {
      cwd: terminal.cwd,
      overlays: values.overlay ?? [],
      allowUrls: values['allow-urls'] ?? false,
    });
    const text = generateTypes(contract);
    if (values.output === undefined) terminal.out(text);
    else write(resolve(terminal.cwd, values.output), text);
    return 0;
  },
};

function write(path: string, text: string): void {
  try {
    writeFileSync(path, printableOutput(text));
  } catch (cause) {
    throw new CastellanError({
      code: 'cannot-write',
      message: `the types cannot be written (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      place: { file: path },
      mend: 'name a file in a folder that exists and may be written to',
      cause,
    });
  }
}
