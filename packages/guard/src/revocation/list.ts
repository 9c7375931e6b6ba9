import type { Identity, SchemeNotice } from '../scheme.ts';
import { checkRevocation, parseRevocation, type Revocation } from './entry.ts';
import { RevocationFile } from './file.ts';
import { RevocationStream, type RedisCommand } from './redis.ts';
import { Looks } from '../state/appended/looks.ts';

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

/** Revocations of one id, by what they count for. */
type ByScope = Map<string, Revocation>;

/**
 * Credentials that are no longer good although they have not expired. In force on this instance at once, on all that
 * share the file or Redis within two looks (a second by default).
 */
export class RevocationList {
  /** By what is revoked, its id, and the issuer and kind that it counts for. */
  readonly #entries = {
    token: new Map<string, ByScope>(),
    credential: new Map<string, ByScope>(),
    subject: new Map<string, ByScope>(),
  };
  readonly #file: RevocationFile | undefined;
  readonly #stream: RevocationStream | undefined;
  readonly #clock: () => number;
  #timer: NodeJS.Timeout | undefined;
  readonly #looks = new Looks(() => this.#look());
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
    // The second look tells a line that is being written from one that never will be.
    this.#readFile();
    const problem = this.#file?.problem();
    if (problem !== undefined) {
      await this.close();
      throw problem;
    }
    await this.refresh();
    return this;
  }

  get size(): number {
    const { token, credential, subject } = this.#entries;
    return token.size + credential.size + subject.size;
  }

  get notices(): readonly SchemeNotice[] {
    return this.#failure === undefined
      ? []
      : [{ code: 'revocations-stale', message: this.#failure, fatalInProduction: false }];
  }

  /** Whether a credential was revoked. Costs nothing while the list is empty. */
  isRevoked(identity: Identity): boolean {
    const { token, credential, subject } = this.#entries;
    const { id, kind } = identity.credential;
    if (credential.size > 0 && ended(credential.get(id), identity)) return true;
    if (token.size > 0 && (kind === 'jwt' || kind === 'opaque-token') && ended(token.get(id), identity)) return true;
    return subject.size > 0 && ended(subject.get(identity.subject), identity);
  }

  /**
   * Revokes. In force here when this returns; it rejects where a shared list could not be told, and is in force here
   * all the same.
   * @throws CastellanError `bad-revocation`, `cannot-write`
   */
  async revoke(revocation: Omit<Revocation, 'at'> & { readonly at?: number | undefined }): Promise<void> {
    const entry: Revocation = { ...revocation, at: revocation.at ?? this.#clock() };
    const text = checkRevocation(entry);
    this.#add(parseRevocation(text) ?? entry);
    this.#file?.append(entry);
    await this.#stream?.append(text);
  }

  /** Looks for what others revoked: what they did before this was called is in force when it resolves. */
  refresh(): Promise<void> {
    return this.#looks.again();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looks.ended();
  }

  async #look(): Promise<void> {
    let failure: string | undefined;
    try {
      this.#readFile();
    } catch (error) {
      failure = `${error instanceof Error ? error.message : String(error)}; what was revoked before stays revoked`;
    }
    // As long as the line stands there, not only when it was read.
    const problem = this.#file?.problem();
    if (problem !== undefined)
      failure ??= `${problem.message}; what else the list of revocations says is in force, and what this line revoked is not known`;
    try {
      for (const entry of (await this.#stream?.changes(this.#clock())) ?? []) this.#add(entry);
    } catch (error) {
      failure = `the shared revocation list does not answer (${error instanceof Error ? error.message : String(error)}): new revocations of other instances are not in force here`;
    }
    const lost = this.#stream?.broken ?? 0;
    if (lost > 0)
      failure ??= `${lost} entries of the shared revocation list are no revocations: what they revoked is not known`;
    this.#failure = failure;
    this.#sweep();
  }

  #readFile(): void {
    for (const entry of this.#file?.changes() ?? []) this.#add(entry);
  }

  #add(entry: Revocation): void {
    const table = this.#entries[entry.kind];
    let known = table.get(entry.id);
    if (known === undefined) table.set(entry.id, (known = new Map()));
    const scope = scopeOf(entry.issuer, entry.of);
    const same = known.get(scope);
    if (same === undefined || same.at < entry.at) known.set(scope, entry);
  }

  #sweep(): void {
    const now = this.#clock();
    for (const table of Object.values(this.#entries)) {
      for (const [id, entries] of table) {
        for (const [issuer, entry] of entries) if (isOver(entry, now)) entries.delete(issuer);
        if (entries.size === 0) table.delete(id);
      }
    }
  }
}

function isOver({ until }: Revocation, now: number): boolean {
  return until !== undefined && until <= now;
}

/** Whether one of these entries ends the credential. */
function ended(entries: ByScope | undefined, { issuer, issuedAt, credential: { kind } }: Identity): boolean {
  if (entries === undefined) return false;
  return [scopeOf(), scopeOf(issuer), scopeOf(undefined, kind), scopeOf(issuer, kind)].some((scope) => {
    const entry = entries.get(scope);
    return (
      entry !== undefined &&
      // What a subject was given after it was revoked is a new beginning; what does not tell when it was is not.
      !(entry.kind === 'subject' && issuedAt !== undefined && issuedAt > entry.at)
    );
  });
}

/** What a revocation counts for: an issuer or all of them, a kind of credential or all of them. */
function scopeOf(issuer?: string | undefined, kind: string = ''): string {
  return issuer === undefined ? kind : `${kind} ${issuer}`;
}
