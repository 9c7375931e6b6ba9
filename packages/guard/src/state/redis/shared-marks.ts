import type { MarkAnswer, Marks, MarkTime } from '../counter.ts';
import { LocalMarks } from '../memory/local-marks.ts';
import type { RedisStore } from './store.ts';

/** What was done on any instance. What this one saw it knows by itself; of the rest nobody can say while the store is away. */
export class SharedMarks implements Marks {
  readonly #store: RedisStore;
  readonly #here: LocalMarks;
  readonly #lasts: number;
  readonly #now: () => number;

  /**
   * @param lasts milliseconds
   * @param now milliseconds since the epoch, never less than before
   */
  constructor(store: RedisStore, lasts: number, now: () => number) {
    this.#store = store;
    this.#here = new LocalMarks(lasts, now);
    this.#lasts = lasts;
    this.#now = now;
  }

  add(mark: string): void {
    this.#here.add(mark);
    if (this.#store.away !== undefined) return;
    const name = this.#store.key('s', mark);
    this.#store.ask(['SET', name, String(this.#now()), 'PX', String(this.#lasts)]).catch(() => {});
  }

  has(mark: string): MarkAnswer | Promise<MarkAnswer> {
    if (this.#here.has(mark)) return true;
    if (this.#store.away !== undefined) return 'unknown';
    return this.#asked(mark).then((taken) => (taken === 'unknown' ? taken : taken !== undefined));
  }

  taken(mark: string): MarkTime | Promise<MarkTime> {
    if (this.#store.away !== undefined) return this.#here.taken(mark) ?? 'unknown';
    // Another instance may have seen it later than this one.
    return this.#asked(mark).then((taken) => {
      const here = this.#here.taken(mark);
      return taken === 'unknown' || taken === undefined ? (here ?? taken) : Math.max(taken, here ?? 0);
    });
  }

  async take(mark: string, lasts: number): Promise<MarkAnswer> {
    if (this.#store.away !== undefined) return 'unknown';
    try {
      const name = this.#store.key('o', mark);
      return (await this.#store.ask(['SET', name, '1', 'NX', 'PX', String(Math.ceil(lasts))])) !== null;
    } catch {
      return 'unknown';
    }
  }

  drop(mark: string): void {
    if (this.#store.away === undefined) this.#store.ask(['DEL', this.#store.key('o', mark)]).catch(() => {});
  }

  async #asked(mark: string): Promise<MarkTime> {
    try {
      const value = await this.#store.ask(['GET', this.#store.key('s', mark)]);
      return value === null || value === undefined ? undefined : Number(value);
    } catch {
      return 'unknown';
    }
  }
}
