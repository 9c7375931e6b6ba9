import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { CastellanError } from '@castellan/contract';
import { Memory } from '../authenticate/memory.ts';
import { WatchedFile } from '../secrets/watched-file.ts';
import { writePrivateFile } from '../secrets/private-file.ts';
import { parseStore } from './records.ts';
import { rotationDays, rotationDue, type KeyRecord, type KeyStore, type UserRecord, type UserStore } from './store.ts';

/** Milliseconds between two writings of when keys were used last. */
const usageInterval = 60_000;

/** `keys` is `.castellan/keys.json`; anything with a dot or slash is the name of a file. */
export function storeFile(name: string): string {
  return /^[A-Za-z0-9_-]+$/.test(name) ? `.castellan/${name}.json` : name;
}

/** The file beside a store with the secret that its hashes are keyed with. */
function secretFileOf(file: string): string {
  return `${file}.secret`;
}

/** The file beside a store that tells when each key was used last. */
export function usageFileOf(file: string): string {
  return `${file}.used`;
}

/**
 * Reads the secret of a store, or makes it.
 * @throws CastellanError `unreadable-file`, `cannot-write`
 */
export function storeSecret(file: string, create: boolean): Buffer {
  const name = secretFileOf(file);
  if (!existsSync(name) && create) writePrivateFile(name, `${randomBytes(32).toString('base64url')}\n`);
  try {
    const secret = Buffer.from(readFileSync(name, 'utf8').trim(), 'base64url');
    if (secret.length >= 32) return secret;
  } catch (cause) {
    throw new CastellanError({
      code: 'unreadable-file',
      message: `the secret of the key store cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      place: { file: name },
      mend: 'bring it along with the store: without it no key can be recognised',
      cause,
    });
  }
  throw new CastellanError({
    code: 'bad-store',
    message: 'the secret of the key store has fewer than 256 bits',
    place: { file: name },
    mend: 'restore it: without it no key can be recognised',
  });
}

/** The name under which a key is stored: keys are 256 random bits, so a fast keyed hash is enough. */
export function hashKey(secret: Buffer, key: string): string {
  return createHmac('sha256', secret).update(key).digest('base64url');
}

/**
 * Opens a file of API keys. Changes by `castellan keys` are in force within a second.
 * @throws CastellanError `unreadable-file`, `bad-store`
 */
export function openKeyFile(name: string): KeyStore {
  const file = storeFile(name);
  // Store and secret are read together: hashes say nothing under another secret.
  const parse = (text: string) => ({
    secret: storeSecret(file, false),
    records: new Map(parseStore('keys', file, text).map((record) => [record.hash, Object.freeze(record)])),
  });
  const watched = new WatchedFile(file, parse, undefined, [secretFileOf(file)]);
  const usage = new Usage(file);
  const hashes = new Memory<{ readonly expiresAt: number; readonly secret: Buffer; readonly hash: string }>(10_000);
  return {
    find(key) {
      // The stored hash of a key that was found before is remembered; whether it is still there is asked each time.
      const digest = hashes.digest(key);
      const { secret, records } = watched.value;
      const known = hashes.get(digest, 0);
      const hash = known?.secret.equals(secret) === true ? known.hash : hashKey(secret, key);
      const record = records.get(hash);
      if (record !== undefined) hashes.set(digest, { expiresAt: Number.POSITIVE_INFINITY, secret, hash });
      return record;
    },
    used: (id, now) => usage.note(id, now),
    notices: (now) => [...watched.notices, ...dueNotice(file, [...watched.value.records.values()], now)],
    async close() {
      watched.close();
      await usage.write();
    },
  };
}

/**
 * Opens a file of users.
 * @throws CastellanError `unreadable-file`, `bad-store`
 */
export function openUserFile(name: string): UserStore {
  const file = storeFile(name);
  const parse = (text: string): ReadonlyMap<string, UserRecord> =>
    new Map(parseStore('users', file, text).map((record) => [record.name, Object.freeze(record)]));
  const watched = new WatchedFile(file, parse);
  return {
    find: (user) => watched.value.get(user),
    samples: () => [...watched.value.values()].slice(0, 100).map((record) => record.hash),
    notices: () => watched.notices,
    async close() {
      watched.close();
    },
  };
}

function dueNotice(
  file: string,
  records: readonly KeyRecord[],
  now: number,
): readonly { readonly code: string; readonly message: string }[] {
  const due = rotationDue(records, now);
  return due === 0
    ? []
    : [
        {
          code: 'rotation-due',
          message: `${due} of ${records.length} keys in ${file} are older than ${rotationDays} days; castellan keys list --due names them`,
        },
      ];
}

/** When keys were used last: kept in memory, written once a minute, never in a request's way. */
class Usage {
  readonly #file: string;
  readonly #seen = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(file: string) {
    this.#file = usageFileOf(file);
  }

  note(id: string, now: number): void {
    this.#seen.set(id, now);
    this.#timer ??= setTimeout(() => void this.write(), usageInterval).unref();
  }

  async write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#seen.size === 0) return;
    const merged = readUsage(this.#file);
    for (const [id, at] of this.#seen) merged.set(id, Math.max(at, merged.get(id) ?? 0));
    this.#seen.clear();
    const draft = `${this.#file}.${process.pid}.tmp`;
    try {
      await writeFile(draft, `${JSON.stringify(Object.fromEntries(merged))}\n`, { mode: 0o600 });
      await rename(draft, this.#file);
    } catch {
      // A folder that is read-only here: the times are a convenience, and no decision depends on them.
    }
  }
}

/** When each key was used last, by key id; empty where nothing is known. */
export function readUsage(file: string): Map<string, number> {
  try {
    const value = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    return new Map(Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
  } catch {
    return new Map();
  }
}
