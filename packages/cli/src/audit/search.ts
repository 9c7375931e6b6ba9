import {
  countMatches,
  PeopleFile,
  searchLog,
  unseal,
  type Match,
  type Query,
  type Sealed,
} from '@castellan/guard/audit';
import type { GuardEvent } from '@castellan/guard';
import { printable } from '@castellan/assess/printable';
import { queryOf, type Subcommand } from './arguments.ts';
import { usage } from '../arguments.ts';

/** Records that are shown where nothing is said. */
const shown = 100;

/** Finds records, the newest first. */
export const search: Subcommand = (call) => {
  const { values, directory, terminal } = call;
  const query = queryOf(call);
  const people = PeopleFile.isIn(directory) ? new PeopleFile(directory) : undefined;
  const { credential } = values;
  if (values.count === true) {
    terminal.out(
      `${credential === undefined ? countMatches(directory, query) : countOf(usesOf(credential, directory, query, people))}\n`,
    );
    return 0;
  }
  const limit = limitOf(values.limit);
  let found = 0;
  const matches = credential === undefined ? searchLog(directory, query) : usesOf(credential, directory, query, people);
  for (const { line } of matches) {
    if (found >= limit) {
      terminal.err(`the newest ${limit} of them; --limit all shows every one, --count how many there are\n`);
      break;
    }
    found += 1;
    if (terminal.signal.aborted) break;
    terminal.out(values.json === true ? `${line}\n` : `${rowOf(JSON.parse(line) as GuardEvent, people)}\n`);
  }
  if (found === 0 && values.json !== true) terminal.out('nothing of this is in the log\n');
  return 0;
};

/** What was called with one credential. No index has these, so that records are read one by one. */
function* usesOf(
  credential: string,
  directory: string,
  query: Query,
  people: PeopleFile | undefined,
): Generator<Match> {
  for (const match of searchLog(directory, query)) {
    const event = JSON.parse(match.line) as GuardEvent;
    if (isReload(event)) continue;
    if (event.actor.session?.uid === credential || openedOf(event, people)?.credential === credential) yield match;
  }
}

function countOf(matches: Iterable<Match>): number {
  let count = 0;
  for (const _ of matches) count += 1;
  return count;
}

/** What a record says of a person under a pseudonym; undefined where there is none, or its key was destroyed. */
function openedOf({ actor, unmapped }: GuardEvent, people: PeopleFile | undefined): Sealed | undefined {
  const subject = actor.user?.uid;
  const person = subject === undefined ? undefined : people?.byPseudonym(subject);
  const { sealed } = unmapped.castellan;
  return person === undefined || sealed === undefined ? undefined : unseal(person, sealed);
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return shown;
  if (text === 'all') return Infinity;
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw usage(`--limit '${text}' is no number`, 'write a number, or all');
}

/** `2026-11-29T08:00:00.000Z  200  ada  getOrder  Order 4fJ…  allowed`. */
function rowOf(event: GuardEvent, people: PeopleFile | undefined): string {
  if (isReload(event)) return reloadRow(event);
  const { castellan } = event.unmapped;
  const subject = event.actor.user?.uid;
  const opened = openedOf(event, people);
  const objects = [...(castellan.allowed ?? []).map(({ object }) => object), castellan.refused?.object].flatMap(
    (object) => (object === undefined ? [] : [`${object.type}${object.id === undefined ? '' : ` ${object.id}`}`]),
  );
  const { refused } = castellan;
  const why =
    refused === undefined ? 'allowed' : [refused.stage, refused.type, refused.reason].filter(Boolean).join(' ');
  const code = (event as Partial<GuardEvent>).http_response?.code ?? 'begun';
  return printable(
    [
      new Date(event.time).toISOString(),
      String(code),
      event.http_request.http_method,
      event.api.operation === '' ? event.http_request.url.path : event.api.operation,
      opened?.subject ?? subject ?? 'nobody',
      opened?.address ?? event.src_endpoint.ip,
      ...objects,
      why,
      event.metadata.uid,
    ].join('  '),
  );
}

/** Contract, policies and keys were read again (Application Lifecycle). */
interface ReloadEvent {
  readonly class_uid: 6002;
  readonly time: number;
  readonly status_id: 1 | 2;
  readonly status_detail?: string;
  readonly metadata: { readonly uid: string };
  readonly unmapped: { readonly castellan: { readonly contract: string; readonly since: number } };
}

function isReload(event: GuardEvent | ReloadEvent): event is ReloadEvent {
  return event.class_uid === 6002;
}

/** `2026-11-29T08:00:00.000Z  reload  failed  orders.cedar:3:1: …  in force: 4fd0… since 2026-11-28T…`. */
function reloadRow({ time, status_id, status_detail = '', metadata, unmapped }: ReloadEvent): string {
  const { contract, since } = unmapped.castellan;
  const force = `in force: contract ${contract} since ${new Date(since).toISOString()}`;
  const what = ['reload', status_id === 1 ? 'done' : 'failed', ...(status_detail === '' ? [] : [status_detail]), force];
  return printable([new Date(time).toISOString(), ...what, metadata.uid].join('  '));
}
