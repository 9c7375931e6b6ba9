import { hash, randomUUID } from 'node:crypto';
import type { RedisCommand } from '../../revocation/redis.ts';
import { ailmentOf, type Ailment } from './remedy.ts';
import {
  beat,
  count,
  countDistinct,
  counted,
  giveBack,
  givePlace,
  keepPlace,
  takePlace,
  takeUnits,
  type Script,
} from './scripts.ts';

/** How often an instance says that it is there, and how long it is believed, in milliseconds. */
const beats = { every: 500, away: 200, believed: 5000 };

/**
 * The way to the store that instances share, and whether it is there. A command that fails or takes longer than `patience`
 * means that it is away: nobody waits for it from then on, until it answers again.
 */
export class RedisStore {
  readonly prefix: string;
  readonly #command: RedisCommand;
  readonly #patience: number;
  readonly #told: (away: Ailment | undefined) => void;
  readonly #failure: () => unknown;
  readonly #id = randomUUID();
  #instances = 1;
  #away: Ailment | undefined;
  /** The key of the command that failed: of a cluster, one part may be away. */
  #lost = '';
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  /** Whether the others were told of this instance. */
  #beats = false;

  /**
   * @param patience milliseconds that a command may take
   * @param told what is to be done when the store goes (why) or comes back (undefined)
   * @param failure what the connection last failed with
   */
  constructor(
    command: RedisCommand,
    prefix: string,
    patience: number,
    told: (away: Ailment | undefined) => void,
    failure: () => unknown = () => undefined,
  ) {
    this.#command = command;
    this.prefix = prefix;
    this.#patience = patience;
    this.#told = told;
    this.#failure = failure;
  }

  /** Why it does not count at the moment; undefined where it does. */
  get away(): Ailment | undefined {
    return this.#away;
  }

  /** Instances that share it, as last seen; at least this one. */
  get instances(): number {
    return this.#instances;
  }

  /** The name of something in the store: hashed, so that nobody who reads the store's keys learns who calls. */
  key(kind: string, name: string): string {
    return `${this.prefix}${kind}:${hash('sha256', name, 'base64url').slice(0, 24)}`;
  }

  /** Asks for the first time, and goes on asking. Never rejects. */
  async open(): Promise<void> {
    await this.#beat();
    // What is missing was said by `run`.
    if (this.#away === undefined) await this.#probe().catch(() => {});
  }

  /** Whether all that is needed is permitted, so that it is said at once and not in the middle of requests. */
  async #probe(): Promise<void> {
    const key = this.key('probe', this.#id);
    await this.run(takeUnits, key, 1, 1, 0, 0);
    await this.run(giveBack, key, 0);
    await this.run(count, key, 1, 1000);
    await this.run(counted, key);
    await this.run(count, key, -1, 1000);
    await this.run(takePlace, key, this.#id, 1, 1000);
    await this.run(keepPlace, key, this.#id, 1000);
    await this.run(givePlace, key, this.#id);
    await this.run(countDistinct, `${key}:{${this.#id}}`, 1000, 2, 1, this.#id);
    await this.ask(['EXISTS', key]);
    await this.ask(['XRANGE', `${this.prefix}revocations`, '0-1', '0-1']);
    await this.ask(['XDEL', `${this.prefix}revocations`, '0-1']);
  }

  /** The others count this instance no more. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    if (this.#beats) await this.run(givePlace, `${this.prefix}instances`, this.#id).catch(() => {});
  }

  /** Runs a script on one key. Rejects where the store does not answer; from then on it is away. */
  async run({ text, digest }: Script, key: string, ...args: readonly (string | number)[]): Promise<unknown> {
    const rest = ['1', key, ...args.map(String)];
    try {
      return await this.#within(
        this.#command(['EVALSHA', digest, ...rest]).catch((error: unknown) => {
          if (!/NOSCRIPT/.test(String(error))) throw error;
          return this.#command(['EVAL', text, ...rest]);
        }),
      );
    } catch (error) {
      this.#gone(error, key);
      throw error;
    }
  }

  /** One command. Rejects where the store does not answer; from then on it is away. */
  async ask(args: readonly [string, ...string[]]): Promise<unknown> {
    try {
      return await this.#within(this.#command(args));
    } catch (error) {
      this.#gone(error, args[1] ?? '');
      throw error;
    }
  }

  #within<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      // Where this process itself stood still, the answer is here and was not read yet: it is read first.
      const timer = setTimeout(
        () => setImmediate(() => reject(new Error(`no answer within ${this.#patience} ms`))),
        this.#patience,
      );
      answer.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }

  #gone(error: unknown, key: string): void {
    if (this.#away !== undefined || this.#closed) return;
    this.#lost = key;
    this.#away = ailmentOf([error, this.#failure()], this.prefix);
    this.#told(this.#away);
    clearTimeout(this.#timer);
    this.#again(beats.away);
  }

  async #beat(): Promise<void> {
    try {
      const instances = Number(await this.run(beat, `${this.prefix}instances`, this.#id, beats.believed));
      this.#beats = true;
      if (instances > 0) this.#instances = instances;
      if (this.#away !== undefined) {
        // One part of a cluster may be away still, or one command not permitted.
        if (this.#lost !== '') await this.ask(['EXISTS', this.#lost]);
        await this.#probe();
      }
      if (this.#away !== undefined) {
        this.#away = undefined;
        this.#told(undefined);
      }
    } catch {
      // `run` said so.
    }
    this.#again(this.#away === undefined ? beats.every : beats.away);
  }

  #again(milliseconds: number): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#beat(), milliseconds);
    this.#timer.unref();
  }
}
