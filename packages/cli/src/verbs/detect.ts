import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { printable } from '@castellan/assess/printable';
import { CastellanError, loadContract } from '@castellan/contract';
import { createDetection, factsOrWhy, incidentText, LineSplitter, ocsfFinding } from '@castellan/detect';
import type { Facts } from '@castellan/guard';
import { eventSender } from '@castellan/registry';
import { registryAddress } from '../inventory/store.ts';
import { secondsOf } from '../detect/duration.ts';
import { parseArguments } from '../arguments.ts';
import { oneOf } from '../check/choice.ts';
import type { Verb } from '../verb.ts';

export const verb: Verb = {
  name: 'detect',
  help: `castellan detect FILE… [options]

Plays files of events (facts of a guard, or its audit log; JSON lines), several together by their time, and prints the incidents. - is standard
input. The clock is that of the events. See docs/detection.md.

  --contract FILE    the OpenAPI document: what is deprecated, what is a canary; may be repeated
  --warm-up TIME     how long events are only learnt from (default 1d)
  --off DETECTOR     leaves a detector out; may be repeated
  --canary TYPE/ID   an object that nobody has business with; may be repeated
  --key KEY          the audit key of who wrote the events, for --canary
  --honey PATH       a path that only thieves ask for; may be repeated
  --registry URL     sends the events to a registry's detectors instead, with the key of a guard in CASTELLAN_REGISTRY_KEY
  --format NAME      text (default), json, ocsf (Detection Finding 2004, JSON lines)

Exit status 1 where there is an incident.
`,
  async run(args, terminal) {
    const { values, positionals } = parseArguments('detect', args, {
      contract: { type: 'string', multiple: true },
      'warm-up': { type: 'string' },
      off: { type: 'string', multiple: true },
      canary: { type: 'string', multiple: true },
      key: { type: 'string' },
      honey: { type: 'string', multiple: true },
      format: { type: 'string' },
      registry: { type: 'string' },
    });
    if (positionals.length === 0)
      throw new CastellanError({
        code: 'usage',
        message: 'no file of events is named',
        mend: 'write castellan detect audit.jsonl, or - for standard input',
      });
    const read = (sink: Sink): Promise<number> =>
      play(
        positionals.map((file) => ({
          name: file,
          stream: file === '-' ? process.stdin : createReadStream(resolve(terminal.cwd, file)),
        })),
        sink,
      );
    const tellRejected = (rejected: number): void => {
      if (rejected > 0) terminal.err(`castellan: ${rejected} lines are no events and were left out\n`);
    };
    if (values.registry !== undefined) {
      const sender = eventSender(registryAddress(terminal, values.registry));
      const rejected = await read((facts) => sender.add(facts));
      terminal.out(`${await sender.end()} events were sent to ${values.registry}\n`);
      tellRejected(rejected);
      return 0;
    }
    const format = oneOf('format', values.format, ['text', 'json', 'ocsf']) ?? 'text';
    const contracts = await Promise.all(
      (values.contract ?? []).map((file) => loadContract(file, { cwd: terminal.cwd })),
    );
    const detection = createDetection({
      contracts,
      warmUp: secondsOf('--warm-up', values['warm-up']),
      off: values.off,
      canaries: values.canary,
      key: values.key,
      honey: values.honey,
      seed: 1,
    });
    const rejected = await read(detection.sink);
    const incidents = printable([...detection.incidents].reverse());
    if (format === 'json') terminal.out(`${JSON.stringify(incidents, null, 2)}\n`);
    else if (format === 'ocsf')
      for (const incident of incidents) terminal.out(`${JSON.stringify(ocsfFinding(incident))}\n`);
    else {
      for (const incident of incidents) terminal.out(`${incidentText(incident)}\n`);
      for (const { why, operation } of printable(detection.notices))
        terminal.out(`notice: ${operation} changed: ${why}\n`);
      terminal.out(
        `${detection.count} events, ${incidents.length} incident${incidents.length === 1 ? '' : 's'}${detection.ready ? '' : '; all within the warm-up: only what needs no habit was looked for (--warm-up)'}\n`,
      );
    }
    if (detection.late > 0)
      terminal.err(
        `castellan: ${detection.late} events are hours older than what stands before them in their file: sort it by time\n`,
      );
    tellRejected(rejected);
    return incidents.length > 0 ? 1 : 0;
  },
};

type Sink = (facts: Facts) => void | Promise<void>;

interface Source {
  readonly name: string;
  readonly stream: NodeJS.ReadableStream;
}

/** Plays files of several instances together, by their time; gives the number of lines that were no facts. */
async function play(sources: readonly Source[], sink: Sink): Promise<number> {
  const rejected = { lines: 0 };
  const waiting: { readonly next: AsyncGenerator<Facts>; facts: Facts }[] = [];
  for (const source of sources) {
    const next = factsIn(source, rejected);
    const { value, done } = await next.next();
    if (done !== true) waiting.push({ next, facts: value });
  }
  while (waiting.length > 0) {
    let first = 0;
    for (let i = 1; i < waiting.length; i++)
      if ((waiting[i]?.facts.time ?? 0) < (waiting[first]?.facts.time ?? 0)) first = i;
    const source = waiting[first];
    if (source === undefined) break;
    await sink(source.facts);
    const { value, done } = await source.next.next();
    if (done === true) waiting.splice(first, 1);
    else source.facts = value;
  }
  return rejected.lines;
}

async function* factsIn({ name, stream }: Source, rejected: { lines: number }): AsyncGenerator<Facts, undefined> {
  const splitter = new LineSplitter();
  const taken = (line: string): Facts | undefined => {
    if (line.trim() === '') return undefined;
    const facts = factsOrWhy(line);
    if (typeof facts !== 'string') return facts;
    rejected.lines += 1;
    return undefined;
  };
  stream.setEncoding('utf8');
  try {
    for await (const piece of stream)
      for (const line of splitter.push(String(piece))) {
        const facts = taken(line);
        if (facts !== undefined) yield facts;
      }
  } catch (cause) {
    if (cause instanceof CastellanError) throw cause;
    throw new CastellanError({
      code: 'unreadable',
      message: `the file cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      place: { file: name },
      mend: 'name a readable file of events',
      cause,
    });
  }
  for (const line of splitter.end()) {
    const facts = taken(line);
    if (facts !== undefined) yield facts;
  }
  return undefined;
}
