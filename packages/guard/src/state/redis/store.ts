import { hash, randomUUID } from 'node:crypto';
import type { RedisCommand } from '../../revocation/redis.ts';
import { beat, type Script } from './scripts.ts';

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
  readonly #told: (away: string | undefined) => void;
  readonly #id = randomUUID();
  #instances = 1;
  #away: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  /**
   * @param patience milliseconds that a command may take
   * @param told what is to be done when the store goes (why) or comes back (undefined)
   */
  constructor(command: RedisCommand, prefix: string, patience: number, told: (away: string | undefined) => void) {
    this.#command = command;
    this.prefix = prefix;
    this.#patience = patience;
    this.#told = told;
  }

  /** Why it does not count at the moment; undefined where it does. */
  get away(): string | undefined {
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
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
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
      this.#gone(error);
      throw error;
    }
  }

  /** One command. Rejects where the store does not answer; from then on it is away. */
  async ask(args: readonly [string, ...string[]]): Promise<unknown> {
    try {
      return await this.#within(this.#command(args));
    } catch (error) {
      this.#gone(error);
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

  #gone(error: unknown): void {
    if (this.#away !== undefined || this.#closed) return;
    this.#away = error instanceof Error ? error.message : String(error);
    this.#told(this.#away);
    clearTimeout(this.#timer);
    this.#again(beats.away);
  }

  async #beat(): Promise<void> {
    try {
      const count = Number(await this.run(beat, `${this.prefix}instances`, this.#id, beats.believed));
      if (count > 0) this.#instances = count;
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
