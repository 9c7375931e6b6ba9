import type { Rate } from '@castellan/contract';
import { Gcra, type LimitAnswer } from '../../limits/gcra.ts';
import type { Counter, CounterLeft } from '../counter.ts';
import type { Ends } from '../memory/ends.ts';
import { giveBack, takeUnits } from './scripts.ts';
import type { RedisStore } from './store.ts';

/** What this process holds of one caller's allowance. */
interface Held {
  /** Units that may be used here without asking; below zero where a stream went ahead. */
  left: number;
  /** Until when they are held here, milliseconds. */
  until: number;
  /** Until when nothing is asked, because the store said no. */
  refusedUntil: number;
  /** When the store said that units fit again. */
  fitsAt: number;
  /** When all of the burst is there again. */
  fullAt: number;
  asking: Promise<void> | undefined;
  /** Units that requests wait for. */
  wanted: number;
}

/** How long units are held, and a refusal is believed, in milliseconds. */
const holds = 1000;
/** More instances than share a state. */
const most = 1000;
/** Requests for one caller that wait for the same answer ask again at most so often. */
const rounds = 50;

/**
 * A counter that instances share. Each takes a share of a caller's allowance from the store and uses it up without asking;
 * what it does not use within a second it gives back. So what all let through together never exceeds the limit; up to
 * `share` units per other instance may be out of reach for a second. Where the store is away each instance counts by
 * itself, by its part of the rate.
 */
export class SharedCounter implements Counter {
  readonly rate: Rate;
  readonly burst: number;
  readonly share: number;
  readonly #name: string;
  readonly #store: RedisStore;
  readonly #now: () => number;
  readonly #arrivals: Ends;
  readonly #interval: number;
  /** Units that a stream may be ahead of the store. */
  readonly #ahead: number;
  readonly #held = new Map<string, Held>();
  #alone: { readonly instances: number; readonly gcra: Gcra } | undefined;

  /**
   * @param name of the counter with its rate
   * @param strict asks the store for each unit, and holds none
   * @param now milliseconds since the epoch, never less than before
   * @param arrivals what counts here while the store is away
   */
  constructor(
    store: RedisStore,
    name: string,
    rate: Rate,
    burst: number | undefined,
    strict: boolean,
    now: () => number,
    arrivals: Ends,
  ) {
    this.rate = rate;
    this.burst = Math.max(1, burst ?? rate.count);
    this.share = strict ? 1 : Math.max(1, Math.floor(this.burst / 20));
    this.#ahead = this.burst / 4;
    this.#store = store;
    this.#name = name;
    this.#now = now;
    this.#arrivals = arrivals;
    this.#interval = (rate.seconds * 1e6) / rate.count;
  }

  take(key: string, cost = 1): LimitAnswer | undefined | Promise<LimitAnswer | undefined> {
    const now = this.#now();
    const held = this.#held.get(key);
    if (held !== undefined) {
      if (held.left >= cost && held.until > now) {
        held.left -= cost;
        if (held.left < this.share / 2 && held.asking === undefined && this.share > 1) this.#prefetch(key, held);
        return undefined;
      }
      if (held.refusedUntil > now) return this.#refusal(held, now);
    }
    if (this.#store.away !== undefined) return this.#takeAlone(key, now, cost);
    return this.#takeShared(key, cost);
  }

  spend(key: string, cost: number): LimitAnswer | undefined {
    const now = this.#now();
    if (this.#store.away !== undefined) return this.#takeAlone(key, now, cost);
    const held = this.#of(key);
    if (held.until <= now) this.#return(key, held);
    if (held.left < cost && held.refusedUntil > now) return this.#refusal(held, now);
    // What the store says has to be waited for, and a stream cannot.
    if (held.left < -this.#ahead) return this.#refusal(held, now);
    held.left -= cost;
    held.until = Math.max(held.until, now + holds);
    if (held.left < this.share / 2 && held.asking === undefined) this.#prefetch(key, held);
    return undefined;
  }

  adjust(key: string, units: number): void {
    const now = this.#now();
    if (this.#store.away !== undefined) return this.#aloneGcra().adjust(key, now, units);
    const held = this.#of(key);
    if (held.until <= now) this.#return(key, held);
    // The next sweep gives it back to the store, or charges it there.
    held.left -= units;
    held.until = Math.max(held.until, now + holds);
  }

  async left(key: string): Promise<CounterLeft> {
    const name = this.#store.key('c', `${this.#name} ${key}`);
    const reply = await this.#store.run(takeUnits, name, this.#interval, this.#interval * this.burst, 0, 0);
    const [, room, , full] = (Array.isArray(reply) ? reply : []) as readonly unknown[];
    const held = Math.max(0, Math.floor(this.#held.get(key)?.left ?? 0));
    return { remaining: Number(room ?? 0) + held, resetSeconds: Math.ceil(Number(full ?? 0) / 1e6) };
  }

  wait(key: string): number {
    const now = this.#now();
    if (this.#store.away !== undefined) return this.#aloneGcra().wait(key, now);
    const held = this.#held.get(key);
    return held !== undefined && held.refusedUntil > now ? secondsUntil(held.fitsAt, now) : 0;
  }

  /** Gives back what was held too long. Called twice a second. */
  sweep(): void {
    const now = this.#now();
    for (const [key, held] of this.#held) {
      if (held.asking !== undefined || held.wanted > 0 || held.until > now || held.refusedUntil > now) continue;
      this.#return(key, held);
      this.#held.delete(key);
    }
  }

  /** Gives everything back: the process ends. */
  async close(): Promise<void> {
    if (this.#store.away !== undefined) return;
    await Promise.all([...this.#held].map(([key, held]) => this.#return(key, held)));
    this.#held.clear();
  }

  async #takeShared(key: string, cost: number): Promise<LimitAnswer | undefined> {
    const held = this.#of(key);
    held.wanted += cost;
    for (let round = 0; round < rounds; round++) {
      const settled = this.#settle(key, held, cost);
      if (settled !== 'open') {
        // At once, so that the next who asks does not ask for this one too.
        held.wanted -= cost;
        return settled;
      }
      held.asking ??= this.#ask(key, held, cost).finally(() => (held.asking = undefined));
      await held.asking;
    }
    held.wanted -= cost;
    // So many before it took what came: it is the store's turn to say no.
    return this.#refusal(held, this.#now());
  }

  /** What is known by now; `open` where the store has to be asked. */
  #settle(key: string, held: Held, cost: number): LimitAnswer | undefined | 'open' {
    const now = this.#now();
    if (held.left >= cost && held.until > now) {
      held.left -= cost;
      return undefined;
    }
    if (held.refusedUntil > now) return this.#refusal(held, now);
    return this.#store.away === undefined ? 'open' : this.#takeAlone(key, now, cost);
  }

  #prefetch(key: string, held: Held): void {
    held.asking = this.#ask(key, held, 1).finally(() => (held.asking = undefined));
  }

  /** Asks the store for what is missing, or a share. Never rejects. */
  async #ask(key: string, held: Held, cost: number): Promise<void> {
    if (held.until <= this.#now() && held.left > 0) this.#return(key, held);
    const least = Math.max(1, cost - held.left);
    const most = Math.max(least, this.share, held.wanted - held.left);
    const name = this.#store.key('c', `${this.#name} ${key}`);
    let reply: unknown;
    try {
      const tolerance = this.#interval * this.burst;
      reply = await this.#store.run(takeUnits, name, this.#interval, tolerance, least, most);
    } catch {
      return;
    }
    const [given, , wait, full] = (Array.isArray(reply) ? reply : []) as readonly unknown[];
    const now = this.#now();
    held.fullAt = now + Number(full ?? 0) / 1000;
    if (Number(given) > 0) {
      held.left += Number(given);
      held.until = now + holds;
      held.refusedUntil = 0;
      return;
    }
    held.fitsAt = now + Number(wait ?? 0) / 1000;
    // Others may give back what they do not use before the time is over.
    held.refusedUntil = Math.min(held.fitsAt, now + holds);
  }

  /** Gives back what is left, or charges what was spent ahead. */
  #return(key: string, held: Held): Promise<void> | undefined {
    const units = held.left;
    held.left = 0;
    if (units === 0) return undefined;
    const name = this.#store.key('c', `${this.#name} ${key}`);
    return this.#store.run(giveBack, name, units * this.#interval).then(
      () => undefined,
      () => undefined,
    );
  }

  #of(key: string): Held {
    let held = this.#held.get(key);
    if (held === undefined)
      this.#held.set(
        key,
        (held = { left: 0, until: 0, refusedUntil: 0, fitsAt: 0, fullAt: 0, asking: undefined, wanted: 0 }),
      );
    return held;
  }

  #takeAlone(key: string, now: number, cost: number): LimitAnswer | undefined {
    const gcra = this.#aloneGcra();
    // A call that costs more than this instance's part must not be refused for ever.
    return gcra.take(key, now, Math.min(cost, gcra.burst));
  }

  #aloneGcra(): Gcra {
    const { instances } = this.#store;
    if (this.#alone?.instances !== instances) {
      const { count, seconds } = this.rate;
      const burst = Math.max(1, Math.floor(this.burst / instances));
      const rate = { count: count / instances, seconds };
      // One name, however many there are: another number of instances gives nobody a new allowance.
      const longest = (this.#interval / 1000) * Math.max(this.burst, most);
      this.#alone = { instances, gcra: new Gcra({ rate, burst, longest, ends: this.#arrivals, name: this.#name }) };
    }
    return this.#alone.gcra;
  }

  #refusal(held: Held, now: number): LimitAnswer {
    return {
      allowed: false,
      remaining: Math.max(0, Math.floor(held.left)),
      retryAfterSeconds: secondsUntil(held.fitsAt, now),
      resetSeconds: secondsUntil(held.fullAt, now),
    };
  }
}

function secondsUntil(time: number, now: number): number {
  return Math.max(1, Math.ceil((time - now) / 1000));
}
