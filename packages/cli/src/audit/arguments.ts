import { resolve } from 'node:path';
import { parseDuration } from '@castellan/contract';
import { compileIdHash, decisions, PeopleFile, type Decision, type Query } from '@castellan/guard/audit';
import { nearest, usage } from '../arguments.ts';
import type { ExitStatus, Terminal } from '../verb.ts';

/** The options of all subcommands of `castellan audit`. */
export const auditOptions = {
  key: { type: 'string' },
  anchors: { type: 'string', multiple: true },
  principal: { type: 'string' },
  credential: { type: 'string' },
  operation: { type: 'string' },
  resource: { type: 'string' },
  'hash-key': { type: 'string' },
  decision: { type: 'string' },
  id: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  last: { type: 'string' },
  limit: { type: 'string' },
  count: { type: 'boolean' },
  reason: { type: 'string' },
  format: { type: 'string' },
  output: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** What `parseArguments` makes of them. */
export interface AuditValues {
  readonly key?: string | undefined;
  readonly anchors?: readonly string[] | undefined;
  readonly principal?: string | undefined;
  readonly credential?: string | undefined;
  readonly operation?: string | undefined;
  readonly resource?: string | undefined;
  readonly 'hash-key'?: string | undefined;
  readonly decision?: string | undefined;
  readonly id?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly last?: string | undefined;
  readonly limit?: string | undefined;
  readonly count?: boolean | undefined;
  readonly reason?: string | undefined;
  readonly format?: string | undefined;
  readonly output?: string | undefined;
  readonly json?: boolean | undefined;
}

/** One subcommand's work. */
export interface AuditCall {
  readonly values: AuditValues;
  /** What stands behind the folder. */
  readonly rest: readonly string[];
  readonly directory: string;
  readonly terminal: Terminal;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export type Subcommand = (call: AuditCall) => ExitStatus | Promise<ExitStatus>;

/** @throws CastellanError `usage` */
export function directoryOf(terminal: Terminal, positionals: readonly string[]): string {
  const [directory] = positionals;
  if (directory === undefined) throw usage('which log?', 'name its folder, that of audit.dir: ./audit');
  return resolve(terminal.cwd, directory);
}

/** @throws CastellanError `usage` */
export function periodOf({ from, to, last }: AuditValues, now: number): Pick<Query, 'from' | 'to'> {
  if (last === undefined) {
    const begin = from === undefined ? undefined : timeOf('from', from);
    const end = to === undefined ? undefined : endOf(to);
    if (begin !== undefined && end !== undefined && end <= begin)
      throw usage(`--to '${to ?? ''}' is not after --from '${from ?? ''}'`, 'write the earlier time after --from');
    return { from: begin, to: end };
  }
  if (from !== undefined || to !== undefined)
    throw usage('--last cannot be combined with --from or --to', 'give one of them');
  const seconds = parseDuration(last);
  if (seconds === undefined) throw usage(`--last '${last}' is no duration`, "write it like '7 days' or 12h");
  return { from: now - seconds * 1000 };
}

/** A day is with all of it: `--from 2026-11-29 --to 2026-11-29` is that one day. */
function endOf(text: string): number {
  const time = timeOf('to', text);
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return time;
  return new Date(time).setUTCDate(new Date(time).getUTCDate() + 1);
}

function timeOf(name: string, text: string): number {
  const time = Date.parse(text);
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(time)) return time;
  throw usage(`--${name} '${text}' is no time`, 'write it like 2026-11-29 or 2026-11-29T08:00:00Z');
}

/**
 * What is asked of a log. A subject is looked up where people have pseudonyms; an id of an object is hashed where the key is
 * given.
 * @throws CastellanError `usage`
 */
export function queryOf({ values, directory, now }: AuditCall): Query {
  const { principal, operation, resource, id } = values;
  return {
    id,
    operation,
    principal: principal === undefined ? undefined : principalOf(directory, principal),
    resource: resource === undefined ? undefined : resourceOf(resource, values['hash-key']),
    decision: values.decision === undefined ? undefined : decisionOf(values.decision),
    ...periodOf(values, now),
  };
}

function principalOf(directory: string, subject: string): string {
  if (!PeopleFile.isIn(directory) || subject.startsWith('p-')) return subject;
  return new PeopleFile(directory).find(subject)?.pseudonym ?? subject;
}

function resourceOf(text: string, key: string | undefined): string {
  const [, type = text, id] = /^([^:]+):(.+)$/s.exec(text) ?? [];
  if (id === undefined) return type;
  return `${type} ${key === undefined ? id : compileIdHash(key)(type, id)}`;
}

function decisionOf(text: string): Decision {
  const found = decisions.find((one) => one === text);
  if (found !== undefined) return found;
  const near = nearest(text, decisions);
  throw usage(
    `--decision '${text}' is none`,
    near === undefined ? `one of ${decisions.join(', ')}` : `did you mean ${near}?`,
  );
}
