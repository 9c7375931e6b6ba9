import { printable } from '@castellan/assess/printable';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CastellanError } from '@castellan/contract';
import { importKeys, setUser, type NewGrant } from '@castellan/guard/keys';
import { storeOf, type KeysCall } from './arguments.ts';
import { usage } from '../arguments.ts';

/** An entry of the file, checked. */
type Entry = NewGrant & {
  readonly key?: string;
  readonly id?: string;
  readonly user?: string;
  readonly password?: string;
  readonly hash?: string;
};

const mend =
  'write a JSON list: [{ "key": "…", "subject": "…", "scopes": [] }] or [{ "user": "…", "hash": "$argon2id$…" }]';

/** `castellan keys import FILE`: keys and users that exist elsewhere, stored as hashes. */
export async function importEntries(call: KeysCall): Promise<void> {
  const { positionals, terminal, now } = call;
  const [name] = positionals;
  if (name === undefined || positionals.length > 1)
    throw usage('which file?', 'castellan keys import FILE, a JSON list of keys or users');
  const entries = readEntries(resolve(terminal.cwd, name));
  const keys = entries.flatMap((entry) => (entry.key === undefined ? [] : [{ ...entry, key: entry.key }]));
  const added = keys.length === 0 ? [] : await importKeys(storeOf(call, 'keys'), keys, now);
  let users = 0;
  for (const { user, password, hash, ...grant } of entries) {
    if (user === undefined) continue;
    const secret = hash === undefined ? { password: password ?? '' } : { hash };
    await setUser(storeOf(call, 'users'), user, secret, { ...grant, subject: grant.subject || user }, now);
    users += 1;
  }
  terminal.out(
    `${added.length} keys and ${users} users imported, as hashes; ${keys.length - added.length} keys were there. Delete ${printable(name)}: it has the secrets\n`,
  );
}

function readEntries(file: string): readonly Entry[] {
  const bad = (message: string, cause?: unknown): CastellanError =>
    new CastellanError({ code: 'bad-import', message, place: { file }, mend, cause });
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw bad(`the file cannot be read as JSON (${(cause as NodeJS.ErrnoException).code ?? 'not JSON'})`, cause);
  }
  if (!Array.isArray(value) || value.length === 0) throw bad('the file has no list of entries');
  return value.map((one: unknown, index) => {
    const entry = readEntry(one);
    if (typeof entry === 'string') throw bad(`entry ${index} ${entry}`);
    return entry;
  });
}

function readEntry(value: unknown): Entry | string {
  if (typeof value !== 'object' || value === null) return 'is no object';
  const fields = value as Record<string, unknown>;
  const text = (name: string): string | undefined => (typeof fields[name] === 'string' ? fields[name] : undefined);
  const [key, user] = [text('key'), text('user')];
  if ((key === undefined) === (user === undefined)) return "has neither 'key' nor 'user', or both";
  const subject = text('subject') ?? user;
  if (subject === undefined) return 'has no subject';
  for (const name of ['scopes', 'groups']) {
    const list = fields[name];
    if (list !== undefined && !(Array.isArray(list) && list.every((one) => typeof one === 'string')))
      return `has ${name} that are no list of texts`;
  }
  const expires = fields['expiresAt'];
  const expiresAt = typeof expires === 'string' ? Date.parse(expires) : expires;
  if (expiresAt !== undefined && !(typeof expiresAt === 'number' && Number.isFinite(expiresAt)))
    return 'has an expiresAt that is no time';
  const optional = Object.fromEntries(
    ['id', 'owner', 'tenant', 'password', 'hash'].flatMap((name) => {
      const given = text(name);
      return given === undefined ? [] : [[name, given]];
    }),
  );
  return {
    subject,
    scopes: fields['scopes'] as string[] | undefined,
    groups: fields['groups'] as string[] | undefined,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(key === undefined ? {} : { key }),
    ...(user === undefined ? {} : { user }),
    ...optional,
  };
}
