import { nearest, usage } from './arguments.ts';

/**
 * The sub-command that a command line names.
 * @param verb that it belongs to
 * @throws CastellanError `usage`
 */
export function subcommandOf<T>(verb: string, subcommands: Readonly<Record<string, T>>, name = ''): T {
  const found = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
  if (found !== undefined) return found;
  const near = nearest(name, Object.keys(subcommands));
  throw usage(
    name === '' ? 'what is to be done?' : `'${name}' is no subcommand of ${verb}`,
    near === undefined ? `castellan ${verb} ${Object.keys(subcommands).join('|')}` : `did you mean ${near}?`,
  );
}
