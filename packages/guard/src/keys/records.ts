import { CastellanError } from '@castellan/contract';
import type { KeyRecord, UserRecord } from './store.ts';

/** What a store's file holds. */
interface StoreContent<R> {
  readonly version: 1;
  readonly kind: 'keys' | 'users';
  readonly records: readonly R[];
}

/**
 * Reads the text of a store's file into records that cannot be wrong.
 * @throws CastellanError `bad-store`
 */
export function parseStore<K extends 'keys' | 'users'>(
  kind: K,
  file: string,
  text: string,
): readonly (K extends 'keys' ? KeyRecord : UserRecord)[] {
  const bad = (message: string): CastellanError =>
    new CastellanError({
      code: 'bad-store',
      message,
      place: { file },
      mend: `restore the file; castellan keys create makes ${kind === 'keys' ? 'keys' : 'users (--user)'}`,
    });
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw bad('the store is not JSON');
  }
  const { version, kind: actual, records } = (content ?? {}) as Record<string, unknown>;
  if (version !== 1 || actual !== kind || !Array.isArray(records)) throw bad(`this is no store of ${kind}`);
  const byName = new Map<unknown, number>();
  for (const [index, record] of records.entries()) {
    const problem = problemOf(kind, record);
    if (problem !== undefined) throw bad(`records[${index}] ${problem}`);
    const name: unknown = (record as Record<string, unknown>)[kind === 'keys' ? 'id' : 'name'];
    const same = byName.get(name);
    // What is meant for one of them would happen to both, or to the other one.
    if (same !== undefined)
      throw bad(`records[${index}] has the ${kind === 'keys' ? 'id' : 'name'} of records[${same}]`);
    byName.set(name, index);
  }
  return records as readonly (K extends 'keys' ? KeyRecord : UserRecord)[];
}

function problemOf(kind: 'keys' | 'users', record: unknown): string | undefined {
  if (typeof record !== 'object' || record === null) return 'is no object';
  const fields = record as Record<string, unknown>;
  for (const name of [kind === 'keys' ? 'id' : 'name', 'hash', 'subject']) {
    if (typeof fields[name] !== 'string' || fields[name] === '') return `has no ${name}`;
  }
  for (const name of ['scopes', 'groups']) {
    const list = fields[name];
    if (!Array.isArray(list) || !list.every((one) => typeof one === 'string')) return `has no list of ${name}`;
  }
  if (typeof fields['createdAt'] !== 'number') return 'has no createdAt';
  for (const name of ['expiresAt', 'revokedAt']) {
    if (fields[name] !== undefined && typeof fields[name] !== 'number') return `has a ${name} that is no time`;
  }
  return undefined;
}

/** The text of a store's file. */
export function formatStore(kind: 'keys' | 'users', records: readonly (KeyRecord | UserRecord)[]): string {
  const content: StoreContent<KeyRecord | UserRecord> = { version: 1, kind, records };
  return `${JSON.stringify(content, null, 2)}\n`;
}
