import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { checkCastellanYaml } from '@castellan/gateway/castellan-yaml';
import { parseArguments, usage } from '../arguments.ts';
import { configOutput } from '../config/output.ts';
import { configText } from '../config/text.ts';
import { usualConfigs } from '../gateway/usual-configs.ts';
import { subcommandOf } from '../subcommand.ts';
import type { ExitStatus, Terminal, Verb } from '../verb.ts';

const help = `castellan config check [FILE] [options]

Says everything that is wrong with a castellan.yaml, and what would run where. It starts nothing and asks nobody: keys and
values, files that are missing, documents and policies that cannot be read, variables and secrets that are not there, two
things on one port, two APIs of which a request could be for either. FILE is the castellan.yaml of this folder where not said.

  --json    for programs (schemas/config-output.json)

Exit status: 0 where nothing is wrong, 1 where something is, 2 where the file cannot be read.
`;

const subcommands: Readonly<Record<string, (args: readonly string[], terminal: Terminal) => Promise<ExitStatus>>> = {
  check,
};

export const verb: Verb = {
  name: 'config',
  help,
  run: async ([name, ...rest], terminal) => subcommandOf('config', subcommands, name)(rest, terminal),
};

async function check(args: readonly string[], { cwd, env, out }: Terminal): Promise<ExitStatus> {
  const { values, positionals } = parseArguments('config', args, { json: { type: 'boolean' } });
  const [named, more] = positionals;
  if (more !== undefined) throw usage(`'${more}' is one file more`, 'check one castellan.yaml at a time');
  const file = named ?? usualConfigs.find((one) => existsSync(resolve(cwd, one)));
  if (file === undefined)
    throw usage('there is no castellan.yaml in this folder', 'name it: castellan config check deploy/castellan.yaml');
  const checked = await checkCastellanYaml(file, { cwd, env });
  out(values.json === true ? `${JSON.stringify(configOutput(checked), null, 2)}\n` : configText(checked));
  return checked.problems.length === 0 ? 0 : 1;
}
