import { resolve } from 'node:path';
import { draftDocument, type Draft } from '@castellan/assess/learn';
import { harExchanges, readRecording, trafficFormatOf, type HostExchanges } from '@castellan/registry';
import { usage } from '../arguments.ts';
import { writeOut } from '../write-out.ts';
import type { ExitStatus } from '../verb.ts';
import { type InventoryCall } from './arguments.ts';
import { withInventory } from './store.ts';

/** `castellan inventory draft`: proposes a document for what nothing documents. */
export async function draft(call: InventoryCall): Promise<ExitStatus> {
  const { values, positionals, terminal } = call;
  const { document, operations } =
    positionals.length === 0 ? await ofSightings(call) : await ofRecordings(call, positionals);
  const text = `${JSON.stringify(document, null, 2)}\n`;
  if (values.out === undefined) {
    terminal.out(text);
    return 0;
  }
  await writeOut({ file: values.out, cwd: terminal.cwd, what: 'the draft' }, text);
  terminal.out(
    `${values.out}: ${operations} operations; read it, then castellan gateway --mode observe --contract ${values.out} --learn DIR\n`,
  );
  return 0;
}

async function ofSightings(call: InventoryCall): Promise<Draft> {
  const { api, environment } = call.values;
  const { ghosts } = await withInventory(call, (inventory) => inventory.ghosts());
  const counted = ghosts
    .filter(
      (one) =>
        one.kind === 'shadow' &&
        one.severity !== 'low' &&
        (api === undefined || one.api === api) &&
        (environment === undefined || one.environment === environment),
    )
    .map(({ subject }) => {
      const space = subject.indexOf(' ');
      return { method: subject.slice(0, space), template: subject.slice(space + 1) };
    });
  if (counted.length === 0)
    throw usage(
      `no undocumented operation was seen${api === undefined ? '' : ` of ${api}`}${environment === undefined ? '' : ` in ${environment}`}`,
      'import traffic first: castellan inventory import access.log',
    );
  return draftDocument({ title: api ?? 'Undocumented operations', servers: [], exchanges: [], counted });
}

async function ofRecordings({ values, terminal }: InventoryCall, files: readonly string[]): Promise<Draft> {
  const hosts = new Map<string, HostExchanges['exchanges']>();
  for (const file of files) {
    const path = resolve(terminal.cwd, file);
    const text = await readRecording(path);
    const found = harExchanges(text);
    if (found.length === 0)
      throw usage(
        `${file} is no HAR with requests${trafficFormatOf(path) === undefined ? '' : ': a log has no bodies'}`,
        `castellan inventory import ${file}, then castellan inventory draft`,
      );
    for (const { origin, exchanges } of found) hosts.set(origin, [...(hosts.get(origin) ?? []), ...exchanges]);
  }
  const chosen = [...hosts].filter(([origin]) => values.host === undefined || new URL(origin).host === values.host);
  const [first, second] = chosen;
  const names = [...hosts.keys()].map((origin) => new URL(origin).host).slice(0, 8);
  if (first === undefined) throw usage(`there is no request of ${values.host}`, `hosts are ${names.join(', ')}`);
  if (second !== undefined)
    throw usage(`there are requests of ${hosts.size} hosts`, `choose one: --host ${names.join(', --host ')}`);
  const [origin, exchanges] = first;
  return draftDocument({
    title: values.api ?? new URL(origin).hostname,
    servers: [origin],
    exchanges,
    counted: [],
  });
}
