import { CastellanError } from '@castellan/contract';
import type { EntryFormat } from '@castellan/guard/limits';
import type { Incident } from '../incidents/incident.ts';
import type { Pattern } from '../incidents/pattern.ts';
import type { Done } from '../response/responder.ts';
import { doneOf, incidentOf, patternsOf, textIn, timeIn } from './parse.ts';

/** An incident as it was when it opened, became another one, or ended. */
export interface SeenEntry {
  readonly kind: 'seen';
  /** Which API it is of; entries of others are left alone. */
  readonly api: string;
  readonly incident: Incident;
  readonly patterns: readonly Pattern[];
  /** Milliseconds since the epoch: when nobody needs it any more. */
  readonly until: number;
}

/** Somebody dismissed an incident. */
interface DismissedEntry {
  readonly kind: 'dismissed';
  readonly api: string;
  readonly id: string;
  /** Milliseconds, of the facts. */
  readonly time: number;
  readonly note: string;
  readonly patterns: readonly Pattern[];
  readonly until: number;
}

/** Something was done because of an incident. */
interface DoneEntry {
  readonly kind: 'done';
  readonly api: string;
  readonly done: Done;
  readonly until: number;
}

/** One line of what is kept of incidents. */
export type KeptEntry = SeenEntry | DismissedEntry | DoneEntry;

/** Characters of a line at most: what is longer is none of ours. */
const longest = 1_000_000;

function parse(text: string): KeptEntry | undefined {
  if (text.length > longest) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const [kind, api, until] = [textIn(value, 'kind'), textIn(value, 'api'), timeIn(value, 'until')];
  if (typeof value !== 'object' || value === null || api === undefined || until === undefined) return undefined;
  const all = value as Readonly<Record<string, unknown>>;
  if (kind === 'done') {
    const done = doneOf(all['done']);
    return done === undefined ? undefined : { kind, api, done, until };
  }
  const patterns = patternsOf(all['patterns']);
  if (patterns === undefined) return undefined;
  if (kind === 'seen') {
    const incident = incidentOf(all['incident']);
    return incident === undefined ? undefined : { kind, api, incident, patterns, until };
  }
  if (kind !== 'dismissed') return undefined;
  const [id, time, note] = [textIn(value, 'id'), timeIn(value, 'time'), textIn(value, 'note')];
  if (id === undefined || time === undefined || note === undefined) return undefined;
  return { kind, api, id, time, note, patterns, until };
}

/** How they are written where they are kept. */
export const keptFormat: EntryFormat<KeptEntry> = {
  list: 'the list of incidents',
  entry: 'entry of a list of incidents',
  badCode: 'bad-incidents',
  remedy: 'remove the line: an incident that it dismissed is reported again',
  parse,
  write(entry) {
    const text = JSON.stringify(entry);
    if (parse(text) === undefined)
      throw new CastellanError({
        code: 'bad-incidents',
        message: `an incident cannot be kept as an entry of kind ${entry.kind}`,
        mend: 'report it: it is a mistake of Castellan',
      });
    return text;
  },
};
