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
 * Keys of guards in this process, good as long as it runs. They are in no store: another process with guards of the same names has keys of
 * its own, and none ends those of another.
 */
export class LocalGuardKeys {
  readonly #ids = new Map<string, string>();

  /** Which guard has the key of this hash. */
  idOf(hash: string): string | undefined {
    return this.#ids.get(hash);
  }

  /**
   * Makes a key for a guard.
   * @param id the same at each start
   */
  async add({ db, clock }: Store, id: string, holder: KeyHolder): Promise<string> {
    const row = {
      api: apiIdOf(holder.api ?? ''),
      name: storable(holder.name, 100),
      role: holder.role,
      revoked: null,
    };
    const known = storable(id, 100);
    await db
      .insertInto('guards')
      // Nobody has the key of this hash.
      .values({ id: known, ...row, teams: '[]', key_hash: `local:${known}`, created: new Date(clock()) })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
      .execute();
    const key = `castellan_${randomBytes(32).toString('base64url')}`;
    this.#ids.set(hashOf(key), known);
    return key;
  }
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
 * @param guards keys of guards in this process
 */
export function keyStore(store: Store, local?: string, guards?: LocalGuardKeys): KeyStore {
  const localHash = local === undefined ? undefined : hashOf(local);
  return {
    async find(key): Promise<KeyRecord | undefined> {
      const hash = hashOf(key);
      if (hash === localHash) return localRecord(hash, store.clock());
      const id = guards?.idOf(hash);
      return id === undefined ? recordOf(store, 'key_hash', hash) : recordOf(store, 'id', id, hash);
    },
  };
}

/** The record of a client certificate; undefined where nobody admitted it. */
export async function certificateRecord(store: Store, fingerprint: string): Promise<KeyRecord | undefined> {
  const record = await recordOf(store, 'key_hash', certificateHash(fingerprint));
  return record?.revokedAt === undefined ? record : undefined;
}

/** Whoever can read the file that holds the key can read the store as well. */
function localRecord(hash: string, now: number): KeyRecord {
  const groups = ['role:administrator'];
  return { id: 'local', hash, subject: 'local', owner: 'local', scopes: [], groups, createdAt: now };
}

async function recordOf(
  { db }: Store,
  column: 'key_hash' | 'id',
  value: string,
  hash = value,
): Promise<KeyRecord | undefined> {
  const row = await db.selectFrom('guards').selectAll().where(column, '=', value).executeTakeFirst();
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
