/** An API key as a store keeps it: everything but the key. Times are milliseconds since the epoch. */
export interface KeyRecord {
  /** Names the key in lists, logs and revocations. */
  readonly id: string;
  /** HMAC-SHA-256 of the key under the store's own secret, base64url. */
  readonly hash: string;
  readonly subject: string;
  /** Who answers for it: a team, a person. */
  readonly owner?: string | undefined;
  readonly scopes: readonly string[];
  readonly groups: readonly string[];
  readonly tenant?: string | undefined;
  readonly createdAt: number;
  readonly expiresAt?: number | undefined;
  readonly revokedAt?: number | undefined;
  /** The key that took its place. */
  readonly replacedBy?: string | undefined;
}

/** A user as a store keeps it. */
export interface UserRecord {
  readonly name: string;
  /** PHC string, `$argon2id$…`. */
  readonly hash: string;
  readonly subject: string;
  readonly owner?: string | undefined;
  readonly scopes: readonly string[];
  readonly groups: readonly string[];
  readonly tenant?: string | undefined;
  readonly createdAt: number;
  readonly expiresAt?: number | undefined;
  readonly revokedAt?: number | undefined;
}

/** Where API keys are looked up. Files here; a database has the same methods. */
export interface KeyStore {
  /** The record of a key, whatever its state; undefined where there is none. */
  find(key: string): KeyRecord | undefined | Promise<KeyRecord | undefined>;
  /** Notes that a key was used. Must not wait. */
  used?(id: string, now: number): void;
  notices?(now: number): readonly { readonly code: string; readonly message: string }[];
  close?(): Promise<void>;
}

/** Where users are looked up. */
export interface UserStore {
  find(name: string): UserRecord | undefined | Promise<UserRecord | undefined>;
  /** Hashes of some users: a name that nobody has must cost what one of these costs. */
  samples(): readonly string[] | Promise<readonly string[]>;
  notices?(now: number): readonly { readonly code: string; readonly message: string }[];
  close?(): Promise<void>;
}

/** Days after which a key should be rotated. */
export const rotationDays = 90;

/** What is due: records older than `rotationDays` that are still good. */
export function rotationDue(
  records: Iterable<{
    readonly createdAt: number;
    readonly revokedAt?: number | undefined;
    readonly expiresAt?: number | undefined;
  }>,
  now: number,
): number {
  let due = 0;
  for (const record of records) {
    if (record.revokedAt !== undefined || (record.expiresAt !== undefined && record.expiresAt <= now)) continue;
    if (now - record.createdAt > rotationDays * 86_400_000) due += 1;
  }
  return due;
}
