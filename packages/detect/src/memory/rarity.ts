const day = 86_400;
const halfLife = 7 * day;

/**
 * Whether something that happens once, and is no count of anything, happens so seldom in this API that it says something: fewer
 * than once in a hundred thousand exchanges, or never before where there were not so many.
 */
export class Rarity {
  #time = 0;
  #happened = 0;
  #exchanges = 0;

  /** Counts an exchange. */
  exchange(time: number): void {
    this.#fade(time);
    this.#exchanges += 1;
  }

  /** Counts that it happened; gives whether that was rare. */
  happens(time: number): boolean {
    this.#fade(time);
    const rare = this.#happened < 0.4 + this.#exchanges / 100_000;
    this.#happened += 1;
    return rare;
  }

  #fade(time: number): void {
    // By the hour: exactly is not needed.
    if (time - this.#time < 3600) return;
    const factor = this.#time === 0 ? 1 : 2 ** (-(time - this.#time) / halfLife);
    this.#happened *= factor;
    this.#exchanges *= factor;
    this.#time = time;
  }
}
