import { printable } from '@castellan/assess/printable';
import {
  listKeys,
  listUsers,
  readUsage,
  rotationDays,
  usageFileOf,
  type KeyRecord,
  type UserRecord,
} from '@castellan/guard/keys';
import { openFileMessage, openToOthers } from '@castellan/guard/secrets';
import { formatTable } from '../table.ts';
import { storeOf, type KeysCall } from './arguments.ts';

const day = 86_400_000;

/** `castellan keys list`: who holds what, how old it is, and what is due. Never a secret. */
export function list(call: KeysCall): void {
  const { values, terminal, now } = call;
  const kind = values.users === true ? 'users' : 'keys';
  const file = storeOf(call, kind);
  if (openToOthers(file)) terminal.err(`${printable(openFileMessage(file))}\n`);
  const used = readUsage(usageFileOf(file));
  const rows = (kind === 'users' ? listUsers(file) : listKeys(file))
    .map((record) => rowOf(record, used, now))
    .filter((row) => values.due !== true || row.state === 'rotation due');
  if (values.json === true) {
    terminal.out(`${JSON.stringify(rows, null, 2)}\n`);
    return;
  }
  if (rows.length === 0) {
    terminal.out(values.due === true ? 'nothing is due\n' : `no ${kind} in ${printable(file)}\n`);
    return;
  }
  terminal.out(
    formatTable(
      [
        kind === 'users' ? 'user' : 'id',
        'subject',
        'owner',
        'scopes',
        'groups',
        'days',
        'expires',
        'last used',
        'state',
      ],
      rows.map((row) => [
        row.name,
        row.subject,
        row.owner ?? '-',
        row.scopes.join(' ') || '-',
        row.groups.join(' ') || '-',
        String(row.days),
        row.expires ?? 'never',
        row.lastUsed ?? 'unknown',
        row.state,
      ]),
    ),
  );
}

interface Row {
  readonly name: string;
  readonly subject: string;
  readonly owner?: string | undefined;
  readonly scopes: readonly string[];
  readonly groups: readonly string[];
  readonly created: string;
  readonly days: number;
  readonly expires?: string | undefined;
  readonly lastUsed?: string | undefined;
  readonly state: 'good' | 'rotation due' | 'being replaced' | 'expired' | 'revoked';
}

function rowOf(record: KeyRecord | UserRecord, used: ReadonlyMap<string, number>, now: number): Row {
  const name = 'name' in record ? record.name : record.id;
  const last = used.get(name);
  return {
    name,
    subject: record.subject,
    owner: record.owner,
    scopes: record.scopes,
    groups: record.groups,
    created: new Date(record.createdAt).toISOString(),
    days: Math.floor((now - record.createdAt) / day),
    expires: record.expiresAt === undefined ? undefined : new Date(record.expiresAt).toISOString(),
    lastUsed: last === undefined ? undefined : new Date(last).toISOString(),
    state: stateOf(record, now),
  };
}

function stateOf(record: KeyRecord | UserRecord, now: number): Row['state'] {
  if (record.revokedAt !== undefined) return 'revoked';
  if (record.expiresAt !== undefined && record.expiresAt <= now) return 'expired';
  if ('replacedBy' in record && record.replacedBy !== undefined) return 'being replaced';
  return now - record.createdAt > rotationDays * day ? 'rotation due' : 'good';
}
