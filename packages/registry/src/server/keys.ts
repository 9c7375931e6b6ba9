import { createHash, randomBytes } from 'node:crypto';
import type { KeyRecord, KeyStore } from '@castellan/guard/keys';
import { apiIdOf } from '../inventory/api-id.ts';
import type { Store } from '../store/open.ts';
import { storable } from '../store/storable.ts';

const roles = ['guard', 'viewer', 'administrator'] as const;
export type Role = (typeof roles)[number];

/** What each role may do. */
const scopes: Readonly<Record<Role, readonly string[]>> = {
  guard: ['report'],
  viewer: ['viewer'],
  administrator: ['viewer', 'administrator'],
};

/** A new key, which is shown once: the store has its hash only. */
export interface NewKey {
  readonly id: string;
  readonly key: string;
}

/**
 * Makes a key.
 * @param api of a guard: the one that it may report about
 */
export async function createKey(
  { db, clock }: Store,
  { name, role, api = '' }: { readonly name: string; readonly role: Role; readonly api?: string | undefined },
): Promise<NewKey> {
  const id = `key_${randomBytes(9).toString('base64url')}`;
  const key = `castellan_${randomBytes(32).toString('base64url')}`;
  await db
    .insertInto('guards')
    .values({
      id,
      api: api === '' ? '' : apiIdOf(api),
      name: storable(name, 100),
      role,
      key_hash: hashOf(key),
      created: new Date(clock()),
      revoked: null,
    })
    .execute();
  return { id, key };
}

/** The keys of the registry, as its guard looks them up. */
export function keyStore({ db }: Store): KeyStore {
  return {
    async find(key): Promise<KeyRecord | undefined> {
      const hash = hashOf(key);
      const row = await db.selectFrom('guards').selectAll().where('key_hash', '=', hash).executeTakeFirst();
      if (row === undefined) return undefined;
      const role = roles.find((one) => one === row.role);
      return {
        id: row.id,
        hash,
        subject: row.id,
        owner: row.name,
        scopes: role === undefined ? [] : scopes[role],
        groups: [],
        createdAt: row.created.getTime(),
        ...(row.revoked === null ? {} : { revokedAt: row.revoked.getTime() }),
      };
    },
  };
}

/** Keys are 256 random bits: nobody finds one by trying, so a plain hash is enough. */
function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}
