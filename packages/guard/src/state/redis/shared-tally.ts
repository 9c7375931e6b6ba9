import type { Ends } from '../memory/ends.ts';
import { LocalTally } from '../memory/local-tally.ts';
import type { Tally } from '../tally.ts';
import { count, counted } from './scripts.ts';
import type { RedisStore } from './store.ts';

/**
 * Counts that instances share. Each knows at once what it counted itself, and what the others did when it last heard of the
 * key: with each count, and where it looks. While the store is away each counts by itself.
 */
export class SharedTally implements Tally {
  readonly #store: RedisStore;
  readonly #name: string;
  readonly #lasts: number;
  readonly #here: LocalTally;
  readonly #now: () => number;

  /**
   * @param lasts milliseconds after which it is forgotten
   * @param ends where what is known here is kept; made with `counted`
   * @param now milliseconds since the epoch, never less than before
   */
  constructor(store: RedisStore, name: string, lasts: number, ends: Ends, now: () => number) {
    this.#store = store;
    this.#name = name;
    this.#lasts = lasts;
    this.#here = new LocalTally(name, lasts, ends);
    this.#now = now;
  }

  count(key: string, now: number): number {
    return this.#here.count(key, now);
  }

  last(key: string, now: number): number {
    return this.#here.last(key, now);
  }

  add(key: string, by: 1 | -1, now: number): void {
    this.#here.add(key, by, now);
    const last = this.#here.last(key, now);
    if (this.#store.away !== undefined) return;
    const heard = (total: unknown): void => {
      // A store that was emptied must not take back what is known here.
      if (by > 0 && Number(total) > this.#here.count(key, now)) this.#here.set(key, Number(total), last, now);
    };
    this.#store.run(count, this.#key(key), by, this.#lasts).then(heard, () => {});
  }

  clear(key: string, now: number): void {
    this.#here.clear(key, now);
    if (this.#store.away === undefined) this.#store.ask(['DEL', this.#key(key)]).catch(() => {});
  }

  refresh(keys: readonly string[]): Promise<void> | undefined {
    if (this.#store.away !== undefined) return undefined;
    return Promise.all(keys.map((key) => this.#look(key))).then(() => undefined);
  }

  async #look(key: string): Promise<void> {
    try {
      const reply = await this.#store.run(counted, this.#key(key));
      const [total, left] = Array.isArray(reply) ? (reply as unknown[]) : [];
      const now = this.#now();
      if (Number(total) > 0) this.#here.set(key, Number(total), now - this.#lasts + Number(left), now);
      else if (this.#here.count(key, now) > 0) this.#here.clear(key, now);
    } catch {
      // The store says by itself that it is away.
    }
  }

  #key(key: string): string {
    return this.#store.key('t', `${this.#name} ${key}`);
  }
}
