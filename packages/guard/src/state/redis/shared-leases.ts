import { randomUUID } from 'node:crypto';
import type { Leases, Release } from '../leases.ts';
import { LocalLeases } from '../memory/local-leases.ts';
import { givePlace, keepPlace, takePlace } from './scripts.ts';
import type { RedisStore } from './store.ts';

/** Milliseconds after which the place of an instance that is gone is free again, and after which it says that it is there. */
const lease = { lasts: 15_000, kept: 5000 };

/**
 * Places that instances share. The place of a process that was killed is free after 15 seconds; one that runs keeps its own.
 * While the store is away each instance gives its part of the places, at least one.
 */
export class SharedLeases implements Leases {
  readonly #store: RedisStore;
  readonly #here = new LocalLeases();
  readonly #held = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(store: RedisStore) {
    this.#store = store;
  }

  take(key: string, limit: number): Release | undefined | Promise<Release | undefined> {
    if (this.#store.away !== undefined) return this.#takeAlone(key, limit);
    // What runs here already is known without asking.
    const here = this.#here.take(key, limit);
    return here === undefined ? undefined : this.#takeShared(key, limit, here);
  }

  /** Gives everything back: the process ends. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#store.away !== undefined) return;
    await Promise.all([...this.#held].map(([id, name]) => this.#give(id, name)));
  }

  #takeAlone(key: string, limit: number): Release | undefined {
    return this.#here.take(key, Math.max(1, Math.floor(limit / this.#store.instances)));
  }

  async #takeShared(key: string, limit: number, here: Release): Promise<Release | undefined> {
    const name = this.#store.key('l', key);
    const id = randomUUID();
    try {
      if (Number(await this.#store.run(takePlace, name, id, limit, lease.lasts)) === 0) {
        here();
        return undefined;
      }
    } catch {
      here();
      return this.#takeAlone(key, limit);
    }
    this.#held.set(id, name);
    this.#timer ??= this.#keep();
    return () => {
      here();
      if (this.#held.delete(id)) void this.#give(id, name);
    };
  }

  #keep(): NodeJS.Timeout {
    const timer = setInterval(() => {
      if (this.#store.away !== undefined) return;
      for (const [id, name] of this.#held) this.#store.run(keepPlace, name, id, lease.lasts).catch(() => {});
    }, lease.kept);
    return timer.unref();
  }

  #give(id: string, name: string): Promise<void> {
    return this.#store.run(givePlace, name, id).then(
      () => undefined,
      () => undefined,
    );
  }
}
