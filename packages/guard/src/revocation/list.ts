import type { Identity, SchemeNotice } from '../scheme.ts';
import { checkRevocation, type Revocation } from './entry.ts';
import { RevocationFile } from './file.ts';
import { RevocationStream, type RedisCommand } from './redis.ts';

export interface RevocationOptions {
  /** Where revocations survive a restart: one JSON line each. `castellan keys revoke` writes it too. */
  readonly file?: string | undefined;
  /** Where several instances share them. */
  readonly redis?: RedisCommand | undefined;
  /** Name of the Redis stream. Default `castellan:revocations`. */
  readonly redisKey?: string | undefined;
  /** Milliseconds between two looks at file and Redis. Default 500, at most 1,000. */
  readonly interval?: number | undefined;
  /** Milliseconds since the epoch. For tests. */
  readonly clock?: (() => number) | undefined;
}

/**
 * Credentials that are no longer good although they have not expired. In force on this instance at once, on all that
 * share the file or Redis within two looks (a second by default).
 */
export class RevocationList {
  readonly #entries = new Map<string, Revocation>();
  readonly #file: RevocationFile | undefined;
  readonly #stream: RevocationStream | undefined;
  readonly #clock: () => number;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #failure: string | undefined;

  constructor(options: RevocationOptions = {}) {
    this.#clock = options.clock ?? Date.now;
    this.#file = options.file === undefined ? undefined : new RevocationFile(options.file);
    this.#stream = options.redis === undefined ? undefined : new RevocationStream(options.redis, options.redisKey);
    if (this.#file === undefined && this.#stream === undefined) return;
    this.#timer = setInterval(() => void this.refresh(), Math.min(options.interval ?? 500, 1000));
    this.#timer.unref();
  }

  /** Reads everything for the first time. @throws CastellanError where the file cannot be read; Redis may come later */
  async open(): Promise<this> {
    this.#readFile();
    await this.refresh();
    return this;
  }

  get size(): number {
    return this.#entries.size;
  }

  get notices(): readonly SchemeNotice[] {
    return this.#failure === undefined
      ? []
      : [{ code: 'revocations-stale', message: this.#failure, fatalInProduction: false }];
  }

  /** Whether a credential was revoked. Costs nothing while the list is empty. */
  isRevoked(identity: Identity): boolean {
    if (this.#entries.size === 0) return false;
    const { credential, issuer, subject } = identity;
    const ended = (kind: Revocation['kind'], id: string): Revocation | undefined =>
      this.#entries.get(`${kind} ${id}`) ?? this.#entries.get(`${kind} ${id} ${issuer}`);
    if (ended(credential.kind === 'jwt' || credential.kind === 'opaque-token' ? 'token' : 'credential', credential.id))
      return true;
    if (ended('credential', credential.id)) return true;
    const all = ended('subject', subject);
    // What was issued after the subject was revoked is a new beginning; what does not tell when it was is not.
    return all !== undefined && !(identity.issuedAt !== undefined && identity.issuedAt > all.at);
  }

  /**
   * Revokes. In force here when this returns; it rejects where a shared list could not be told, and is in force here
   * all the same.
   * @throws CastellanError `bad-revocation`, `cannot-write`
   */
  async revoke(revocation: Omit<Revocation, 'at'> & { readonly at?: number | undefined }): Promise<void> {
    const entry: Revocation = { ...revocation, at: revocation.at ?? this.#clock() };
    const text = checkRevocation(entry);
    this.#add(entry);
    this.#file?.append(entry);
    await this.#stream?.append(text);
  }

  /** Looks for what others revoked. */
  refresh(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    let failure: string | undefined;
    try {
      this.#readFile();
    } catch (error) {
      failure = `${error instanceof Error ? error.message : String(error)}; what was revoked before stays revoked`;
    }
    try {
      for (const entry of (await this.#stream?.changes(this.#clock())) ?? []) this.#add(entry);
    } catch (error) {
      failure = `the shared revocation list does not answer (${error instanceof Error ? error.message : String(error)}): new revocations of other instances are not in force here`;
    }
    this.#failure = failure;
    this.#sweep();
  }

  #readFile(): void {
    for (const entry of this.#file?.changes() ?? []) this.#add(entry);
  }

  #add(entry: Revocation): void {
    const key = `${entry.kind} ${entry.id}${entry.issuer === undefined ? '' : ` ${entry.issuer}`}`;
    const known = this.#entries.get(key);
    if (known === undefined || known.at < entry.at) this.#entries.set(key, entry);
  }

  #sweep(): void {
    const now = this.#clock();
    for (const [key, entry] of this.#entries)
      if (entry.until !== undefined && entry.until <= now) this.#entries.delete(key);
  }
}
