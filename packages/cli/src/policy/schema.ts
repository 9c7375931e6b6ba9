import { CastellanError, loadContract } from '@castellan/contract';
import { policySchema } from '@castellan/policy';
import { parseArguments } from '../arguments.ts';
import type { ExitStatus, Terminal } from '../verb.ts';

/** `castellan policy schema FILE`: the Cedar schema of an API. */
export async function schema(args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  const { values, positionals } = parseArguments('policy', args, {
    overlay: { type: 'string', multiple: true },
    group: { type: 'string', multiple: true },
    json: { type: 'boolean' },
  });
  const [file, second] = positionals;
  if (file === undefined || second !== undefined) {
    throw new CastellanError({
      code: 'usage',
      message: file === undefined ? 'no OpenAPI document given' : 'more than one OpenAPI document given',
      mend: 'write castellan policy schema openapi.yaml',
    });
  }
  const contract = await loadContract(file, { cwd: terminal.cwd, overlays: values.overlay ?? [] });
  const { json, text } = policySchema(contract, { groups: values.group });
  terminal.out(values.json === true ? `${JSON.stringify(json, undefined, 2)}\n` : text);
  return 0;
}
