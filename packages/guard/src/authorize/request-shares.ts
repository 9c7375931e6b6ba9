import type { Exchange } from '../exchange.ts';
import type { Authority } from './authority.ts';
import { entityKey, type EntityUid } from './directory.ts';
import type { ShareValues } from './sharing.ts';

/** An entity that nobody knew when it was asked about. */
export interface Missing extends EntityUid {
  /** False where only what it is in is asked for. */
  readonly whole: boolean;
  /** Whom an object of the API (by its resource type) is shared with is asked for. */
  readonly shares?: true;
}

/** Whom the objects of one request are shared with: fetched when a policy first asks, all of a type at once. */
export class RequestShares {
  readonly #authority: Authority;
  readonly #exchange: Exchange;
  readonly #miss: (key: string, missing: Missing) => void;
  #known: Map<string, ShareValues> | undefined;

  /** @param miss notes what is to be fetched */
  constructor(authority: Authority, exchange: Exchange, miss: (key: string, missing: Missing) => void) {
    this.#authority = authority;
    this.#exchange = exchange;
    this.#miss = miss;
  }

  /** What is known of an object; where nothing was fetched yet, that is noted. */
  of(type: string, id: string): ShareValues | undefined {
    const key = entityKey(type, id);
    const known = this.#known?.get(key);
    if (known === undefined) this.#miss(`shares ${key}`, { type, id, whole: false, shares: true });
    return known;
  }

  /** @throws LoadFailure */
  async fetch(all: readonly Missing[]): Promise<void> {
    const missing = all.filter(({ shares }) => shares === true);
    const shares = (this.#known ??= new Map());
    for (const type of new Set(missing.map((one) => one.type))) {
      const ids = missing.filter((one) => one.type === type).map(({ id }) => id);
      const found = await this.#authority.sharing?.of(this.#exchange, type, ids);
      for (const id of ids) shares.set(entityKey(type, id), found?.get(id) ?? new Map());
    }
  }
}
