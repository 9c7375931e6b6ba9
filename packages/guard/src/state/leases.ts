/** Gives a place back, once however often it is called. */
export type Release = () => void;

/** Places that are taken for as long as something runs: calls of one caller at the same time. */
export interface Leases {
  /**
   * Takes a place.
   * @param key what is limited, and whose it is
   * @param limit places in all
   * @returns gives the place back; undefined where all are taken; a promise only where the store has to be asked
   */
  take(key: string, limit: number): Release | undefined | Promise<Release | undefined>;
}
