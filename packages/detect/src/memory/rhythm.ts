import type { Column, Table } from './table.ts';

const day = 86_400;
const bucket = 3 * 3600;
const ofDay = 8;
const ofWeek = 7 * ofDay;
/** Days after which a generation of what callers did is the older one; the one before it is forgotten. */
const generation = 14 * day;
const timesOfDay = 0xff;
/** Visits of a kind after which its week is known, and the share of the usual below which it is hardly there. */
const enough = 300;
const hardly = 0.04;
/** Days until the times of a day are known, and those of a week. */
const untilDay = 3;
const untilWeek = 8;
const maxKinds = 1000;

/**
 * When callers and their kinds are there: by the time of the day, and by the day of the week. A Monday is compared with Mondays: who
 * comes at a time at which neither itself nor its kind was ever there is odd. Forgets within two to four weeks.
 */
export class Rhythm {
  /** Of each caller: times of the day of this generation, of the one before, and the number of this one. */
  readonly #times: Column<Uint32Array>;
  readonly #kinds = new Map<number, { readonly visits: Float32Array; faded: number }>();

  constructor(callers: Table) {
    this.#times = callers.column((length) => new Uint32Array(length));
  }

  /**
   * Counts that a caller is there.
   * @param time seconds
   * @param days since the first facts
   * @returns whether it is odd that it is there now: neither it nor its kind ever was
   */
  visit(caller: number, kind: number, time: number, days: number, known: boolean): boolean {
    const isOdd = known && days >= untilDay && !this.#isUsual(caller, time) && this.#isQuiet(kind, time, days);
    this.#count(caller, kind, time);
    return isOdd;
  }

  #isUsual(caller: number, time: number): boolean {
    const stored = this.#times.get(caller);
    const ago = (Math.floor(time / generation) - (stored >>> 16)) & 0xffff;
    const seen = ago === 0 ? stored | (stored >>> 8) : ago === 1 ? stored : 0;
    // Who was not there for weeks has no time of its own.
    return (seen & timesOfDay) === 0 || (seen & (1 << (Math.floor(time / bucket) % ofDay))) !== 0;
  }

  #isQuiet(kind: number, time: number, days: number): boolean {
    const visits = this.#kinds.get(kind)?.visits;
    if (visits === undefined) return false;
    let [here, all] = [0, 0];
    const [now, time8] = [weekOf(time), Math.floor(time / bucket) % ofDay];
    for (let i = 0; i < ofWeek; i++) {
      const one = visits[i] ?? 0;
      all += one;
      if (days >= untilWeek ? i === now : i % ofDay === time8) here += one;
    }
    return all >= enough && here < (all / (days >= untilWeek ? ofWeek : ofDay)) * hardly;
  }

  #count(caller: number, kind: number, time: number): void {
    const now = Math.floor(time / generation) & 0xffff;
    const stored = this.#times.get(caller);
    const ago = (now - (stored >>> 16)) & 0xffff;
    const [young, old] = ago === 0 ? [stored & 0xff, (stored >>> 8) & 0xff] : [0, ago === 1 ? stored & 0xff : 0];
    this.#times.set(caller, ((now << 16) | (old << 8) | young | (1 << (Math.floor(time / bucket) % ofDay))) >>> 0);
    let of = this.#kinds.get(kind);
    if (of === undefined) {
      if (this.#kinds.size >= maxKinds) return;
      this.#kinds.set(kind, (of = { visits: new Float32Array(ofWeek), faded: time }));
    }
    if (time - of.faded > day) {
      const factor = 2 ** (-(time - of.faded) / generation);
      for (let i = 0; i < ofWeek; i++) of.visits[i] = (of.visits[i] ?? 0) * factor;
      of.faded = time;
    }
    const at = weekOf(time);
    of.visits[at] = (of.visits[at] ?? 0) + 1;
  }
}

/** The three hours of the week, 0 to 55. */
const weekOf = (time: number): number => Math.floor(time / bucket) % ofWeek;
