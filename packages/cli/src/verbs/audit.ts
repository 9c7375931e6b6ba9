import { parseArguments } from '../arguments.ts';
import { subcommandOf } from '../subcommand.ts';
import { auditOptions, directoryOf, type Subcommand } from '../audit/arguments.ts';
import { erase } from '../audit/erase.ts';
import { hold, release } from '../audit/hold.ts';
import { report } from '../audit/report.ts';
import { search } from '../audit/search.ts';
import { verify } from '../audit/verify.ts';
import type { Verb } from '../verb.ts';

const help = `castellan audit verify|search|report|hold|release|erase DIR [options]

The audit log of a folder (audit: { dir }): whether it is as it was written, and what is in it.

  verify DIR           checks every line and every signature; status 1 where anything was changed
    --key ID           id of the log's first key, as verify showed it when the log began
    --anchors FILE     heads that were kept elsewhere (audit: { anchor }); may be repeated
  search DIR           records, the newest first
    --principal SUBJECT --operation ID --decision allowed|refused|withheld|failed|observed|begun|reload
    --credential ID      what was called with one key or token: its id, as castellan keys list has it, or a jti
    --resource TYPE[:HASH]   objects of a type, or one by its hash; by its id with --hash-key KEY (audit.key)
    --id REQUEST-ID
    --limit N|all      how many are shown (default 100)
    --count            only how many there are
  report DIR           what happened in a period
    --format FORMAT    markdown (default) or html
    --output FILE
  hold DIR             what search would find is kept, whatever retention says; without --reason shows the holds
    --reason TEXT
  release DIR HOLD     ends a hold
  erase DIR --principal SUBJECT  destroys the key of a person; the chain stays whole (audit: { pseudonyms: true })

  --from TIME --to TIME  2026-11-29, or 2026-11-29T08:00:00Z; a day as --to is with all of it; or --last '7 days'
  --json               for programs
`;

const subcommands: Readonly<Record<string, Subcommand>> = { verify, search, report, hold, release, erase };

export const verb: Verb = {
  name: 'audit',
  help,
  async run(args, terminal) {
    const [name, ...rest] = args;
    const subcommand = subcommandOf('audit', subcommands, name);
    const { values, positionals } = parseArguments('audit', rest, auditOptions);
    const directory = directoryOf(terminal, positionals);
    return subcommand({ values, directory, rest: positionals.slice(1), terminal, now: Date.now() });
  },
};
