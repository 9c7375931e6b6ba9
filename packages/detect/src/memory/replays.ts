/** Exchanges that are kept in mind. */
const places = 1 << 16;

/** Exchanges that come twice: a batch that was sent again, a file that was played twice. The latest sixty-five thousand are known. */
export class Replays {
  readonly #ids = new Float64Array(places);

  /**
   * Whether this exchange came before; counts it.
   * @param id hash of the request id
   * @param time milliseconds
   */
  isReplay(id: number, time: number): boolean {
    // The same id at another time is another exchange: who counts from one after each start.
    const name = (id >>> 0) * 4096 + (Math.floor(time) % 4096) + 1;
    const at = id & (places - 1);
    if (this.#ids[at] === name) return true;
    this.#ids[at] = name;
    return false;
  }
}
