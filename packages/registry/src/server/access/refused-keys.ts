import type { GuardEvent } from '@castellan/guard';
import type { Store } from '../../store/open.ts';
import { note, noteSeldom } from '../journal.ts';

const noted: ReadonlySet<string> = new Set(['unauthenticated', 'insufficient-scope', 'forbidden']);
/** Milliseconds for which the same is not written down again. */
const period = 3_600_000;

/**
 * Writes down keys that are wrong: a guard that was misconfigured, or somebody who tries. The same from one address once an hour, and only so many
 * an hour in all: whoever has many addresses fills no store. Each request is in the audit log.
 */
export class RefusedKeys {
  readonly #store: Store;
  readonly #most: number;
  readonly #seen = new Set<string>();
  #begin = -Infinity;

  /** @param most entries of the journal in an hour */
  constructor(store: Store, most = 1_000) {
    this.#store = store;
    this.#most = most;
  }

  /** Never rejects: a store that is away keeps nobody out and lets nobody in. */
  async add(event: GuardEvent): Promise<void> {
    const { refused, template } = event.unmapped.castellan;
    if (refused === undefined || !noted.has(refused.type)) return;
    const now = this.#store.clock();
    if (now - this.#begin >= period) {
      this.#begin = now;
      this.#seen.clear();
    }
    const detail = `${refused.type}${refused.reason === undefined ? '' : ` (${refused.reason})`} ${template ?? ''}`;
    const { ip } = event.src_endpoint;
    const key = `${ip} ${detail}`;
    if (this.#seen.has(key) || this.#seen.size > this.#most) return;
    this.#seen.add(key);
    const written =
      this.#seen.size > this.#most
        ? note(this.#store, 'registry', 'key-refused', 'more than can be listed here in an hour: see the audit log')
        : noteSeldom(this.#store, ip, 'key-refused', detail);
    await written.catch(() => undefined);
  }
}
