import { Delayed } from '../sketch/delayed.ts';
import { levelOf, valueOf } from '../sketch/level.ts';
import { Contested } from './contested.ts';
import { Table, type Column } from './table.ts';

/** What is counted of each member. */
export interface Measure {
  readonly name: string;
  /** Seconds after which what was counted counts half. */
  readonly halfLife: number;
  /** Below this nothing is said: how many it takes to mean anything at all. */
  readonly floor: number;
  /** How many times its habit a member must exceed at least. */
  readonly factor: number;
  /** A member is not compared with those of today, even where there are no others yet: most are the only ones. */
  readonly onlyOld?: boolean | undefined;
  /** It grows for days: what was highest becomes habit by the week, so that it is not compared with its own beginning. */
  readonly slow?: boolean | undefined;
  /** Says how much somebody takes: of somebody new it means something only beside enough others of the kind. */
  readonly volume?: boolean | undefined;
}

/** How far a member is above what it and its peers usually do. */
export interface Excess {
  /** What was counted. */
  readonly value: number;
  /** The most that the member itself did on other days; undefined where it is not known for long enough. */
  readonly usual: number | undefined;
  /** What nearly all peers stay below. */
  readonly peers: number;
  /** Times the habit. */
  readonly ratio: number;
  /** The ratio from which on it is an alarm; it follows from how far honest members go beyond their habits. */
  readonly limit: number;
}

const hour = 3600;
const day = 86_400;
/** A habit half forgotten: after a week, so that what is done weekly is known. */
const week = 7 * day;
/** Kinds of members that are told apart at most; all others are one more. */
const maxCohorts = 64;
/** Seconds after which what grows for days becomes habit for the first time, and days of facts before it means anything. */
const firstTurn = 3 * day;
const untilSlow = 4;
/** Levels are eighths of a doubling: after a week a habit is half of what it was. */
const levelsOfWeek = 8;
/** Seconds after which a member that was there before has a habit: a job that runs daily may come a little earlier. */
const untilHabit = 20 * hour;
/** Share of hours of honest members that stay below the limit before its margin. */
const tail = 0.9999;
/** Times the factor that the limit rises to at most: what is as far beyond all habits is told in any case. */
const most = 4;
/** Seconds and hours with requests after which a habit is a member's own. */
const settledAfter = 3 * day;
const settledHours = 24;
/** Members of a cohort after which a new one is compared with them. */
const enoughPeers = 12;
/** The cohort of those who show no credential. */
export const anybody = 'anonymous';

interface Cohort {
  /** Highest count of each hour of a member. */
  readonly peaks: readonly Delayed[];
  /** Highest ratio of each hour of a member: of those with a habit, and of those without. */
  readonly ratios: readonly (readonly [Delayed, Delayed])[];
  /** Known members that were beyond the limit of late. */
  readonly contested: readonly Contested[];
  members: number;
  /** Hours of members that were closed: all, and of those with a habit and without. */
  hours: number;
  readonly ratioHours: [number, number];
  /** Its members are given what they call with by somebody: not anybody may be one. */
  readonly handed: boolean;
}

/** How settled the baselines are. */
export interface Settled {
  /** Whether a whole warm-up has passed. */
  readonly ready: boolean;
  /** Days since the first facts. */
  readonly days: number;
}

/**
 * Members of one kind (principals, addresses, operations …): counters that fade, the habit of each member, and how its cohort
 * is distributed. Habits are what was highest on other days, and fade by weeks; what a member does now becomes habit
 * tomorrow, and never while it is part of an incident.
 */
export class Population {
  readonly table: Table;
  readonly measures: readonly Measure[];
  readonly #settled: Settled;
  readonly #values: Column<Float32Array>;
  /** Of each member side by side, one of each measure: highest value and ratio of this hour, highest value of today, of other days. */
  readonly #levels: Column<Uint8Array>;
  readonly #ratio: number;
  readonly #today: number;
  readonly #usual: number;
  readonly #hours: Column<Uint16Array>;
  /** Hour until which it is part of an incident. */
  readonly #flagged: Column<Uint32Array>;
  readonly #cohort: Column<Uint8Array>;
  readonly #cohorts: Cohort[] = [];
  readonly #names = new Map<string, number>();
  readonly #decays: Float64Array;
  #faded = 0;

  /** @param max members at most; those unused for longest give way */
  constructor(measures: readonly Measure[], max: number, settled: Settled) {
    this.measures = measures;
    this.#settled = settled;
    this.table = new Table(max);
    const width = measures.length;
    this.#values = this.table.column((length) => new Float32Array(length), width);
    this.#levels = this.table.column((length) => new Uint8Array(length), 4 * width);
    [this.#ratio, this.#today, this.#usual] = [width, 2 * width, 3 * width];
    this.#hours = this.table.column((length) => new Uint16Array(length));
    this.#flagged = this.table.column((length) => new Uint32Array(length));
    this.#cohort = this.table.column((length) => new Uint8Array(length));
    this.#decays = new Float64Array(width);
  }

  /**
   * The slot of a member, with its counters faded to this time.
   * @param time seconds
   * @param cohort whom it is compared with
   */
  touch(high: number, low: number, time: number, cohort: string): number {
    const slot = this.table.slot(high >>> 0, low >>> 0, time);
    if (this.table.fresh) {
      const index = this.#cohortOf(cohort);
      this.#cohort.set(slot, index);
      const joined = this.#cohorts[index];
      if (joined !== undefined) joined.members += 1;
      return slot;
    }
    const before = this.table.last(slot);
    if (time <= before) return slot;
    if (Math.floor(time / hour) !== Math.floor(before / hour)) this.#closeHour(slot, before, time);
    this.#fade(slot, time - before);
    this.table.use(slot, time);
    return slot;
  }

  #fade(slot: number, elapsed: number): void {
    let last = 0;
    let factor = 1;
    const values = this.#values.piece(slot);
    const from = this.#values.offset(slot);
    for (let i = 0; i < this.measures.length; i++) {
      const value = values[from + i] ?? 0;
      if (value === 0) continue;
      const { halfLife } = this.measures[i] as Measure;
      if (halfLife !== last) factor = 2 ** (-elapsed / (last = halfLife));
      values[from + i] = value * factor < 0.001 ? 0 : value * factor;
    }
  }

  /** Adds to a counter, not below 0; gives what it is now. */
  add(slot: number, measure: number, amount: number): number {
    const values = this.#values.piece(slot);
    const at = this.#values.offset(slot) + measure;
    const value = Math.max(0, (values[at] ?? 0) + amount);
    values[at] = value;
    if (amount > 0) {
      const level = levelOf(value);
      if (level > this.#levels.get(slot, measure)) this.#levels.set(slot, level, measure);
    }
    return value;
  }

  value(slot: number, measure: number): number {
    return this.#values.get(slot, measure);
  }

  /** Seconds since when it is known. */
  age(slot: number, time: number): number {
    return time - this.table.since(slot);
  }

  /** Whether it was there on another day: not only since a few hours. */
  isKnown(slot: number, time: number): boolean {
    const since = this.table.since(slot);
    return (
      time - since >= untilHabit && Math.floor(time / day) !== Math.floor(since / day) && this.#hours.get(slot) > 0
    );
  }

  /**
   * What the member is beyond; undefined below the floor of the measure.
   * @param least share of the floor that is enough
   */
  excess(slot: number, measure: number, time: number, least = 1): Excess | undefined {
    const { floor, factor, onlyOld, slow } = this.measures[measure] as Measure;
    const value = this.value(slot, measure);
    if (value < floor * least) return undefined;
    const cohort = this.#cohorts[this.#cohort.get(slot)] as Cohort;
    // In the first days everybody goes through what is there.
    if (slow === true && this.#settled.days < untilSlow) return undefined;
    const known = this.isKnown(slot, time) && (slow !== true || this.#weeks(slot, time) > 0);
    const peaks = cohort.peaks[measure] as Delayed;
    const peers = peaks.quantile(known ? 0.97 : 0.995, cohort.hours, onlyOld);
    const usual = known ? valueOf(this.#levels.get(slot, this.#usual + measure)) : undefined;
    // Who has long had a habit is compared with it more than with others who do a hundred times as much.
    const settled =
      slow !== true &&
      usual !== undefined &&
      time - this.table.since(slot) > settledAfter &&
      this.#hours.get(slot) >= settledHours;
    const base =
      settled && usual < peers ? Math.sqrt(Math.max(usual, peers / 64) * peers) : Math.max(peers, usual ?? 0);
    const ratio = value / Math.max(base, floor / factor);
    const level = levelOf(ratio);
    if (level > this.#levels.get(slot, this.#ratio + measure)) this.#levels.set(slot, level, this.#ratio + measure);
    const ratios = (cohort.ratios[measure] as readonly [Delayed, Delayed])[known ? 0 : 1];
    const margin = 1.25 + 0.75 / Math.max(1, this.#settled.days);
    return {
      value,
      usual,
      peers,
      ratio,
      limit: Math.max(
        factor,
        Math.min(ratios.quantile(tail, cohort.ratioHours[known ? 0 : 1], onlyOld) * margin, factor * most),
      ),
    };
  }

  /** The excess where it is an alarm. */
  alarm(slot: number, measure: number, time: number): Excess | undefined {
    const excess = this.excess(slot, measure, time, 0.5);
    if (excess === undefined || !this.#settled.ready) return undefined;
    const cohort = this.#cohorts[this.#cohort.get(slot)] as Cohort;
    const contested = cohort.contested[measure] as Contested;
    const known = this.isKnown(slot, time);
    // Who is part of an incident lifts no limit of others.
    if (known && this.#flagged.get(slot) < Math.floor(time / hour))
      contested.note(slot, excess.ratio, excess.limit, time);
    const isLow = excess.value < (this.measures[measure]?.floor ?? 0) || excess.ratio < excess.limit;
    if (isLow || contested.isUsual(slot, excess.ratio, excess.limit, time, cohort.members)) return undefined;
    const isTooFew = cohort.handed && cohort.members < enoughPeers;
    return !known && isTooFew && this.measures[measure]?.volume === true ? undefined : excess;
  }

  /** Whether this hour is one of the highest of its cohort: one in a hundred is. */
  isHigh(slot: number, measure: number): boolean {
    const cohort = this.#cohorts[this.#cohort.get(slot)] as Cohort;
    const peaks = cohort.peaks[measure] as Delayed;
    const value = this.value(slot, measure);
    return value >= (this.measures[measure] as Measure).floor / 2 && value > peaks.quantile(0.99, cohort.hours) * 1.1;
  }

  /** Says that a member is part of an incident: what it does for some hours becomes nobody's habit. */
  flag(slot: number, time: number): void {
    this.#flagged.set(slot, Math.floor(time / hour) + 6);
  }

  /** Whether others with the same kind of credential were there on other days: it is no new kind. */
  isOldKind(slot: number): boolean {
    return (this.#cohorts[this.#cohort.get(slot)]?.ratioHours[0] ?? 0) > 0;
  }

  /** Gives a new member the habits of another one that it comes after. */
  succeed(slot: number, from: number): void {
    this.table.date(slot, this.table.since(from));
    this.#hours.set(slot, this.#hours.get(from));
    for (let i = 0; i < this.measures.length; i++)
      this.#levels.set(
        slot,
        Math.max(this.#levels.get(from, this.#usual + i), this.#levels.get(from, this.#today + i)),
        this.#usual + i,
      );
  }

  /** Says that what a member did was right: it is its habit from now on. */
  accept(slot: number): void {
    this.#flagged.set(slot, 0);
    for (let i = 0; i < this.measures.length; i++) {
      const of = this.#levels;
      const level = Math.max(of.get(slot, this.#today + i), of.get(slot, i), levelOf(this.value(slot, i)));
      if (level > of.get(slot, this.#usual + i)) of.set(slot, level, this.#usual + i);
    }
    if (this.#hours.get(slot) === 0) this.#hours.set(slot, 1);
  }

  /** How often what grows for days became habit: first after some days, then each week. */
  #weeks(slot: number, time: number): number {
    return Math.floor((time - this.table.since(slot) + week - firstTurn) / week);
  }

  #cohortOf(name: string): number {
    let index = this.#names.get(name);
    if (index === undefined) {
      index = Math.min(this.#cohorts.length, maxCohorts);
      if (index === this.#cohorts.length) {
        const each = <T>(make: () => T): T[] => this.measures.map(make);
        this.#cohorts.push({
          peaks: each(() => new Delayed()),
          ratios: each(() => [new Delayed(), new Delayed()] as const),
          members: 0,
          hours: 0,
          ratioHours: [0, 0],
          handed: name !== anybody,
          contested: each(() => new Contested()),
        });
      }
      if (this.#names.size < 1000) this.#names.set(name, index);
    }
    return index;
  }

  /** The hour of a member becomes part of what its cohort does, and on another day of its own habit. */
  #closeHour(slot: number, before: number, time: number): void {
    this.#forget(time);
    const flagged = this.#flagged.get(slot) >= Math.floor(before / hour);
    const anotherDay = Math.floor(time / day) !== Math.floor(before / day);
    if (anotherDay) {
      const days = (time - before) / day;
      this.#decays.fill(Math.round((days * day * levelsOfWeek) / week));
    }
    const cohort = this.#cohorts[this.#cohort.get(slot)] as Cohort;
    const known = this.isKnown(slot, before) ? 0 : 1;
    const anotherWeek = this.#weeks(slot, time) !== this.#weeks(slot, before);
    const levels = this.#levels.piece(slot);
    const from = this.#levels.offset(slot);
    const width = this.measures.length;
    if (!flagged) {
      cohort.hours += 1;
      cohort.ratioHours[known] += 1;
    }
    for (let i = 0; i < width; i++) {
      const at = from + i;
      const today = at + this.#today;
      const peak = levels[at] ?? 0;
      if (peak !== 0) {
        // Most hours have nothing of most measures: what is nothing is added when somebody looks.
        if (!flagged) {
          cohort.peaks[i]?.add(peak, cohort.hours - 1);
          if (peak > (levels[today] ?? 0)) levels[today] = peak;
        }
        levels[at] = 0;
      }
      const ratio = levels[at + width] ?? 0;
      if (ratio !== 0) {
        if (!flagged) cohort.ratios[i]?.[known].add(ratio, cohort.ratioHours[known] - 1);
        levels[at + width] = 0;
      }
      const isSlow = this.measures[i]?.slow === true;
      if (isSlow ? anotherWeek : anotherDay) {
        const faded = Math.max(0, (levels[at + this.#usual] ?? 0) - (isSlow ? levelsOfWeek : (this.#decays[i] ?? 0)));
        levels[at + this.#usual] = Math.max(faded, levels[today] ?? 0);
        levels[today] = 0;
      }
    }
    this.#hours.set(slot, Math.min(65_535, this.#hours.get(slot) + 1));
  }

  /** What cohorts did fades by the day; half of it in two weeks. */
  #forget(time: number): void {
    const now = Math.floor(time / hour);
    if (this.#faded === 0) this.#faded = now;
    if (now - this.#faded < 24) return;
    const factor = 2 ** (-((now - this.#faded) * hour) / (2 * week));
    this.#faded = now;
    for (const { peaks, ratios, hours, ratioHours } of this.#cohorts) {
      for (const one of peaks) one.turn(factor, hours);
      for (const pair of ratios) for (const [i, one] of pair.entries()) one.turn(factor, ratioHours[i] ?? 0);
    }
  }
}
