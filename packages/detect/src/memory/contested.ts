const week = 7 * 86_400;
/** Others after which it is the population that does so. */
const quorum = 3;
/** How far beyond them a member may be. */
const margin = 1.3;
const most = 8;

/**
 * Members that are long known and each exceeded a limit on their own within a week. What three of them did is what such callers
 * do: it is no sign of an attack any more, unless somebody goes much further.
 */
export class Contested {
  readonly #entries: { slot: number; ratio: number; time: number }[] = [];

  /** Whether others went as far; counts this one. */
  isUsual(slot: number, ratio: number, time: number): boolean {
    const entries = this.#entries;
    for (let i = entries.length - 1; i >= 0; i--) if (time - (entries[i]?.time ?? 0) > week) entries.splice(i, 1);
    const others = entries.filter((one) => one.slot !== slot).map((one) => one.ratio);
    others.sort((a, b) => b - a);
    const third = others[quorum - 1];
    if (third !== undefined && ratio < third * margin) return true;
    const known = entries.find((one) => one.slot === slot);
    if (known !== undefined) {
      known.ratio = Math.max(known.ratio, ratio);
      known.time = time;
    } else {
      if (entries.length >= most) entries.shift();
      entries.push({ slot, ratio, time });
    }
    return false;
  }
}
