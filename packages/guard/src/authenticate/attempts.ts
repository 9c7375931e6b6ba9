import { hash } from 'node:crypto';
import { limitKey, networkKey } from '../address.ts';
import { LocalState } from '../state/local-state.ts';
import type { State } from '../state/state.ts';
import type { Tally } from '../state/tally.ts';

/** Wrong credentials that are forgiven, and the longest wait. */
const free = { address: 10, network: 60, pair: 5 };
const keys = { address: 20, network: 120 };
const longest = 15 * 60_000;
/** Failures of one account, from everywhere, from which on a new address gets one attempt instead of `free.pair`. */
const underAttack = 50;
/** After so long without a failure all is forgotten. */
const forgotten = 30 * 60_000;
/** For so long an account is known at an address where it was used. */
const known = 90 * 86_400_000;

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
  readonly #failures: Tally;
  readonly #known: Tally;

  /** @param state where they are counted, for all instances that share it */
  constructor(state: Pick<State, 'tally'> = new LocalState(Date.now)) {
    this.#failures = state.tally('failures', forgotten);
    this.#known = state.tally('known', known);
  }

  /** Looks what other instances counted. Where there are none it takes no time; it never rejects. */
  async refresh(account: string, address: string): Promise<void> {
    const pair = pairKey(account, address);
    const places = placesOf(address, free).map(([place]) => place);
    await Promise.all([
      this.#failures.refresh([`pair ${pair}`, accountKey(account), ...places]),
      this.#known.refresh([pair]),
    ]);
  }

  /** Whether this account was used from this address before. */
  isKnown(account: string, address: string, now: number): boolean {
    return this.#known.count(pairKey(account, address), now) > 0;
  }

  /** Seconds until an attempt may be made; 0 where it may be now. Nothing is counted. */
  wait(account: string, address: string, now: number): number {
    const strange = !this.isKnown(account, address, now);
    const attacked = strange && this.#failures.count(accountKey(account), now) > underAttack;
    const waits = [this.#wait(`pair ${pairKey(account, address)}`, attacked ? 0 : free.pair, now)];
    if (strange) for (const [place, forgiven] of placesOf(address, free)) waits.push(this.#wait(place, forgiven, now));
    return Math.ceil(Math.max(0, ...waits) / 1000);
  }

  /**
   * Asks for one attempt, and counts it as failed until its `ended` says otherwise, so that many at once are not one.
   * @returns seconds to wait; or the attempt, where it may be tried
   */
  begin(account: string, address: string, now: number): number | Attempt {
    const wait = this.wait(account, address, now);
    if (wait > 0) return wait;
    const pair = pairKey(account, address);
    const counted = [`pair ${pair}`];
    if (!this.isKnown(account, address, now))
      counted.push(accountKey(account), ...placesOf(address, free).map(([place]) => place));
    for (const key of counted) this.#failures.add(key, 1, now);
    return {
      // Only what this attempt counted: a sign-in that counted nothing takes no wrong guess back.
      ended: (right) => {
        for (const key of counted.splice(0)) this.#failures.add(key, -1, now);
        if (!right) return;
        this.#failures.clear(`pair ${pair}`, now);
        this.#known.add(pair, 1, now);
      },
    };
  }

  /**
   * Notes a wrong key or token, where trying costs nothing and only the answer is slowed.
   * @returns seconds to wait; undefined where that many are forgiven
   */
  wrongKey(address: string, now: number): number | undefined {
    for (const [place] of placesOf(address, keys)) this.#failures.add(`key ${place}`, 1, now);
    const wait = this.keyWait(address, now);
    return wait > 0 ? wait : undefined;
  }

  /** Seconds for which strangers from here wait, after wrong keys or tokens; 0 where they need not. */
  keyWait(address: string, now: number): number {
    let wait = 0;
    for (const [place, forgiven] of placesOf(address, keys))
      wait = Math.max(wait, this.#wait(`key ${place}`, forgiven, now));
    return Math.ceil(wait / 1000);
  }

  /** Milliseconds, twice as many for each failure that is not forgiven. */
  #wait(key: string, forgiven: number, now: number): number {
    const over = this.#failures.count(key, now) - forgiven;
    if (over <= 0) return 0;
    return this.#failures.last(key, now) + Math.min(longest, 1000 * 2 ** Math.min(over, 20)) - now;
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

function accountKey(account: string): string {
  return `account ${hash('sha256', account, 'base64')}`;
}
