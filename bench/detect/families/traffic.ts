import type { Facts } from '@castellan/guard';
import { factOf, type Call, type Caller } from '../simulator/fact.ts';
import { Random } from '../simulator/random.ts';

export const second = 1000;
export const minute = 60_000;
export const hour = 3_600_000;
export const day = 86_400_000;

/** What attacks need to know of an API: which operation is what. What an API does not have, nobody attacks in it. */
export interface Roles {
  /** Reads one object. */
  readonly single: Call;
  readonly type: string;
  /** Reads several. */
  readonly list: Call;
  readonly write: Call;
  /** Hands out sensitive properties. */
  readonly profile?: Call;
  readonly login?: Call;
  readonly admin?: Call;
  /** A step of a business flow that needs one before it. */
  readonly business?: Call;
  readonly deprecated?: Call;
  readonly canary?: Call;
}

/** Honest traffic of one API for some days. */
export interface World {
  readonly random: Random;
  readonly begin: number;
  readonly facts: Facts[];
  /** Ordinary callers that are there on most days: whom attacks use or steal from. */
  readonly callers: readonly Caller[];
  readonly roles: Roles;
  /** A key that was used in the first two days and then never again. */
  readonly dormant?: Caller;
}

/** A kind of API with its callers. */
export interface Family {
  readonly name: string;
  /** Nothing was ever set or changed because of what it showed. */
  readonly heldOut: boolean;
  readonly make: (seed: number, days: number) => World;
}

/** Exchanges that a family makes. */
export class Traffic {
  readonly random: Random;
  readonly begin: number;
  readonly days: number;
  readonly facts: Facts[] = [];

  /** @param begin milliseconds, midnight of the first day */
  constructor(seed: number, begin: number, days: number) {
    this.random = new Random(seed);
    this.begin = begin;
    this.days = days;
  }

  get end(): number {
    return this.begin + this.days * day;
  }

  call(time: number, caller: Caller, call: Call): void {
    if (time < this.begin || time >= this.end) return;
    this.facts.push(factOf(time, caller, { duration: this.random.logNormal(20, 0.5), ...call }));
  }

  /** Day of the week, 0 for the first day. */
  weekday(d: number): number {
    return d % 7;
  }

  /** An address of somebody's home or telephone. */
  home(first = 80, range = 12): string {
    const { random } = this;
    return `${first + random.below(range)}.${random.below(250)}.${random.below(250)}.${1 + random.below(250)}`;
  }

  /** A moment of a day, around some hours. */
  at(d: number, ...peaks: readonly (readonly [at: number, width: number])[]): number {
    const [peak, width] = this.random.pick(peaks);
    const around = (this.random.next() + this.random.next() + this.random.next() - 1.5) * width;
    return this.begin + d * day + (peak + around) * hour;
  }

  /** A clock of somebody who goes from one call to the next. */
  clock(from: number, pause = 7 * second): () => number {
    let time = from;
    return () => (time += this.random.exponential(pause) + 300);
  }

  /** Sign-in with what goes wrong before it. */
  signIn(next: () => number, caller: Caller, login: Call, mistakes: number): void {
    const nobody = { ...caller, subject: undefined };
    for (let n = 0; n < 6 && this.random.chance(mistakes); n++)
      this.call(next(), nobody, {
        ...login,
        status: 401,
        attempt: { account: caller.subject, secret: `${caller.subject}-w${this.random.below(4)}` },
      });
    this.call(next(), nobody, login);
  }

  world(roles: Roles, callers: readonly Caller[], dormant?: Caller): World {
    this.facts.sort((a, b) => a.time - b.time);
    return {
      random: this.random,
      begin: this.begin,
      facts: this.facts,
      callers,
      roles,
      ...(dormant === undefined ? {} : { dormant }),
    };
  }
}

/** Who calls with a key. */
export function keyed(subject: string, address: string, agent = subject): Caller {
  return { subject, issuer: 'keys', kind: 'api-key', credential: `key-${subject}`, address, agent };
}

export const undocumented = (template: string, method = 'GET'): Call => ({
  operation: '',
  method,
  template,
  status: 404,
  refused: ['route', 'not-found', 'undocumented-path'],
});

export const invalid = { status: 400, refused: ['validate', 'invalid-request', 'schema'] } as const;
export const denied = { status: 403, refused: ['authorize', 'forbidden', 'policy-denied'] } as const;
