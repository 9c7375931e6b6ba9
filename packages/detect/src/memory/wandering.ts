const most = 1000;
/** Changes of network after which a kind is known. */
const enough = 30;

/** Of each kind of credential: whether it is often seen in networks that its owner never had (telephones, machines with a SIM card). */
export class Wandering {
  readonly #of = new Map<number, { all: number; fresh: number }>();

  /**
   * Counts a change of network, the first place of a credential included.
   * @param kind of credential, hashed
   */
  count(kind: number, fresh: boolean): void {
    let of = this.#of.get(kind);
    if (of === undefined) {
      if (this.#of.size >= most) return;
      this.#of.set(kind, (of = { all: 0, fresh: 0 }));
    }
    of.all += 1;
    if (fresh) of.fresh += 1;
    if (of.all > 2000) {
      of.all /= 2;
      of.fresh /= 2;
    }
  }

  isUsual(kind: number): boolean {
    const of = this.#of.get(kind);
    return of !== undefined && of.all >= enough && of.fresh > of.all / 4;
  }
}
