import { printable } from '@castellan/assess/printable';
import { CastellanError } from '@castellan/contract';
import { incidentText, type Incident } from '@castellan/detect';
import { parseArguments, usage } from '../arguments.ts';
import { subcommandOf } from '../subcommand.ts';
import type { ExitStatus, Terminal, Verb } from '../verb.ts';

const help = `castellan incidents list|dismiss SOURCE [options]

SOURCE is the admin address of a gateway that runs with detect: http://127.0.0.1:9901.

  list SOURCE              those that are open, and the last that were closed or dismissed, the latest first
    --open                 only those that are open
    --json                 for programs
  dismiss SOURCE ID        it is dealt with, or was none: what was done because of it ends, what the callers did is their habit
                           from now on, and the same is not reported again for 30 days unless it goes twice as far; it survives
                           a restart, and is known to all instances, with state or detect.file
    --note TEXT            why, for whoever looks at it later

Exit status of list: 1 where an incident is open.
`;

const options = { open: { type: 'boolean' }, json: { type: 'boolean' }, note: { type: 'string' } } as const;
const subcommands = { list: 'list', dismiss: 'dismiss' } as const;

export const verb: Verb = {
  name: 'incidents',
  help,
  async run(args, terminal) {
    const [name, ...rest] = args;
    const subcommand = subcommandOf<'list' | 'dismiss'>('incidents', subcommands, name);
    const { values, positionals } = parseArguments('incidents', rest, options);
    const [source, id, more] = positionals;
    if (source === undefined || more !== undefined || !/^https?:\/\//.test(source))
      throw usage(
        source === undefined ? 'which gateway?' : `'${source.slice(0, 80)}' is no admin address`,
        `write castellan incidents ${subcommand} ${source !== undefined && /^[\w.-]+:\d{1,5}$/.test(source) ? `http://${source}` : 'http://127.0.0.1:9901'}`,
      );
    if (subcommand === 'list') {
      if (values.note !== undefined) throw usage('--note says why an incident is dismissed', 'leave it out of list');
      if (id !== undefined) throw usage(`list takes no '${id.slice(0, 80)}'`, 'leave it out');
      return list(source, terminal, values.open === true, values.json === true);
    }
    if (id === undefined) throw usage('which incident?', 'name its id: castellan incidents list shows it');
    if (!/^[\w-]{1,64}$/.test(id))
      throw usage(`'${id.slice(0, 80)}' is no id of an incident`, 'write it as list shows it: 2026-03-07-9f86d081');
    const answer = await ask(source, `/incidents/${id}/dismiss`, terminal, {
      method: 'POST',
      headers: { castellan: 'dismiss', 'content-type': 'application/json' },
      body: JSON.stringify({ note: values.note ?? '' }),
    });
    const text = (await answer.text()).trim();
    if (answer.status !== 200)
      throw new CastellanError({
        code: 'usage',
        message: printable(text.slice(0, 200)),
        place: { file: source },
        mend: 'see castellan incidents list',
      });
    terminal.out(`${id} is dismissed\n`);
    return 0;
  },
};

async function list(source: string, terminal: Terminal, onlyOpen: boolean, json: boolean): Promise<ExitStatus> {
  const answer = await ask(source, '/incidents', terminal, {});
  if (answer.status !== 200)
    throw usage(
      `${source} has no /incidents (${answer.status})`,
      'start the gateway with --detect, and name its --admin address',
    );
  const all = printable((await answer.json()) as Incident[]);
  const shown = onlyOpen ? all.filter(({ status }) => status === 'open') : all;
  const open = all.filter(({ status }) => status === 'open').length;
  if (json) terminal.out(`${JSON.stringify(shown, null, 2)}\n`);
  else {
    for (const incident of shown) terminal.out(`${incidentText(incident)}\n`);
    terminal.out(`${open} open, ${all.length - open} closed\n`);
  }
  return open > 0 ? 1 : 0;
}

async function ask(source: string, path: string, { signal }: Terminal, init: RequestInit): Promise<Response> {
  return fetch(new URL(path, source), { ...init, signal }).catch((cause: unknown) => {
    throw new CastellanError({
      code: 'usage',
      message: `${source} does not answer`,
      mend: 'name the address that the gateway was started with: --admin',
      cause,
    });
  });
}
