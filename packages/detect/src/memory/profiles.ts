import { Distribution } from '../sketch/distribution.ts';
import { levelOf } from '../sketch/level.ts';

/** Answers after which an operation's profile is believed. */
const enough = 40;
const maxOperations = 5000;
/** Objects of a page beyond which a page counts as one. */
const fullPage = 50;
/** Pages after which it is known how large they are. */
const fewPages = 5;
/** Other callers whose answers changed as well, within six hours: then it is the operation. */
const severalCallers = 2;
const sixHours = 6 * 3600;
const maxUnusual = 16;

interface Profile {
  readonly sizes: Distribution;
  readonly times: Distribution;
  /** Objects in one answer. */
  readonly pages: Distribution;
  /** Answers with objects, as far as a few. */
  answers: number;
  /** Callers with unusual answers of late, and when. */
  readonly unusual: Map<number, number>;
  count: number;
  /** Share of answers of late that are beyond nearly all before, of all callers but the one that had the last such. */
  largeShare: number;
  slowShare: number;
  large: number;
  slow: number;
}

/** What is unusual about one answer. */
export interface Outlier {
  readonly what: 'size' | 'time';
  readonly value: number;
  /** What nearly all answers stay below. */
  readonly usual: number;
  /** Whether others have such answers, too: it is the operation that changed. */
  readonly common: boolean;
}

/** How large and how slow the answers of each operation are. */
export class Profiles {
  readonly #of = new Map<number, Profile>();
  /** By caller and operation: unusual answers of late, and the second of the last one. */
  readonly #repeated = new Map<number, { count: number; time: number }>();

  /** The size that four of five answers of an operation stay below; 0 where it is not known yet. */
  usualSize(operation: number): number {
    const profile = this.#of.get(operation);
    return profile === undefined || profile.count < 30 ? 0 : Math.max(100, profile.sizes.quantile(0.8));
  }

  /** What one object of a page counts: pages that are large count as much as such of fifty. */
  pageWeight(operation: number, objects: number): number {
    if (objects <= fullPage) return 1;
    const pages = this.#of.get(operation)?.pages;
    // One answer is one, however large it is: what is usual here is not known yet.
    if (pages === undefined || pages.total < fewPages) return fullPage / objects;
    const usual = pages.quantile(0.8);
    return usual <= fullPage ? 1 : fullPage / usual;
  }

  /** Whether an operation was seen to hand out objects several times. */
  handsOut(operation: number): boolean {
    return (this.#of.get(operation)?.answers ?? 0) >= fewPages;
  }

  /** Counts the objects of an answer. */
  page(operation: number, objects: number): void {
    if (objects === 0) return;
    const profile = this.#at(operation);
    if (profile === undefined) return;
    if (profile.answers < fewPages) profile.answers += 1;
    if (objects > 1) profile.pages.add(levelOf(objects));
  }

  /** How often there was an unusual answer within six hours. */
  repeated(key: number, time: number): number {
    let entry = this.#repeated.get(key);
    if (entry === undefined || time - entry.time > 6 * 3600) {
      if (this.#repeated.size > 10_000) this.#repeated.clear();
      this.#repeated.set(key, (entry = { count: 0, time }));
    }
    entry.time = time;
    return (entry.count += 1);
  }

  /**
   * Adds an answer.
   * @param caller who it is for
   * @param bytes of the body
   * @param duration milliseconds
   * @param time seconds
   * @returns what is unusual about it
   */
  add(operation: number, caller: number, bytes: number, duration: number, time: number): Outlier | undefined {
    const profile = this.#at(operation);
    if (profile === undefined) return undefined;
    profile.count += 1;
    let found: Outlier | undefined;
    if (profile.count > enough) {
      const size = profile.sizes.quantile(0.999);
      const isLarge = bytes > 4 * size + 2000;
      if (isLarge)
        found = {
          what: 'size',
          value: bytes,
          usual: size,
          common: profile.large !== caller && profile.largeShare > 0.02,
        };
      if (profile.large !== caller || isLarge)
        profile.largeShare += ((isLarge && profile.large !== caller ? 1 : 0) - profile.largeShare) / 60;
      if (isLarge) profile.large = caller;
      const slow = profile.times.quantile(0.999);
      const isSlow = duration > 4 * slow + 250;
      if (isSlow && found === undefined)
        found = { what: 'time', value: duration, usual: slow, common: profile.slowShare > 0.02 };
      if (profile.slow !== caller || isSlow)
        profile.slowShare += ((isSlow && profile.slow !== caller ? 1 : 0) - profile.slowShare) / 60;
      if (isSlow) profile.slow = caller;
      if (found !== undefined && severalHave(profile.unusual, caller, time)) found = { ...found, common: true };
      // What is far beyond becomes usual slowly.
      if (found !== undefined && !found.common) return found;
    }
    profile.sizes.add(levelOf(bytes));
    profile.times.add(levelOf(duration));
    if (profile.count % 5000 === 0) {
      profile.sizes.forget(0.7);
      profile.times.forget(0.7);
    }
    return found;
  }

  #at(operation: number): Profile | undefined {
    let profile = this.#of.get(operation);
    if (profile === undefined) {
      if (this.#of.size >= maxOperations) return undefined;
      this.#of.set(operation, (profile = fresh()));
    }
    return profile;
  }
}

/** Whether other callers have unusual answers, too; counts this one. */
function severalHave(callers: Map<number, number>, caller: number, time: number): boolean {
  let others = 0;
  for (const [one, last] of callers)
    if (time - last > sixHours) callers.delete(one);
    else if (one !== caller) others += 1;
  if (callers.size < maxUnusual || callers.has(caller)) callers.set(caller, time);
  return others >= severalCallers;
}

function fresh(): Profile {
  return {
    sizes: new Distribution(),
    times: new Distribution(),
    pages: new Distribution(),
    answers: 0,
    unusual: new Map(),
    count: 0,
    largeShare: 0,
    slowShare: 0,
    large: -1,
    slow: -1,
  };
}
