import { createReadStream, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { stringify } from 'yaml';
import { limitsOverlay, observedCall, proposeLimits, type ObservedCall } from '@castellan/assess/limits';
import { CastellanError, loadContract } from '@castellan/contract';
import { showLimits } from '@castellan/guard/limits';
import { parseArguments, usage } from '../arguments.ts';
import { statePlace } from '../state-place.ts';
import { subcommandOf } from '../subcommand.ts';
import { formatTable } from '../table.ts';
import type { ExitStatus, Terminal, Verb } from '../verb.ts';

const help = `castellan limits show|propose [options]

  show SUBJECT --issuer ISSUER --contract FILE --state PLACE
      what one principal took of each limit and budget, and may still take
    --contract FILE    the OpenAPI document; --overlay FILE as often as needed
    --state PLACE      the state of the guards: redis://…, or the folder of one
    --prefix TEXT      begins every key in Redis (default castellan:)
    --issuer ISSUER    issuer of the subject, as events name it; a subject is only unique within its issuer
  propose EVENTS...
      a limit for each operation that the honest 99.9 % never met, as an OpenAPI Overlay, from a day's audit files (- is the input)
    --json             what was found, with who was left out

  --json               for programs
`;

const subcommands = { show, propose };

export const verb: Verb = {
  name: 'limits',
  help,
  async run(args, terminal) {
    const [name, ...rest] = args;
    return subcommandOf('limits', subcommands, name)(rest, terminal);
  },
};

async function show(args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  const { values, positionals } = parseArguments('limits', args, {
    contract: { type: 'string' },
    overlay: { type: 'string', multiple: true },
    state: { type: 'string' },
    prefix: { type: 'string' },
    issuer: { type: 'string' },
    json: { type: 'boolean' },
  });
  const [subject, second] = positionals;
  if (subject === undefined || second !== undefined)
    throw usage(
      subject === undefined ? 'whose limits?' : 'more than one subject is given',
      `castellan limits show SUBJECT`,
    );
  const { contract: file, state, issuer } = values;
  if (file === undefined) throw usage('no document is given', 'add --contract openapi.yaml');
  if (state === undefined) throw usage('no state is given', 'add --state redis://host:6379, or the folder of a guard');
  if (issuer === undefined) throw usage('no issuer is given', 'add --issuer, as events name it (session.issuer)');
  const contract = await loadContract(file, { cwd: terminal.cwd, overlays: values.overlay ?? [] });
  const place = {
    ...statePlace(state, terminal.cwd),
    ...(values.prefix === undefined ? {} : { prefix: values.prefix }),
  };
  const limits = await showLimits(contract, place, { subject, issuer });
  terminal.out(
    values.json === true
      ? `${JSON.stringify(limits, null, 2)}\n`
      : formatTable(
          ['what', 'of', 'limit', 'taken', 'left', 'all back in'],
          limits.map(({ what, of, limit, taken, remaining, resetSeconds }) => [
            what,
            of,
            limit,
            String(taken),
            String(remaining),
            resetSeconds === 0 ? '' : `${resetSeconds} s`,
          ]),
        ),
  );
  return 0;
}

async function propose(args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  const { values, positionals } = parseArguments('limits', args, { json: { type: 'boolean' } });
  if (positionals.length === 0) throw usage('no events are given', 'castellan limits propose audit.jsonl');
  const calls: ObservedCall[] = [];
  let others = 0;
  for (const name of positionals)
    for await (const line of createInterface({ input: opened(name, terminal), crlfDelay: Number.POSITIVE_INFINITY })) {
      if (line === '') continue;
      const call = observedCall(line);
      if (call === undefined) others += 1;
      else calls.push(call);
    }
  if (calls.length === 0)
    throw new CastellanError({
      code: 'no-events',
      message: 'no line is an event of an operation',
      mend: 'name what a guard wrote by its option audit.file',
    });
  const proposal = proposeLimits(calls);
  terminal.out(values.json === true ? `${JSON.stringify(proposal, null, 2)}\n` : stringify(limitsOverlay(proposal)));
  terminal.err(
    `${proposal.limits.length} limits from ${proposal.calls} calls${others === 0 ? '' : `; ${others} other lines were left out`}\n`,
  );
  for (const { call, why } of proposal.without) terminal.err(`none for ${call}: ${why}\n`);
  return 0;
}

function opened(name: string, { cwd }: Terminal): NodeJS.ReadableStream {
  if (name === '-') return process.stdin;
  const file = resolve(cwd, name);
  const isFolder = statSync(file, { throwIfNoEntry: false })?.isDirectory();
  if (isFolder !== false)
    throw new CastellanError({
      code: 'unreadable-file',
      message: isFolder === true ? 'it is a folder' : 'there is no such file',
      place: { file: name },
      mend: isFolder === true ? 'name the file of events in it' : 'check the path',
    });
  return createReadStream(file);
}
