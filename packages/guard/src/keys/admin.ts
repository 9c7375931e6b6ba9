import { existsSync, readFileSync } from 'node:fs';
import { CastellanError } from '@castellan/contract';
import { formatPasswordHash, hashPassword, parsePasswordHash } from '../authenticate/password.ts';
import { withLock, writePrivateFile } from '../secrets/private-file.ts';
import { secretProblem } from '../secrets/strength.ts';
import { hashKey, storeSecret } from './file-store.ts';
import { createKey } from './key-format.ts';
import { formatStore, parseStore } from './records.ts';
import type { KeyRecord, UserRecord } from './store.ts';

/** What a key or user is given. Times are milliseconds since the epoch. */
export interface NewGrant {
  readonly subject: string;
  readonly owner?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly tenant?: string | undefined;
  readonly expiresAt?: number | undefined;
}

/**
 * Adds a key to a file of keys, which is made where it is not there.
 * @returns the record and the key itself: nothing keeps it, so this is the only time that it can be shown
 * @throws CastellanError
 */
export async function addKey(
  file: string,
  grant: NewGrant,
  now: number,
): Promise<{ readonly record: KeyRecord; readonly key: string }> {
  return changeKeys(file, (records, secret) => {
    const { id, key } = createKey();
    const record = keyRecord(id, hashKey(secret, key), grant, now);
    return { records: [...records, record], result: { record, key } };
  });
}

/**
 * Gives a key's holder a new key; the old one is good for `overlap` milliseconds more, so that nothing fails while the
 * new one is rolled out.
 * @throws CastellanError `unknown-key`
 */
export async function rotateKey(
  file: string,
  id: string,
  overlap: number,
  now: number,
): Promise<{ readonly record: KeyRecord; readonly key: string; readonly previousUntil: number }> {
  return changeKeys(file, (records, secret) => {
    const previous = goodKey(file, records, id, now);
    const fresh = createKey();
    const { hash: _hash, id: _id, replacedBy: _by, createdAt, expiresAt, ...grant } = previous;
    // The new key lives as long as the old one was meant to.
    const lifetime = expiresAt === undefined ? undefined : now + (expiresAt - createdAt);
    const record = keyRecord(fresh.id, hashKey(secret, fresh.key), { ...grant, expiresAt: lifetime }, now);
    const previousUntil = Math.min(previous.expiresAt ?? Number.POSITIVE_INFINITY, now + overlap);
    const replaced = { ...previous, expiresAt: previousUntil, replacedBy: fresh.id };
    return {
      records: [...records.map((one) => (one.id === id ? replaced : one)), record],
      result: { record, key: fresh.key, previousUntil },
    };
  });
}

/** Ends a key at once. @throws CastellanError `unknown-key` */
export async function revokeKey(file: string, id: string, now: number): Promise<KeyRecord> {
  return changeKeys(file, (records) => {
    const revoked = { ...goodKey(file, records, id, now), revokedAt: now };
    return { records: records.map((one) => (one.id === id ? revoked : one)), result: revoked };
  });
}

/**
 * Takes over keys that exist elsewhere. Each is stored as its hash only.
 * @param entries the keys themselves with what they grant
 * @throws CastellanError `weak-secret` for a key that can be guessed, `bad-import`
 */
export async function importKeys(
  file: string,
  entries: readonly (NewGrant & { readonly key: string; readonly id?: string | undefined })[],
  now: number,
): Promise<readonly KeyRecord[]> {
  return changeKeys(file, (records, secret) => {
    const taken = new Set(records.map((record) => record.hash));
    const ids = new Set(records.map((record) => record.id));
    const added: KeyRecord[] = [];
    for (const [index, entry] of entries.entries()) {
      const problem = secretProblem(entry.key, 128);
      if (problem !== undefined)
        throw new CastellanError({
          code: 'weak-secret',
          message: `entry ${index} (${entry.subject}): the key ${problem}`,
          mend: 'give its holder a new one: castellan keys create',
        });
      const hash = hashKey(secret, entry.key);
      if (taken.has(hash)) continue;
      taken.add(hash);
      const id = entry.id ?? createKey().id;
      if (ids.has(id))
        throw new CastellanError({
          code: 'bad-import',
          message: `entry ${index} (${entry.subject}): the id '${id.slice(0, 80)}' is that of another key`,
          mend: 'give each key an id of its own, or none',
        });
      ids.add(id);
      added.push(keyRecord(id, hash, entry, now));
    }
    return { records: [...records, ...added], result: added };
  });
}

/** All keys of a file; empty where it is not there. @throws CastellanError `bad-store` */
export function listKeys(file: string): readonly KeyRecord[] {
  return existsSync(file) ? parseStore('keys', file, readFileSync(file, 'utf8')) : [];
}

/** All users of a file; empty where it is not there. @throws CastellanError `bad-store` */
export function listUsers(file: string): readonly UserRecord[] {
  return existsSync(file) ? parseStore('users', file, readFileSync(file, 'utf8')) : [];
}

/**
 * Adds a user or sets an existing one's password.
 * @param secret the password, or its `$argon2id$` hash
 * @throws CastellanError `weak-secret`, `bad-password-hash`
 */
export async function setUser(
  file: string,
  name: string,
  secret: { readonly password: string } | { readonly hash: string },
  grant: NewGrant,
  now: number,
): Promise<UserRecord> {
  const hash = await passwordHash(name, secret);
  return withLock(file, () => {
    const records = listUsers(file);
    const record: UserRecord = { name, hash, ...granted(grant), createdAt: now };
    writePrivateFile(file, formatStore('users', [...records.filter((one) => one.name !== name), record]));
    return record;
  });
}

/** Ends a user's password at once. @throws CastellanError `unknown-user` */
export async function revokeUser(file: string, name: string, now: number): Promise<UserRecord> {
  return withLock(file, () => {
    const records = listUsers(file);
    const found = records.find((one) => one.name === name);
    if (found === undefined)
      throw new CastellanError({
        code: 'unknown-user',
        message: `there is no user '${name}'`,
        place: { file },
        mend: 'castellan keys list --users names them',
      });
    const revoked = { ...found, revokedAt: now };
    writePrivateFile(
      file,
      formatStore(
        'users',
        records.map((one) => (one === found ? revoked : one)),
      ),
    );
    return revoked;
  });
}

async function passwordHash(
  name: string,
  secret: { readonly password: string } | { readonly hash: string },
): Promise<string> {
  if ('hash' in secret) return formatPasswordHash(parsePasswordHash(secret.hash, `the hash of '${name}'`));
  const problem =
    secret.password.toLowerCase() === name.toLowerCase() ? 'is the user name' : secretProblem(secret.password, 45);
  if (problem !== undefined)
    throw new CastellanError({
      code: 'weak-secret',
      message: `the password of '${name}' ${problem}`,
      mend: 'choose a longer one; four random words do',
    });
  return formatPasswordHash(await hashPassword(secret.password));
}

function granted(grant: NewGrant) {
  return {
    subject: grant.subject,
    ...(grant.owner === undefined ? {} : { owner: grant.owner }),
    scopes: grant.scopes ?? [],
    groups: grant.groups ?? [],
    ...(grant.tenant === undefined ? {} : { tenant: grant.tenant }),
    ...(grant.expiresAt === undefined ? {} : { expiresAt: grant.expiresAt }),
  };
}

function keyRecord(id: string, hash: string, grant: NewGrant, now: number): KeyRecord {
  return { id, hash, ...granted(grant), createdAt: now };
}

function goodKey(file: string, records: readonly KeyRecord[], id: string, now: number): KeyRecord {
  const record = records.find((one) => one.id === id);
  const over = record?.revokedAt !== undefined || (record?.expiresAt !== undefined && record.expiresAt <= now);
  if (record !== undefined && !over) return record;
  throw new CastellanError({
    code: 'unknown-key',
    message: record === undefined ? `there is no key '${id}'` : `the key '${id}' is no longer good`,
    place: { file },
    mend: 'castellan keys list names those that are',
  });
}

function changeKeys<T>(
  file: string,
  change: (
    records: readonly KeyRecord[],
    secret: Buffer,
  ) => { readonly records: readonly KeyRecord[]; readonly result: T },
): Promise<T> {
  return withLock(file, () => {
    const secret = storeSecret(file, !existsSync(file));
    const { records, result } = change(listKeys(file), secret);
    writePrivateFile(file, formatStore('keys', records));
    return result;
  });
}
