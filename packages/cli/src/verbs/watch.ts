import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { printable } from '@castellan/assess/printable';
import { CastellanError } from '@castellan/contract';
import { createDetection, factsOrWhy, incidentText, LineSplitter, type Incident } from '@castellan/detect';
import type { Facts } from '@castellan/guard';
import { parseArguments } from '../arguments.ts';
import { secondsOf } from '../detect/duration.ts';
import { eventLine } from '../detect/event-line.ts';
import { watchRegistry } from '../detect/watch-registry.ts';
import { registryAddress } from '../inventory/store.ts';
import type { Terminal, Verb } from '../verb.ts';

export const verb: Verb = {
  name: 'watch',
  help: `castellan watch SOURCE [options]

SOURCE is the admin address of a gateway that runs with detect (http://127.0.0.1:9901), or a file of events (facts of a guard, or
its audit log). Of a file, attacks are looked for here.

  --registry URL     in the place of SOURCE: incidents of a registry (castellan serve), with the key in CASTELLAN_REGISTRY_KEY
  --incidents        incidents only
  --refused          of events, those that were refused or failed
  --warm-up TIME     of a file: how long events are only learnt from (default 1d)
  --once             of a file or registry: ends with what there is

Ends with Ctrl-C.
`,
  async run(args, terminal) {
    const { values, positionals } = parseArguments('watch', args, {
      incidents: { type: 'boolean' },
      refused: { type: 'boolean' },
      'warm-up': { type: 'string' },
      once: { type: 'boolean' },
      registry: { type: 'string' },
    });
    const [source, second] = positionals;
    if (values.registry !== undefined) {
      if (source !== undefined) throw usage(`${source} stands beside --registry`, 'write one of the two');
      await watchRegistry(registryAddress(terminal, values.registry), terminal, values.once === true);
      return 0;
    }
    if (source === undefined || second !== undefined)
      throw usage('one source is watched', 'write castellan watch http://127.0.0.1:9901, or a file of events');
    const show = (facts: Facts): void => {
      if (values.incidents === true || (values.refused === true && facts.status < 400)) return;
      terminal.out(`${eventLine(printable(facts))}\n`);
    };
    const tell = (incident: Incident, change: string): void =>
      terminal.out(`\n${change === 'opened' ? '' : `${change}: `}${incidentText(printable(incident))}\n`);
    if (/^https?:\/\//.test(source)) await watchGateway(source, terminal, show, tell);
    else {
      const warmUp = secondsOf('--warm-up', values['warm-up']);
      const detection = createDetection({ warmUp, onIncident: tell });
      const { events, others } = await follow(
        resolve(terminal.cwd, source),
        source,
        values.once === true,
        terminal.signal,
        (facts) => {
          show(facts);
          detection.sink(facts);
        },
      );
      if (events === 0)
        terminal.err(
          `castellan: ${source}: ${others === 0 ? 'it is empty' : `none of its ${others} lines is an event`}; name an audit log's file, or facts of a guard as JSON lines\n`,
        );
    }
    return 0;
  },
};

type Show = (facts: Facts) => void;
type Tell = (incident: Incident, change: string) => void;

async function watchGateway(source: string, { signal }: Terminal, show: Show, tell: Tell): Promise<void> {
  const url = new URL('/watch', source);
  const answer = await fetch(url, { signal }).catch((cause: unknown) => {
    if (signal.aborted) return undefined;
    throw usage(`${source} does not answer`, 'name the address that the gateway was started with: --admin', cause);
  });
  if (answer === undefined) return;
  if (answer.status !== 200 || answer.body === null)
    throw usage(
      `${source} has no /watch (${answer.status})`,
      'start the gateway with --detect, and name its --admin address',
    );
  const splitter = new LineSplitter();
  try {
    for await (const piece of answer.body.pipeThrough(new TextDecoderStream()))
      for (const line of splitter.push(piece)) {
        const happening = JSON.parse(line) as { facts?: Facts; incident?: Incident; change?: string };
        if (happening.facts !== undefined) show(happening.facts);
        if (happening.incident !== undefined) tell(happening.incident, happening.change ?? 'opened');
      }
  } catch (error) {
    if (!signal.aborted) throw usage(`${source} ended`, 'start the gateway again', error);
  }
}

/** Reads a file to its end, and what is added to it; begins anew where it was put away or emptied. */
async function follow(
  file: string,
  name: string,
  once: boolean,
  signal: AbortSignal,
  show: Show,
): Promise<{ readonly events: number; readonly others: number }> {
  let at = 0;
  let splitter = new LineSplitter();
  const lines = { events: 0, others: 0 };
  const take = (line: string): void => {
    if (line.trim() === '') return;
    const facts = factsOrWhy(line);
    if (facts === undefined) return;
    if (typeof facts === 'string') {
      lines.others += 1;
      return;
    }
    lines.events += 1;
    show(facts);
  };
  let inode: number | undefined;
  for (;;) {
    const now = await stat(file).catch((cause: NodeJS.ErrnoException) => {
      if (inode !== undefined) return undefined;
      throw unreadable(name, cause);
    });
    if (now !== undefined) {
      if (now.size < at || (inode !== undefined && inode !== now.ino)) {
        at = 0;
        splitter = new LineSplitter();
      }
      inode = now.ino;
      if (now.isDirectory()) throw unreadable(name, Object.assign(new Error('a folder'), { code: 'EISDIR' }));
      const handle = await open(file).catch((cause: NodeJS.ErrnoException) => {
        throw unreadable(name, cause);
      });
      try {
        for await (const piece of handle.createReadStream({ start: at, encoding: 'utf8', autoClose: false })) {
          at += Buffer.byteLength(String(piece));
          splitter.push(String(piece)).forEach(take);
        }
      } finally {
        await handle.close();
      }
    }
    if (once) {
      splitter.end().forEach(take);
      return lines;
    }
    if (signal.aborted) return lines;
    await wait(200, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return lines;
  }
}

/** What cannot be watched, and what can. */
function unreadable(name: string, cause: NodeJS.ErrnoException): CastellanError {
  const fixes = new Map([
    ['EISDIR', 'name the file in it that is written now: the .jsonl with the highest number'],
    ['EACCES', 'read it as a user who may'],
  ]);
  const address = /^[\w.-]+:\d{1,5}\/?$/.test(name);
  return new CastellanError({
    code: 'unreadable',
    message: cause.code === 'EISDIR' ? 'it is a folder' : `the file cannot be read (${cause.code ?? 'unknown'})`,
    place: { file: name },
    mend: address
      ? `write castellan watch http://${name}`
      : (fixes.get(cause.code ?? '') ?? 'name a file of events, or the admin address of a gateway with http://'),
    cause,
  });
}

function usage(message: string, mend: string, cause?: unknown): CastellanError {
  return new CastellanError({ code: 'usage', message, mend, ...(cause === undefined ? {} : { cause }) });
}
