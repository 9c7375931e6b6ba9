import { join } from '../sketch/hash.ts';
import type { Memory } from './memory.ts';
import type { Moment } from './moment.ts';
import type { Column, Table } from './table.ts';

/** Callers that came after others that are kept in mind. */
const most = 10_000;

/**
 * Who lives at an address, where it is one caller with one client program: a machine that is given a new name and a new key goes on with
 * its habits.
 */
export class Successors {
  /** Of each address: low and high hash of the caller, its client program, and whether there are others. */
  readonly #residents: Column<Uint32Array>;

  /** Of those that came after another: its hashes. */
  readonly #before = new Map<
    number,
    { readonly high: number; readonly low: number; readonly beforeHigh: number; readonly beforeLow: number }
  >();

  constructor(sources: Table) {
    this.#residents = sources.column((length) => new Uint32Array(length), 4);
  }

  /** Whether the one that the caller comes after called the operation. */
  did({ uses }: Memory, { callerLow, callerHigh, operation }: Moment): boolean {
    const found = this.#before.size === 0 ? undefined : this.#before.get(callerLow >>> 0);
    if (found === undefined || found.high !== callerHigh >>> 0) return false;
    return uses.has(join(found.beforeLow, operation.index), found.beforeHigh);
  }

  /**
   * Takes note of who is at an address; gives a newcomer the habits of the one that it comes after.
   * @param isFresh the caller was never seen before
   */
  visit({ callers }: Memory, moment: Moment, isFresh: boolean): void {
    const { address, agent, callerLow, callerHigh, caller, time } = moment;
    const [low, high] = [callerLow >>> 0, callerHigh >>> 0];
    const of = this.#residents;
    const [beforeLow, beforeHigh] = [of.get(address, 0), of.get(address, 1)];
    if (beforeLow === low && beforeHigh === high) {
      if (of.get(address, 2) !== agent + 1) of.set(address, 1, 3);
      return;
    }
    if (beforeLow === 0 && beforeHigh === 0) {
      of.set(address, low, 0);
      of.set(address, high, 1);
      of.set(address, agent + 1, 2);
      return;
    }
    const before = isFresh && of.get(address, 3) === 0 ? callers.table.find(beforeHigh, beforeLow) : -1;
    if (before < 0 || of.get(address, 2) !== agent + 1 || !callers.isKnown(before, time)) {
      of.set(address, 1, 3);
      return;
    }
    callers.succeed(caller, before);
    if (this.#before.size >= most) this.#before.clear();
    this.#before.set(low, { low, high, beforeLow, beforeHigh });
    of.set(address, low, 0);
    of.set(address, high, 1);
  }
}
