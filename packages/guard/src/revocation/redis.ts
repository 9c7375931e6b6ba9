import { parseRevocation, type Revocation } from './entry.ts';

/**
 * Sends one command to Redis or Valkey and gives its reply. Any client has it:
 * `(args) => ioredis.call(...args)`, `(args) => nodeRedis.sendCommand([...args])`.
 */
export type RedisCommand = (args: readonly [string, ...string[]]) => Promise<unknown>;

/** Entries of one reply. */
const page = 1000;

/**
 * The revocations of a Redis stream. Every instance reads what is new; a restart reads all of it.
 * @param key of the stream; with `{…}` in it where the cluster must keep it beside others
 */
export class RevocationStream {
  readonly #command: RedisCommand;
  readonly #key: string;
  /** Entries that are no revocation: what they revoked nobody knows. */
  broken = 0;
  #last = '';

  constructor(command: RedisCommand, key = 'castellan:revocations') {
    this.#command = command;
    this.#key = key;
  }

  /** What was added since the last call. Rejects where Redis does not answer. */
  async changes(now: number): Promise<readonly Revocation[]> {
    const entries: Revocation[] = [];
    for (;;) {
      const from = this.#last === '' ? '-' : `(${this.#last}`;
      const reply = await this.#command(['XRANGE', this.#key, from, '+', 'COUNT', String(page)]);
      if (!Array.isArray(reply)) throw new Error('XRANGE did not answer a list');
      const expired: string[] = [];
      for (const one of reply as unknown[]) {
        const [id, fields] = one as [unknown, unknown];
        this.#last = String(id);
        const text = Array.isArray(fields) ? String(fields[1]) : '';
        const entry = parseRevocation(text);
        if (entry === undefined) this.broken += 1;
        if (entry === undefined) continue;
        if (entry.until !== undefined && entry.until <= now) expired.push(String(id));
        else entries.push(entry);
      }
      if (expired.length > 0) await this.#command(['XDEL', this.#key, ...expired]);
      if (reply.length < page) return entries;
    }
  }

  async append(text: string): Promise<void> {
    await this.#command(['XADD', this.#key, '*', 'entry', text]);
  }
}
