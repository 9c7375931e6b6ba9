import { hash } from 'node:crypto';
import { limitKey } from '../address.ts';

interface Failures {
  count: number;
  /** No attempt before, milliseconds since the epoch. */
  until: number;
  at: number;
}

/** Wrong credentials that are forgiven, and the longest wait. */
const free = { address: 10, pair: 5, keyAddress: 20 };
const longest = 15 * 60_000;
/** Failures of one account, from everywhere, from which on a new address gets one attempt instead of `free.pair`. */
const underAttack = 50;
/** After so long without a failure all is forgotten. */
const forgotten = 30 * 60_000;

/** One attempt that was begun. */
export interface Attempt {
  /** It was not a wrong guess: it was right, or it was not tried. */
  readonly ended: (right: boolean) => void;
}

/**
 * Slows guessing down without locking anybody out (API2:2023, ASVS 5.0 V6.3): whoever guesses wrong waits, twice as
 * long each time, by address and by account at that address. An account itself is never closed: its owner gets in
 * with the first right password from any address, and from an address where the account was used before no stranger's
 * guesses count at all.
 */
export class Attempts {
  readonly #addresses = new Generations<Failures>();
  readonly #pairs = new Generations<Failures>();
  readonly #accounts = new Generations<Failures>();
  readonly #known = new Generations<true>();

  /** Whether this account was used from this address before. */
  isKnown(account: string, address: string): boolean {
    return this.#known.get(pairKey(account, address)) !== undefined;
  }

  /**
   * Asks for one attempt, and counts it as failed until its `ended` says otherwise, so that many at once are not one.
   * @returns seconds to wait; or the attempt, where it may be tried
   */
  begin(account: string, address: string, now: number): number | Attempt {
    const pair = pairKey(account, address);
    const strange = this.#known.get(pair) === undefined;
    const here = limitKey(address);
    const wait = Math.max(this.#wait(this.#pairs, pair, now), strange ? this.#wait(this.#addresses, here, now) : 0);
    if (wait > 0) return Math.ceil(wait / 1000);
    const total = strange ? this.#count(this.#accounts, hash('sha256', account), now, Number.POSITIVE_INFINITY) : 0;
    this.#count(this.#pairs, pair, now, total > underAttack ? 0 : free.pair);
    if (strange) this.#count(this.#addresses, here, now, free.address);
    return {
      ended: (right) => {
        if (right) {
          this.#pairs.delete(pair);
          this.#known.set(pair, true);
        } else this.#undo(this.#pairs, pair);
        // Only what this attempt counted: a sign-in that counted nothing takes no wrong guess back.
        if (!strange) return;
        this.#undo(this.#addresses, here);
        this.#undo(this.#accounts, hash('sha256', account));
      },
    };
  }

  /**
   * Notes a wrong key or token, where trying costs nothing and only the answer is slowed.
   * @returns seconds to wait; undefined where that many are forgiven
   */
  wrongKey(address: string, now: number): number | undefined {
    const key = `key ${limitKey(address)}`;
    this.#count(this.#addresses, key, now, free.keyAddress);
    const wait = this.#wait(this.#addresses, key, now);
    return wait > 0 ? Math.ceil(wait / 1000) : undefined;
  }

  #wait(table: Generations<Failures>, key: string, now: number): number {
    return (table.get(key)?.until ?? 0) - now;
  }

  #count(table: Generations<Failures>, key: string, now: number, forgiven: number): number {
    let entry = table.get(key);
    if (entry === undefined || entry.at + forgotten < now) table.set(key, (entry = { count: 0, until: 0, at: now }));
    entry.count += 1;
    entry.at = now;
    const over = entry.count - forgiven;
    if (over > 0) entry.until = now + Math.min(longest, 1000 * 2 ** Math.min(over, 20));
    return entry.count;
  }

  #undo(table: Generations<Failures>, key: string): void {
    const entry = table.get(key);
    if (entry === undefined) return;
    entry.count -= 1;
    if (entry.count <= 0) table.delete(key);
  }
}

/** Names are hashed: memory holds no user names that strangers typed, and long ones cost no more. */
function pairKey(account: string, address: string): string {
  return hash('sha256', `${account}\n${limitKey(address)}`, 'base64');
}

/** A bounded map: of two generations the older one is dropped when the younger is full. */
class Generations<T> {
  #young = new Map<string, T>();
  #old = new Map<string, T>();

  get(key: string): T | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  set(key: string, value: T): void {
    this.#young.set(key, value);
    this.#old.delete(key);
    if (this.#young.size < 50_000) return;
    this.#old = this.#young;
    this.#young = new Map();
  }

  delete(key: string): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }
}
