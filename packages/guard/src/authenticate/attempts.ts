import { hash } from 'node:crypto';
import { limitKey, networkKey } from '../address.ts';

interface Failures {
  count: number;
  /** No attempt before, milliseconds since the epoch. */
  until: number;
  at: number;
}

/** Wrong credentials that are forgiven, and the longest wait. */
const free = { address: 10, network: 60, pair: 5, keyAddress: 20, keyNetwork: 120 };
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

  /** Seconds until an attempt may be made; 0 where it may be now. Nothing is counted. */
  wait(account: string, address: string, now: number): number {
    const pair = pairKey(account, address);
    const waits = [this.#wait(this.#pairs, pair, now)];
    if (this.#known.get(pair) === undefined)
      for (const [place] of placesOf(address, free)) waits.push(this.#wait(this.#addresses, place, now));
    return Math.ceil(Math.max(0, ...waits) / 1000);
  }

  /**
   * Asks for one attempt, and counts it as failed until its `ended` says otherwise, so that many at once are not one.
   * @returns seconds to wait; or the attempt, where it may be tried
   */
  begin(account: string, address: string, now: number): number | Attempt {
    const pair = pairKey(account, address);
    const strange = this.#known.get(pair) === undefined;
    const places = placesOf(address, free);
    const wait = this.wait(account, address, now);
    if (wait > 0) return wait;
    const counted: (() => void)[] = [];
    const count = (table: Generations<Failures>, key: string, forgiven: number): number => {
      const { total, undo } = this.#count(table, key, now, forgiven);
      counted.push(undo);
      return total;
    };
    const total = strange ? count(this.#accounts, hash('sha256', account), Number.POSITIVE_INFINITY) : 0;
    count(this.#pairs, pair, total > underAttack ? 0 : free.pair);
    if (strange) for (const [place, forgiven] of places) count(this.#addresses, place, forgiven);
    return {
      // Only what this attempt counted: a sign-in that counted nothing takes no wrong guess back.
      ended: (right) => {
        for (const undo of counted.splice(0)) undo();
        if (!right) return;
        this.#pairs.delete(pair);
        this.#known.set(pair, true);
      },
    };
  }

  /**
   * Notes a wrong key or token, where trying costs nothing and only the answer is slowed.
   * @returns seconds to wait; undefined where that many are forgiven
   */
  wrongKey(address: string, now: number): number | undefined {
    let wait = 0;
    for (const [place, forgiven] of placesOf(address, { address: free.keyAddress, network: free.keyNetwork })) {
      const key = `key ${place}`;
      this.#count(this.#addresses, key, now, forgiven);
      wait = Math.max(wait, this.#wait(this.#addresses, key, now));
    }
    return wait > 0 ? Math.ceil(wait / 1000) : undefined;
  }

  /** Seconds for which strangers from here wait, after wrong keys or tokens; 0 where they need not. */
  keyWait(address: string, now: number): number {
    const waits = placesOf(address, { address: free.keyAddress, network: free.keyNetwork }).map(([place]) =>
      this.#wait(this.#addresses, `key ${place}`, now),
    );
    return Math.ceil(Math.max(0, ...waits) / 1000);
  }

  #wait(table: Generations<Failures>, key: string, now: number): number {
    return (table.get(key)?.until ?? 0) - now;
  }

  #count(
    table: Generations<Failures>,
    key: string,
    now: number,
    forgiven: number,
  ): { readonly total: number; readonly undo: () => void } {
    let entry = table.get(key);
    if (entry === undefined || entry.at + forgotten < now) table.set(key, (entry = { count: 0, until: 0, at: now }));
    const failures = entry;
    const before = failures.until;
    failures.count += 1;
    failures.at = now;
    const over = failures.count - forgiven;
    if (over > 0) failures.until = now + Math.min(longest, 1000 * 2 ** Math.min(over, 20));
    const made = failures.until;
    const undo = (): void => {
      failures.count -= 1;
      // The wait that this one caused is over with it; what others caused since stays.
      if (failures.until === made) failures.until = before;
      if (failures.count <= 0 && table.get(key) === failures) table.delete(key);
    };
    return { total: failures.count, undo };
  }
}

/**
 * Where guesses are counted, and how many are forgiven there: the address (IPv6: its /64), and of IPv6 the /48 too, because
 * one site has 65,536 of the others.
 */
function placesOf(
  address: string,
  forgiven: { readonly address: number; readonly network: number },
): readonly (readonly [place: string, forgiven: number])[] {
  const [here, network] = [limitKey(address), networkKey(address)];
  return here === network
    ? [[here, forgiven.address]]
    : [
        [here, forgiven.address],
        [network, forgiven.network],
      ];
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
