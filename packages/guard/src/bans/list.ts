import { CastellanError } from '@castellan/contract';
import { limitKey } from '../address.ts';
import type { AuthContext } from '../auth-context.ts';
import { AppendedFile } from '../state/appended/file.ts';
import type { EntryFormat } from '../state/appended/format.ts';
import { AppendedStream } from '../state/appended/stream.ts';
import type { RedisCommand } from '../revocation/redis.ts';
import { parseBan, writeBan, type Ban, type BanKind } from './entry.ts';
import { Networks } from './networks.ts';
import { Looks } from '../state/appended/looks.ts';

export interface BanOptions {
  /** Where bans survive a restart and are shared by the processes of one machine: one JSON line each. */
  readonly file?: string | undefined;
  /** Where several instances share them. */
  readonly redis?: RedisCommand | undefined;
  /** Name of the Redis stream. Default `castellan:bans`. */
  readonly redisKey?: string | undefined;
  /** Milliseconds between two looks at file and Redis. Default 500, at most 1,000. */
  readonly interval?: number | undefined;
  /** Milliseconds since the epoch. For tests. */
  readonly clock?: (() => number) | undefined;
}

/** Whom a ban is about: one of them. */
export interface Banned {
  /** `192.0.2.7`; of IPv6 its /64. */
  readonly address?: string | undefined;
  /** A CIDR range, `192.0.2.0/24`. */
  readonly network?: string | undefined;
  /** A subject. */
  readonly principal?: string | undefined;
  /** The id of a credential, as events name it. */
  readonly credential?: string | undefined;
  /** Of a principal or credential: only of this issuer. */
  readonly issuer?: string | undefined;
}

/** Whom to ban, why and for how long. */
export interface NewBan extends Banned {
  /** For those who read the log. The caller is never told. */
  readonly reason: string;
  /** Seconds. */
  readonly for?: number | undefined;
  /** Milliseconds since the epoch, instead of `for`. Without either it holds until it is lifted. */
  readonly until?: number | undefined;
}

/** How bans are written where processes share them. */
const banFormat: EntryFormat<Ban> = {
  list: 'the list of bans',
  entry: 'ban',
  badCode: 'bad-bans',
  remedy: 'restore the file, or remove the line if nobody is banned by it',
  parse: parseBan,
  write: writeBan,
};

/**
 * Who may not call for a while. In force on this instance at once, on all that share the file or Redis within two looks (a second by
 * default). Costs nothing while nobody is banned.
 */
export class BanList {
  /** The last word about each, by kind, id and issuer. */
  readonly #entries = new Map<string, Ban>();
  readonly #networks = new Networks<Ban>();
  readonly #file: AppendedFile<Ban> | undefined;
  readonly #stream: AppendedStream<Ban> | undefined;
  readonly #clock: () => number;
  #timer: NodeJS.Timeout | undefined;
  readonly #looks = new Looks(() => this.#look());
  #failure: string | undefined;
  #ofAddresses = 0;
  #ofCallers = 0;

  constructor(options: BanOptions = {}) {
    this.#clock = options.clock ?? Date.now;
    this.#file = options.file === undefined ? undefined : new AppendedFile(options.file, banFormat);
    this.#stream =
      options.redis === undefined
        ? undefined
        : new AppendedStream(options.redis, options.redisKey ?? 'castellan:bans', banFormat);
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

  get notices(): readonly { readonly code: string; readonly message: string }[] {
    return this.#failure === undefined ? [] : [{ code: 'bans-stale', message: this.#failure }];
  }

  /** The ban of an address; undefined where there is none. */
  ofAddress(address: string): Ban | undefined {
    if (this.#ofAddresses === 0) return undefined;
    const found = this.#inForce('address', limitKey(address), '');
    if (found !== undefined) return found;
    for (const ban of this.#networks.of(address)) if (this.#holds(ban)) return ban;
    return undefined;
  }

  /** The ban of an authenticated caller, or of the credential that it came with. */
  ofCaller({ subject, issuer, credential }: Pick<AuthContext, 'subject' | 'issuer' | 'credential'>): Ban | undefined {
    if (this.#ofCallers === 0) return undefined;
    return (
      this.#inForce('principal', subject, issuer) ??
      this.#inForce('principal', subject, '') ??
      this.#inForce('credential', credential.id, issuer) ??
      this.#inForce('credential', credential.id, '')
    );
  }

  /** All that are in force, the newest first. */
  list(): readonly Ban[] {
    return [...this.#entries.values()].filter((ban) => this.#holds(ban)).toSorted((a, b) => b.at - a.at);
  }

  /**
   * Bans. In force here when this returns; it rejects where a shared list could not be told, and is in force here all the same.
   * @throws CastellanError `bad-ban`, `cannot-write`
   */
  async ban({ for: seconds, until, reason, ...whom }: NewBan): Promise<Ban> {
    const now = this.#clock();
    const end = until ?? (seconds === undefined ? undefined : now + seconds * 1000);
    return this.#say({ ...targetOf(whom), reason, at: now, ...(end === undefined ? {} : { until: end }) });
  }

  /** Takes a ban back. */
  async lift(whom: Banned, reason = 'lifted'): Promise<void> {
    await this.#say({ ...targetOf(whom), reason, at: this.#clock(), lifted: true });
  }

  /** Looks for what others said: what they did before this was called is in force when it resolves. */
  refresh(): Promise<void> {
    return this.#looks.again();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looks.ended();
  }

  async #say(entry: Ban): Promise<Ban> {
    const text = writeBan(entry);
    const known = this.#entries.get(nameOf(parseBan(text) ?? entry));
    // Of two at the same moment the one that was said last.
    const ban: Ban = { ...entry, at: known === undefined ? entry.at : Math.max(entry.at, known.at + 1) };
    this.#add(parseBan(writeBan(ban)) ?? ban);
    this.#file?.append(ban);
    await this.#stream?.append(writeBan(ban));
    return ban;
  }

  async #look(): Promise<void> {
    let failure: string | undefined;
    try {
      this.#readFile();
    } catch (error) {
      failure = `${error instanceof Error ? error.message : String(error)}; who was banned before stays banned`;
    }
    const problem = this.#file?.problem();
    if (problem !== undefined) failure ??= `${problem.message}; the other lines of the list of bans are in force`;
    try {
      for (const entry of (await this.#stream?.changes(this.#clock())) ?? []) this.#add(entry);
    } catch (error) {
      failure = `the shared list of bans does not answer (${error instanceof Error ? error.message : String(error)}): new bans of other instances are not in force here`;
    }
    if ((this.#stream?.broken ?? 0) > 0)
      failure ??= `${this.#stream?.broken} entries of the shared list of bans are no bans: whom they banned is not known`;
    this.#failure = failure;
    this.#sweep();
  }

  #readFile(): void {
    for (const entry of this.#file?.changes() ?? []) this.#add(entry);
  }

  #add(ban: Ban): void {
    const name = nameOf(ban);
    const known = this.#entries.get(name);
    if (known !== undefined && known.at > ban.at) return;
    this.#entries.set(name, ban);
    if (ban.kind === 'network') this.#networks.set(ban.id, ban);
    this.#count();
  }

  #sweep(): void {
    const now = this.#clock();
    for (const [name, ban] of this.#entries) {
      if (ban.until === undefined || ban.until > now) continue;
      this.#entries.delete(name);
      if (ban.kind === 'network') this.#networks.delete(ban.id);
    }
    this.#count();
  }

  #count(): void {
    this.#ofAddresses = 0;
    this.#ofCallers = 0;
    for (const { kind, lifted } of this.#entries.values()) {
      if (lifted === true) continue;
      if (kind === 'address' || kind === 'network') this.#ofAddresses += 1;
      else this.#ofCallers += 1;
    }
  }

  #inForce(kind: BanKind, id: string, issuer: string): Ban | undefined {
    const ban = this.#entries.get(`${kind} ${issuer} ${id}`);
    return ban !== undefined && this.#holds(ban) ? ban : undefined;
  }

  #holds({ lifted, until }: Ban): boolean {
    return lifted !== true && (until === undefined || until > this.#clock());
  }
}

function nameOf({ kind, id, issuer = '' }: Ban): string {
  return `${kind} ${issuer} ${id}`;
}

/** @throws CastellanError `bad-ban` */
function targetOf({ issuer, ...whom }: Banned): Pick<Ban, 'kind' | 'id' | 'issuer'> {
  const named = Object.entries(whom).filter(([, id]) => id !== undefined) as [BanKind, string][];
  const [target] = named;
  if (target === undefined || named.length > 1)
    throw new CastellanError({
      code: 'bad-ban',
      message: named.length === 0 ? 'nobody is named' : `${named.length} are named at once`,
      mend: 'name one of address, network, principal, credential',
    });
  return { kind: target[0], id: target[1], ...(issuer === undefined ? {} : { issuer }) };
}
