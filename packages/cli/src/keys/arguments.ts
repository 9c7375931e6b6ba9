import { resolve } from 'node:path';
import { parseDuration } from '@castellan/contract';
import { storeFile, type NewGrant } from '@castellan/guard/keys';
import type { Terminal } from '../verb.ts';
import { usage } from '../arguments.ts';

/** The options of all subcommands of `castellan keys`. */
export const keysOptions = {
  store: { type: 'string' },
  user: { type: 'string' },
  users: { type: 'boolean' },
  subject: { type: 'string' },
  owner: { type: 'string' },
  scope: { type: 'string', multiple: true },
  group: { type: 'string', multiple: true },
  tenant: { type: 'string' },
  expires: { type: 'string' },
  'password-file': { type: 'string' },
  overlap: { type: 'string' },
  due: { type: 'boolean' },
  token: { type: 'string' },
  credential: { type: 'string' },
  kind: { type: 'string' },
  issuer: { type: 'string' },
  'until-expiry': { type: 'string' },
  revocations: { type: 'string' },
  'signing-keys': { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** What `parseArguments` makes of them. */
interface KeysValues {
  readonly store?: string | undefined;
  readonly user?: string | undefined;
  readonly users?: boolean | undefined;
  readonly subject?: string | undefined;
  readonly owner?: string | undefined;
  readonly scope?: readonly string[] | undefined;
  readonly group?: readonly string[] | undefined;
  readonly tenant?: string | undefined;
  readonly expires?: string | undefined;
  readonly 'password-file'?: string | undefined;
  readonly overlap?: string | undefined;
  readonly due?: boolean | undefined;
  readonly token?: string | undefined;
  readonly credential?: string | undefined;
  readonly kind?: string | undefined;
  readonly issuer?: string | undefined;
  readonly 'until-expiry'?: string | undefined;
  readonly revocations?: string | undefined;
  readonly 'signing-keys'?: string | undefined;
  readonly json?: boolean | undefined;
}

/** One subcommand's work. */
export interface KeysCall {
  readonly values: KeysValues;
  readonly positionals: readonly string[];
  readonly terminal: Terminal;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The file of a store: `--store`, or the usual one of its kind. */
export function storeOf(call: KeysCall, kind: 'keys' | 'users'): string {
  return resolve(call.terminal.cwd, storeFile(call.values.store ?? kind));
}

/** A time: a duration from now (`90 days`), or a date. @throws CastellanError `usage` */
export function timeOf(text: string, option: string, now: number): number {
  const seconds = parseDuration(text);
  if (seconds !== undefined) return now + seconds * 1000;
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time))
    throw usage(`${option} is '${text}'`, "write a duration such as '90 days', or a date such as 2027-01-31");
  if (time <= now) throw usage(`${option} is '${text}', which is past`, 'write a time to come');
  return time;
}

/** What the options grant. @throws CastellanError `usage` */
export function grantOf({ values, now }: KeysCall, subject: string): NewGrant {
  return {
    subject,
    owner: values.owner,
    scopes: values.scope?.flatMap((one) => one.split(/[ ,]+/).filter(Boolean)),
    groups: values.group?.flatMap((one) => one.split(',').filter(Boolean)),
    tenant: values.tenant,
    expiresAt: values.expires === undefined ? undefined : timeOf(values.expires, '--expires', now),
  };
}
