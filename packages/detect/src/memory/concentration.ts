import type { Column, Table } from './table.ts';

const day = 86_400;
/** Seconds after which newcomers of late count half. */
const halfLife = 3 * 3600;
/** Requests of newcomers of late before there is a share of them. */
const enough = 30;
/** Of requests of known callers one in so many is counted: their shares change slowly. */
const sampled = 4;

interface Total {
  recent: number;
  today: number;
  past: number;
  at: number;
}

/**
 * Whether newcomers of late are found in one group (a network, a client program, an operation) far more than callers usually are. A
 * day on which many come for the first time brings them everywhere; those who belong together stand in one place.
 */
export class Concentration {
  readonly #recent: Column<Float32Array>;
  readonly #today: Column<Float32Array>;
  readonly #past: Column<Float32Array>;
  readonly #at: Column<Uint32Array>;
  readonly #total: Total = { recent: 0, today: 0, past: 0, at: 0 };
  #sample = 0;

  constructor(groups: Table) {
    const numbers = (): Column<Float32Array> => groups.column((length) => new Float32Array(length));
    this.#recent = numbers();
    this.#today = numbers();
    this.#past = numbers();
    this.#at = groups.column((length) => new Uint32Array(length));
  }

  /**
   * Counts a request, once for all its groups.
   * @param first of its groups; -1 for none
   * @param second of its groups; -1 for none
   * @param isNew whether it is of a newcomer
   * @param time seconds
   */
  count(first: number, second: number, isNew: boolean, time: number): void {
    if (!isNew && (this.#sample = (this.#sample + 1) % sampled) !== 0) return;
    const total = this.#total;
    if (total.at < time) {
      const days = Math.floor(time / day) - Math.floor(total.at / day);
      total.recent *= 2 ** (-(time - total.at) / halfLife);
      if (days > 0) {
        total.past = total.past * 0.8 ** days + total.today;
        total.today = 0;
      }
      total.at = time;
    }
    total.today += isNew ? 1 : sampled;
    if (isNew) total.recent += 1;
    if (first >= 0) this.#add(first, isNew, time);
    if (second >= 0) this.#add(second, isNew, time);
  }

  #add(slot: number, isNew: boolean, time: number): void {
    this.#fade(slot, time);
    this.#today.set(slot, this.#today.get(slot) + (isNew ? 1 : sampled));
    if (isNew) this.#recent.set(slot, this.#recent.get(slot) + 1);
  }

  #fade(slot: number, time: number): void {
    const at = this.#at.get(slot);
    if (at >= time) return;
    const recent = this.#recent.get(slot);
    if (recent > 0) this.#recent.set(slot, recent * 2 ** (-(time - at) / halfLife));
    const days = Math.floor(time / day) - Math.floor(at / day);
    if (days > 0) {
      this.#past.set(slot, this.#past.get(slot) * 0.8 ** Math.min(days, 50) + this.#today.get(slot));
      this.#today.set(slot, 0);
    }
    this.#at.set(slot, time);
  }

  /** Whether far more of the newcomers of late are in this group than of all callers on other days. */
  isHigh(slot: number, time: number): boolean {
    const total = this.#total;
    if (slot < 0 || total.recent < enough) return false;
    this.#fade(slot, time);
    const now = this.#recent.get(slot) / total.recent;
    const usual = total.past === 0 ? 0 : this.#past.get(slot) / total.past;
    return now > 0.1 + Math.min(2.5 * usual, usual + (1 - usual) * 0.6);
  }
}
