import { resolve } from 'node:path';
import { printable } from '@castellan/assess/printable';
import { openBans, type Ban, type Banned } from '@castellan/guard/limits';
import { parseArguments, usage } from '../arguments.ts';
import { subcommandOf } from '../subcommand.ts';
import { timeOf } from '../keys/arguments.ts';
import { statePlace } from '../state-place.ts';
import { formatTable } from '../table.ts';
import type { Verb } from '../verb.ts';

const help = `castellan ban add|list|lift [options]

Who may not call for a while. In force on all guards that share the place within two seconds; the banned caller does not learn why.

  add --address ADDRESS | --network RANGE | --principal SUBJECT | --credential ID
    --issuer ISSUER      of a principal or credential: only of this issuer
    --reason TEXT        for the log
    --for '1 day'        how long, or --until 2027-01-31; without either until it is lifted
  list                   who is banned, the newest first
  lift --address … | --network … | --principal … | --credential … [--issuer …]

  --state PLACE        the state of the guards: redis://…, or the folder of one
  --prefix TEXT        begins every key in Redis (default castellan:)
  --bans FILE          the file that the guards share (default .castellan/bans.jsonl)
  --json               for programs
`;

const options = {
  address: { type: 'string' },
  network: { type: 'string' },
  principal: { type: 'string' },
  credential: { type: 'string' },
  issuer: { type: 'string' },
  reason: { type: 'string' },
  for: { type: 'string' },
  until: { type: 'string' },
  state: { type: 'string' },
  prefix: { type: 'string' },
  bans: { type: 'string' },
  json: { type: 'boolean' },
} as const;

const subcommands = { add: 'add', list: 'list', lift: 'lift' } as const;

export const verb: Verb = {
  name: 'ban',
  help,
  async run(args, terminal) {
    const [name, ...rest] = args;
    const subcommand = subcommandOf<'add' | 'list' | 'lift'>('ban', subcommands, name);
    const { values, positionals } = parseArguments('ban', rest, options);
    if (positionals.length > 0)
      throw usage(
        `'${positionals[0]?.slice(0, 80)}' names nobody`,
        'write --address, --network, --principal or --credential before it',
      );
    if (values.state !== undefined && values.bans !== undefined)
      throw usage('--state and --bans name two places', 'give one of them');
    const { address, network, principal, credential, issuer } = values;
    const whom: Banned = { address, network, principal, credential, issuer };
    const now = Date.now();
    if (values.for !== undefined && values.until !== undefined)
      throw usage('--for and --until name two ends', 'give one of them');
    const until =
      values.for !== undefined
        ? timeOf(values.for, '--for', now)
        : values.until === undefined
          ? undefined
          : timeOf(values.until, '--until', now);
    const { bans, close } = await openBans(
      values.state === undefined
        ? { file: resolve(terminal.cwd, values.bans ?? '.castellan/bans.jsonl') }
        : {
            state: {
              ...statePlace(values.state, terminal.cwd),
              ...(values.prefix === undefined ? {} : { prefix: values.prefix }),
            },
          },
    );
    try {
      if (subcommand === 'list') {
        const list = bans.list();
        terminal.out(
          values.json === true
            ? `${JSON.stringify(list, null, 2)}\n`
            : list.length === 0
              ? 'nobody is banned\n'
              : formatTable(['whom', '', 'issuer', 'since', 'until', 'reason'], list.map(rowOf)),
        );
      } else if (subcommand === 'lift') {
        await bans.lift(whom, values.reason);
        terminal.out('lifted\n');
      } else {
        if (values.reason === undefined) throw usage('no reason is given', "add --reason 'scraping, incident 77'");
        const ban = await bans.ban({ ...whom, reason: values.reason, until });
        terminal.out(
          values.json === true
            ? `${JSON.stringify(ban, null, 2)}\n`
            : `${ban.kind} ${printable(ban.id)} is banned ${ban.until === undefined ? 'until it is lifted' : `until ${new Date(ban.until).toISOString()}`}\n`,
        );
      }
    } finally {
      await close();
    }
    return 0;
  },
};

function rowOf({ kind, id, issuer = '', at, until, reason }: Ban): readonly string[] {
  const end = until === undefined ? 'lifted' : new Date(until).toISOString();
  return [kind, id, issuer, new Date(at).toISOString(), end, reason];
}
