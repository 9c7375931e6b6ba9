import { createHash, randomBytes } from 'node:crypto';
import type { KeyRecord, KeyStore } from '@castellan/guard/keys';
import { apiIdOf } from '../../inventory/api-id.ts';
import type { Store } from '../../store/open.ts';
import { storable } from '../../store/storable.ts';
import { roles, type Role } from './roles.ts';

/** A new key, which is shown once: the store has its hash only. */
export interface NewKey {
  readonly id: string;
  readonly key: string;
}

/** Whose key it is. */
export interface KeyHolder {
  readonly name: string;
  readonly role: Role;
  /** Of an owner or developer: whose APIs are theirs. */
  readonly teams?: readonly string[] | undefined;
  /** Of a guard: the one that it may report about. */
  readonly api?: string | undefined;
}

/** Makes a key. */
export async function createKey(store: Store, holder: KeyHolder): Promise<NewKey> {
  const key = `castellan_${randomBytes(32).toString('base64url')}`;
  return { id: await insertKey(store, holder, hashOf(key)), key };
}

/**
 * Gives a guard of one name a new key; the one before is good for nothing.
 * @param id the same at each start
 * @returns the key
 */
export async function renewGuardKey({ db, clock }: Store, id: string, holder: KeyHolder): Promise<string> {
  const key = `castellan_${randomBytes(32).toString('base64url')}`;
  const row = {
    api: apiIdOf(holder.api ?? ''),
    name: storable(holder.name, 100),
    role: holder.role,
    key_hash: hashOf(key),
    created: new Date(clock()),
    revoked: null,
  };
  await db
    .insertInto('guards')
    .values({ id: storable(id, 100), ...row, teams: '[]' })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute();
  return key;
}

/**
 * Lets a client certificate take the place of a key.
 * @param fingerprint SHA-256 of the certificate in hex, with colons or without
 * @returns id; undefined where the certificate is somebody's already
 */
export async function admitCertificate(
  store: Store,
  holder: KeyHolder,
  fingerprint: string,
): Promise<string | undefined> {
  const hash = certificateHash(fingerprint);
  const { db } = store;
  const known = await db.selectFrom('guards').select('id').where('key_hash', '=', hash).executeTakeFirst();
  return known === undefined ? insertKey(store, holder, hash) : undefined;
}

async function insertKey({ db, clock }: Store, holder: KeyHolder, hash: string): Promise<string> {
  const { name, role, teams = [], api = '' } = holder;
  const id = `key_${randomBytes(9).toString('base64url')}`;
  await db
    .insertInto('guards')
    .values({
      id,
      api: api === '' ? '' : apiIdOf(api),
      name: storable(name, 100),
      role,
      teams: JSON.stringify(teams.map((team) => storable(team, 200))),
      key_hash: hash,
      created: new Date(clock()),
      revoked: null,
    })
    .execute();
  return id;
}

/**
 * The keys of the registry, as its guard looks them up.
 * @param local a key that is good as long as this process runs, for the commands of this machine
 */
export function keyStore(store: Store, local?: string): KeyStore {
  const localHash = local === undefined ? undefined : hashOf(local);
  return {
    async find(key): Promise<KeyRecord | undefined> {
      const hash = hashOf(key);
      return hash === localHash ? localRecord(hash, store.clock()) : recordOf(store, hash);
    },
  };
}

/** The record of a client certificate; undefined where nobody admitted it. */
export async function certificateRecord(store: Store, fingerprint: string): Promise<KeyRecord | undefined> {
  const record = await recordOf(store, certificateHash(fingerprint));
  return record?.revokedAt === undefined ? record : undefined;
}

/** Whoever can read the file that holds the key can read the store as well. */
function localRecord(hash: string, now: number): KeyRecord {
  const groups = ['role:administrator'];
  return { id: 'local', hash, subject: 'local', owner: 'local', scopes: [], groups, createdAt: now };
}

async function recordOf({ db }: Store, hash: string): Promise<KeyRecord | undefined> {
  const row = await db.selectFrom('guards').selectAll().where('key_hash', '=', hash).executeTakeFirst();
  if (row === undefined) return undefined;
  const role = roles.find((one) => one === row.role);
  return {
    id: row.id,
    hash,
    subject: row.id,
    owner: row.name,
    scopes: [],
    groups: role === undefined ? [] : [`role:${role}`, ...row.teams.map((team) => `team:${team}`)],
    createdAt: row.created.getTime(),
    ...(row.revoked === null ? {} : { revokedAt: row.revoked.getTime() }),
  };
}

/** Keys are 256 random bits: nobody finds one by trying, so a plain hash is enough. */
function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}

/** No key has such a hash: `:` is no letter of base64url. */
function certificateHash(fingerprint: string): string {
  return `x509:${fingerprint.replaceAll(':', '').toLowerCase()}`;
}
