import type { RedisCommand } from '../../revocation/redis.ts';
import type { EntryFormat } from './format.ts';

/** Entries of one reply. */
const page = 1000;

/**
 * A list in a Redis stream. Every instance reads what is new; a restart reads all of it.
 * @param key of the stream; with `{…}` in it where the cluster must keep it beside others
 */
export class AppendedStream<T extends { readonly until?: number | undefined }> {
  readonly #command: RedisCommand;
  readonly #key: string;
  /** Entries that are none: what they said nobody knows. */
  broken = 0;
  readonly #format: EntryFormat<T>;
  #last = '';

  constructor(command: RedisCommand, key: string, format: EntryFormat<T>) {
    this.#command = command;
    this.#key = key;
    this.#format = format;
  }

  /** What was added since the last call. Rejects where Redis does not answer. */
  async changes(now: number): Promise<readonly T[]> {
    const entries: T[] = [];
    for (;;) {
      const from = this.#last === '' ? '-' : `(${this.#last}`;
      const reply = await this.#command(['XRANGE', this.#key, from, '+', 'COUNT', String(page)]);
      if (!Array.isArray(reply)) throw new Error('XRANGE did not answer a list');
      const expired: string[] = [];
      for (const one of reply as unknown[]) {
        const [id, fields] = one as [unknown, unknown];
        this.#last = String(id);
        const text = Array.isArray(fields) ? String(fields[1]) : '';
        const entry = this.#format.parse(text);
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
