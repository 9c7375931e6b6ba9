import { openUserFile } from '../keys/file-store.ts';
import type { UserRecord, UserStore } from '../keys/store.ts';
import type { Identity } from '../scheme.ts';
import { momentOf } from '../configuration/quantities.ts';
import { identityOf, type Account, type Accounts } from './basic.ts';
import { given, grantOf, isOver } from './stored-record.ts';
import { parsePasswordHash } from './password.ts';

/** Users of a store. @throws CastellanError `unreadable-file`, `bad-store` */
export function storedUsers(scheme: string, configured: string | UserStore): Accounts {
  const store = typeof configured === 'string' ? openUserFile(configured) : configured;
  // A record that did not change is the same object, and so is what is made of it.
  const made = new WeakMap<UserRecord, Account>();
  const latest = new Map<string, { readonly text: string; readonly account: Account }>();

  const accountOf = (found: UserRecord | null | undefined, now: number): Account | undefined => {
    const record = given(found);
    if (record === undefined || given(record.revokedAt) !== undefined) return undefined;
    if (isOver(record.expiresAt, now)) return undefined;
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
          identity: identityOfUser(scheme, record),
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

function identityOfUser(scheme: string, record: UserRecord): Identity {
  const [expiresAt, issuedAt] = [momentOf(record.expiresAt), momentOf(record.createdAt)];
  const user = { ...grantOf(record), subject: given(record.subject), expiresAt };
  return { ...identityOf(scheme, record.name, user), ...(issuedAt === undefined ? {} : { issuedAt }) };
}
