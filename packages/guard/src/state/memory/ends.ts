import { EndSketch } from './end-sketch.ts';
import { EndTable, type EndTableOptions } from './end-table.ts';
import { KeyHash, type HashKey } from './key-hash.ts';

/** What keys belong to: one counter, one set. Found again by its name after a restart. */
export interface Place {
  readonly high: number;
  readonly low: number;
  /** Keys that last as long share a sketch: those of a day must not stand beside those of a second. */
  readonly span: number;
}

export interface EndsOptions extends EndTableOptions {
  /** The secret of the hash, where it was kept over a restart. */
  readonly key?: HashKey | undefined;
}

/**
 * When what was counted of a key is over. Exact for more than a million keys; beyond, a key that is new shares its place
 * with others and counts as theirs where they took more (never less). Keys are kept as hashes: no name of a caller stands
 * in memory or in a file.
 */
export class Ends {
  readonly table: EndTable;
  readonly hash: KeyHash;
  readonly #counted: boolean;
  readonly #sketches = new Map<number, EndSketch>();

  constructor(options: EndsOptions = {}) {
    this.table = new EndTable(options);
    this.hash = new KeyHash(options.key);
    this.#counted = options.counted === true;
  }

  /**
   * @param name what distinguishes it from all others
   * @param lasts milliseconds that a key of it can last
   */
  place(name: string, lasts: number): Place {
    this.hash.of(name);
    return { high: this.hash.high, low: this.hash.low, span: Math.ceil(lasts) };
  }

  /** When a key ends, or at the latest; 0 or what is past where there is nothing of it. */
  end({ high, low, span }: Place, key: string, now: number): number {
    this.hash.of(key);
    const [h, l] = [high ^ this.hash.high, low ^ this.hash.low];
    const end = this.table.end(h, l);
    if (end !== 0 || this.#sketches.size === 0) return end;
    const sketch = this.#sketches.get(span);
    return sketch === undefined || !sketch.holds(now) ? 0 : sketch.end(h, l);
  }

  /** When a key ends; 0 where it has no place of its own. */
  exact({ high, low }: Place, key: string): number {
    this.hash.of(key);
    return this.table.end(high ^ this.hash.high, low ^ this.hash.low);
  }

  /** The number of a key that has not ended, or the most that it may be. */
  count({ high, low, span }: Place, key: string, now: number): number {
    this.hash.of(key);
    const [h, l] = [high ^ this.hash.high, low ^ this.hash.low];
    const end = this.table.end(h, l);
    if (end > now) return this.table.count(h, l);
    const sketch = end === 0 ? this.#sketches.get(span) : undefined;
    return sketch === undefined || !sketch.holds(now) ? 0 : sketch.count(h, l, now);
  }

  /** Sets when a key ends; in a sketch where the table has no place for it. */
  set(place: Place, key: string, end: number, now: number, count = 0): void {
    if (this.add(place, key, end, now, count)) return;
    let sketch = this.#sketches.get(place.span);
    if (sketch === undefined) this.#sketches.set(place.span, (sketch = new EndSketch(this.#counted)));
    sketch.set(place.high ^ this.hash.high, place.low ^ this.hash.low, end, now, count);
  }

  /** Sets when a key ends, exactly. @returns false where there is no place for it */
  add({ high, low }: Place, key: string, end: number, now: number, count = 0): boolean {
    this.hash.of(key);
    return this.table.set(high ^ this.hash.high, low ^ this.hash.low, end, now, count);
  }
}
