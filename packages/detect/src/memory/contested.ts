const week = 7 * 86_400;
/** Others after which it is the population that does so: some, and of many members one of so many: a few accounts are no population. */
const fewest = 3;
const oneOf = 150;
/** Members that are kept in mind, and that are enough in any case. */
const most = 16;
/** How far beyond them a member may be. */
const margin = 1.5;
/** From which share of a limit on a member is one of those who go that way. */
const near = 0.55;
/** Times the limit that is told however many others went there. */
const farthest = 2;
/** The same where this many others go there within six hours: all have more to do. */
const farthestOfMany = 4;
const many = 8;
const sixHours = 6 * 3600;

/**
 * Members that are long known and came near a limit, or beyond it, on their own within a week: a day on which all have more to do, or
 * something that such callers do now and then. What enough of them did, by how many there are, is no sign of an attack, unless
 * somebody goes further, or much too far. Accounts that one attacker keeps are not enough to lift a limit for one another.
 */
export class Contested {
  readonly #entries: { slot: number; ratio: number; time: number }[] = [];

  /** Counts a known member that is on its way to the limit. */
  note(slot: number, ratio: number, limit: number, time: number): void {
    if (ratio < limit * near) return;
    const entries = this.#entries;
    const known = entries.find((one) => one.slot === slot);
    if (known !== undefined) {
      // What was long ago is no part of what it does now.
      known.ratio = time - known.time > week ? ratio : Math.max(known.ratio, ratio);
      known.time = time;
      return;
    }
    if (entries.length > most) entries.shift();
    entries.push({ slot, ratio, time });
  }

  /**
   * Whether enough others went as far.
   * @param members of the cohort that are known from other days
   */
  isUsual(slot: number, ratio: number, limit: number, time: number, members: number): boolean {
    if (this.#entries.length < fewest) return false;
    const entries = this.#entries;
    const now = entries.filter((one) => one.slot !== slot && time - one.time < sixHours).length;
    if (ratio >= limit * (now >= many ? farthestOfMany : farthest)) return false;
    for (let i = entries.length - 1; i >= 0; i--) if (time - (entries[i]?.time ?? 0) > week) entries.splice(i, 1);
    const others = entries.filter((one) => one.slot !== slot).map((one) => one.ratio);
    others.sort((a, b) => b - a);
    const last = others[Math.min(most, Math.max(fewest, Math.ceil(members / oneOf))) - 1];
    return last !== undefined && ratio < last * margin;
  }
}
