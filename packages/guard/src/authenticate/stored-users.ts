import { openUserFile } from '../keys/file-store.ts';
import type { UserRecord, UserStore } from '../keys/store.ts';
import { identityOf, type Account, type Accounts } from './basic.ts';
import { parsePasswordHash } from './password.ts';

/** Users of a store. @throws CastellanError `unreadable-file`, `bad-store` */
export function storedUsers(scheme: string, configured: string | UserStore): Accounts {
  const store = typeof configured === 'string' ? openUserFile(configured) : configured;
  // A record that did not change is the same object, and so is what is made of it.
  const made = new WeakMap<UserRecord, Account>();
  const latest = new Map<string, { readonly text: string; readonly account: Account }>();

  const accountOf = (record: UserRecord | undefined, now: number): Account | undefined => {
    if (record === undefined || record.revokedAt !== undefined) return undefined;
    if (record.expiresAt !== undefined && record.expiresAt <= now) return undefined;
    // A database gives a new object each time: one that says the same is the same account.
    const text = made.has(record) ? '' : JSON.stringify(record);
    const last = latest.get(record.name);
    if (text !== '' && last?.text === text) made.set(record, last.account);
    let account = made.get(record);
    if (account === undefined) {
      account = {
        hash: parsePasswordHash(record.hash, `the hash of '${record.name}'`),
        outcome: {
          outcome: 'verified',
          identity: { ...identityOf(scheme, record.name, { ...record, hash: undefined }), issuedAt: record.createdAt },
        },
      };
      made.set(record, account);
      if (latest.size >= 10_000) latest.clear();
      latest.set(record.name, { text, account });
    }
    return account;
  };

  return {
    find(name, now) {
      const found = store.find(name);
      return found instanceof Promise ? found.then((record) => accountOf(record, now)) : accountOf(found, now);
    },
    async costs() {
      return (await store.samples()).map((hash) => parsePasswordHash(hash, 'a stored hash'));
    },
    notices: (now) => (store.notices?.(now) ?? []).map((notice) => ({ ...notice, fatalInProduction: false })),
    close: store.close?.bind(store),
  };
}
