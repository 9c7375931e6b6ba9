/** How many calls run at the same time, by name of what is limited and by caller. */
export class Running {
  readonly #byName = new Map<string, Map<string, number>>();

  /**
   * Takes a place for a call.
   * @param name what is limited
   * @param limit places of one caller
   * @returns gives the place back, once however often it is called; undefined where all are taken
   */
  take(name: string, caller: string, limit: number): (() => void) | undefined {
    let calls = this.#byName.get(name);
    if (calls === undefined) this.#byName.set(name, (calls = new Map()));
    const taken = calls.get(caller) ?? 0;
    if (taken >= limit) return undefined;
    calls.set(caller, taken + 1);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      const left = (calls.get(caller) ?? 1) - 1;
      // Who calls nothing is not kept.
      if (left === 0) calls.delete(caller);
      else calls.set(caller, left);
    };
  }
}
