import { parseArguments } from '../arguments.ts';
import { subcommandOf } from '../subcommand.ts';
import { keysOptions, type KeysCall } from '../keys/arguments.ts';
import { create, rotate } from '../keys/create.ts';
import { importEntries } from '../keys/import.ts';
import { jwks } from '../keys/jwks.ts';
import { list } from '../keys/list.ts';
import { revoke } from '../keys/revoke.ts';
import type { Verb } from '../verb.ts';

const help = `castellan keys create|list|rotate|revoke|import|jwks [options]

API keys and users of a guard, kept as hashes only, and revocations.

  create --subject NAME          a new API key, shown once
  create --user NAME             a user with a password, shown once (or --password-file FILE)
    --owner NAME --scope SCOPE --group GROUP --tenant NAME --expires '90 days'
  list [--users] [--due]         who holds what, its age, when it was used last, what is due
  rotate ID [--overlap '1 day']  a new key for the same holder; the old one is good for so long
  revoke ID                      ends a key at once; --user NAME ends a user
  revoke --token JTI | --subject SUB | --credential ID --kind KIND [--issuer ISS] [--until-expiry '1 day']
                                 ends tokens and credentials that others gave out
  import FILE                    keys and users of elsewhere (JSON), stored as hashes
  jwks                           the public keys of the gateway's castellan-context tokens

  --store FILE         the store (default .castellan/keys.json, .castellan/users.json)
  --revocations FILE   the list that guards read (default .castellan/revocations.jsonl)
  --signing-keys FILE  the gateway's keys (default .castellan/signing-keys.json)
  --json               for programs
`;

const subcommands: Readonly<Record<string, (call: KeysCall) => void | Promise<void>>> = {
  create,
  list,
  rotate,
  revoke,
  import: importEntries,
  jwks,
};

export const verb: Verb = {
  name: 'keys',
  help,
  async run(args, terminal) {
    const [name, ...rest] = args;
    const subcommand = subcommandOf('keys', subcommands, name);
    const { values, positionals } = parseArguments('keys', rest, keysOptions);
    await subcommand({ values, positionals, terminal, now: Date.now() });
    return 0;
  },
};
