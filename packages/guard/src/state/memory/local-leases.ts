import type { Leases, Release } from '../leases.ts';

/** The calls that run now in this process, and no others: who calls nothing is not kept. */
export class LocalLeases implements Leases {
  readonly #taken = new Map<string, number>();

  take(key: string, limit: number): Release | undefined {
    const taken = this.#taken.get(key) ?? 0;
    if (taken >= limit) return undefined;
    this.#taken.set(key, taken + 1);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      const left = (this.#taken.get(key) ?? 1) - 1;
      if (left === 0) this.#taken.delete(key);
      else this.#taken.set(key, left);
    };
  }
}
