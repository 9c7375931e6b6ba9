const most = 20_000;

/** How many callers of a kind use a client program: one that hardly anybody uses is foreign, a new version that many get is not. */
export class ClientPrograms {
  readonly #callers = new Map<number, number>();

  /**
   * Counts a caller that has a program for the first time.
   * @param key of kind of credential and program
   */
  count(key: number): void {
    const before = this.#callers.get(key);
    if (before === undefined && this.#callers.size >= most) return;
    this.#callers.set(key, (before ?? 0) + 1);
  }

  /** Whether at most two others of the kind have it. Where too many programs were seen to tell, it is not. */
  isForeign(key: number): boolean {
    const callers = this.#callers.get(key);
    return callers === undefined ? this.#callers.size < most : callers <= 3;
  }
}
