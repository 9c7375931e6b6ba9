import { Distribution } from '../sketch/distribution.ts';
import { levelOf } from '../sketch/level.ts';

/** How long credentials sleep that wake: where many do so it is nothing. */
export class Sleepers {
  readonly #of = new Map<string, { sleeps: Distribution; faded: number; wakes: number; moved: number }>();

  /** Whether hardly any of its kind slept so long; counts it. */
  isUnusual(slept: number, time: number, kind: string, newNetwork: boolean): boolean {
    let of = this.#of.get(kind);
    if (of === undefined) {
      if (this.#of.size > 20) return false;
      this.#of.set(kind, (of = { sleeps: new Distribution(), faded: time, wakes: 0, moved: 0 }));
    }
    const weeks = (time - of.faded) / (7 * 86_400);
    if (weeks > 0.1) {
      of.sleeps.forget(2 ** (-weeks / 4));
      of.faded = time;
    }
    of.wakes += 1;
    if (newNetwork) of.moved += 1;
    if (of.wakes > 1000) {
      of.wakes /= 2;
      of.moved /= 2;
    }
    const hours = levelOf(slept / 3600);
    const longer = of.sleeps.above(hours - 3) * of.sleeps.total;
    of.sleeps.add(hours);
    return longer < 2;
  }

  /** Whether those of its kind that wake are often in another network: telephones, machines with a SIM card. */
  wander(kind: string): boolean {
    const of = this.#of.get(kind);
    return of !== undefined && of.wakes >= 10 && of.moved > of.wakes / 4;
  }
}
