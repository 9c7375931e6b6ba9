import { CastellanError, type Rate } from '@castellan/contract';
import { redisReplayMemory } from '../../authenticate/redis-replay.ts';
import type { ReplayMemory } from '../../authenticate/token-configuration.ts';
import type { BanOptions } from '../../bans/index.ts';
import type { ListPlace } from '../appended/place.ts';
import type { RedisCommand, RevocationOptions } from '../../revocation/index.ts';
import type { Marks } from '../counter.ts';
import { Gcra } from '../../limits/gcra.ts';
import type { Distinct } from '../distinct.ts';
import { LocalDistinct } from '../local-distinct.ts';
import type { Leases } from '../leases.ts';
import { counterName } from '../local-state.ts';
import { Ends } from '../memory/ends.ts';
import { stepLasts, type State } from '../state.ts';
import type { Tally } from '../tally.ts';
import type { Ailment } from './remedy.ts';
import { SharedCounter } from './shared-counter.ts';
import { SharedDistinct } from './shared-distinct.ts';
import { SharedLeases } from './shared-leases.ts';
import { SharedMarks } from './shared-marks.ts';
import { SharedTally } from './shared-tally.ts';
import { RedisStore } from './store.ts';

export interface RedisStateOptions {
  /** Begins every key. Default `castellan:`. */
  readonly prefix?: string | undefined;
  /** Asks the store for each unit, instead of holding shares. Default false. */
  readonly strict?: boolean | undefined;
  /** Milliseconds after which the store counts as away. Default 250. */
  readonly timeout?: number | undefined;
  /** Whether a start without the store fails. Default false. */
  readonly required?: boolean | undefined;
  /** Where it is, for messages; without credentials. */
  readonly where?: string | undefined;
  /** What the connection last failed with. */
  readonly failure?: (() => unknown) | undefined;
  /** Ends the connection. */
  readonly disconnect?: (() => void) | undefined;
}

/** The state of all instances that share one Redis or Valkey. */
export class RedisState implements State {
  readonly steps: Marks;
  readonly leases: Leases;
  readonly revocation: RevocationOptions;
  readonly bans: BanOptions;
  readonly incidents: ListPlace;
  readonly #store: RedisStore;
  readonly #options: RedisStateOptions;
  readonly #ask: RedisCommand;
  readonly #counters = new Map<string, SharedCounter>();
  /** What counts here while the store is away, and what is known of its counts. */
  readonly #tallies = new Ends({ counted: true });
  readonly #arrivals = new Ends();
  readonly #sharedLeases: SharedLeases;
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;

  /** @param now milliseconds since the epoch, never less than before */
  constructor(command: RedisCommand, options: RedisStateOptions, now: () => number) {
    const prefix = options.prefix ?? 'castellan:';
    this.#options = options;
    this.#now = now;
    this.#store = new RedisStore(command, prefix, options.timeout ?? 250, (away) => this.#told(away), options.failure);
    // None of them waits for a store that is silent.
    this.#ask = (args) => this.#store.ask(args);
    this.bans = { redis: this.#ask, redisKey: `${prefix}bans` };
    this.incidents = { redis: this.#ask, redisKey: `${prefix}incidents` };
    this.revocation = { redis: this.#ask, redisKey: `${prefix}revocations` };
    this.steps = this.#marks();
    this.#sharedLeases = new SharedLeases(this.#store);
    this.leases = this.#sharedLeases;
  }

  get notices(): State['notices'] {
    const { away } = this.#store;
    return away === undefined ? [] : [{ code: 'state-away', message: this.#away(away) }];
  }

  counter(name: string, rate: Rate, burst?: number): SharedCounter {
    const key = counterName(name, rate, burst);
    let counter = this.#counters.get(key);
    if (counter === undefined) {
      counter = new SharedCounter(
        this.#store,
        key,
        rate,
        burst,
        this.#options.strict === true,
        this.#now,
        this.#arrivals,
      );
      this.#counters.set(key, counter);
    }
    return counter;
  }

  distinct(name: string, rate: Rate): Distinct {
    const alone = (): Distinct => {
      const { instances } = this.#store;
      const part = { count: Math.max(1, Math.floor(rate.count / instances)), seconds: rate.seconds };
      const gcra = new Gcra({ rate: part, ends: this.#arrivals, name: `distinct ${name} ${instances}` });
      const counter = {
        take: (key: string, cost?: number) => gcra.take(key, this.#now(), cost),
        left: (key: string) => gcra.left(key, this.#now()),
      };
      return new LocalDistinct(`${name} ${instances}`, part, counter, this.#arrivals, this.#now);
    };
    let here: { readonly instances: number; readonly distinct: Distinct } | undefined;
    return new SharedDistinct(this.#store, `${name} ${rate.count}/${rate.seconds}`, rate, () => {
      const { instances } = this.#store;
      if (here?.instances !== instances) here = { instances, distinct: alone() };
      return here.distinct;
    });
  }

  tally(name: string, lasts: number): Tally {
    return new SharedTally(this.#store, name, lasts, this.#tallies, this.#now);
  }

  replay(): ReplayMemory {
    return redisReplayMemory(this.#ask, `${this.#store.prefix}used:`);
  }

  async open(): Promise<void> {
    await this.#store.open();
    const { away } = this.#store;
    if (away !== undefined && this.#options.required === true) {
      await this.close();
      throw new CastellanError({
        code: 'state-unreachable',
        message: `${this.#name} does not count: ${away.why}`,
        mend: `${away.remedy}; or leave state.required out to begin with limits of this instance alone`,
      });
    }
    this.#timer = setInterval(() => {
      for (const counter of this.#counters.values()) counter.sweep();
    }, 500);
    this.#timer.unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([...[...this.#counters.values()].map((counter) => counter.close()), this.#sharedLeases.close()]);
    await this.#store.close();
    this.#options.disconnect?.();
  }

  get #name(): string {
    return `the shared state${this.#options.where === undefined ? '' : ` at ${this.#options.where}`}`;
  }

  #away({ why, remedy }: Ailment): string {
    return `${this.#name} does not count, ${alone(this.#store.instances)}: ${why}; ${remedy}`;
  }

  #told(away: Ailment | undefined): void {
    const message = away === undefined ? `${this.#name} answers again: limits are shared` : this.#away(away);
    process.emitWarning(message, { type: 'Castellan', code: away === undefined ? 'state-back' : 'state-away' });
  }

  #marks(): Marks {
    return new SharedMarks(this.#store, stepLasts, this.#now);
  }
}

function alone(instances: number): string {
  return instances === 1
    ? 'limits count in this instance alone'
    : `each of ${instances} instances counts its part of the limits by itself`;
}
