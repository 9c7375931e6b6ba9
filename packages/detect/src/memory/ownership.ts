import { mix } from '../sketch/hash.ts';

/** Whose an object is, for somebody who is seen with it. */
export type Whose = 'unknown' | 'own' | 'other';

/** Hours for which an object that somebody else was handed is one that many look at now. */
const hot = 6;

/**
 * Who was seen with an object first: whose it is, as far as facts tell. A fixed number of places, each for one object; what is
 * seen later gives way to nothing but another object in the same place.
 */
export class Ownership {
  /** Of each place side by side: the object, its owner, the hour when somebody else was handed it last, and the circle of the owner. */
  readonly #places: Uint32Array;
  readonly #mask: number;
  /** Whether the object that was touched last is one that others are handed these hours, too. */
  isHot = false;
  /** Whose circle the object that was touched last is of: that of its tenant, or of its owner alone. */
  circle = 0;

  /** @param bytes at most; a power of two */
  constructor(bytes: number) {
    const places = 2 ** Math.max(8, Math.floor(Math.log2(Math.max(1, bytes / 16))));
    this.#places = new Uint32Array(places * 4);
    this.#mask = places - 1;
  }

  /**
   * Whose the object is. Where nobody was seen with it, it is the caller's from now on, if it got it.
   * @param got it was handed out, and not refused
   * @param time seconds
   * @param circle of the caller
   */
  touch(
    low: number,
    high: number,
    callerLow: number,
    callerHigh: number,
    got: boolean,
    time: number,
    circle = callerLow,
  ): Whose {
    const at = (mix(low ^ Math.imul(high, 0x27d4eb2f)) & this.#mask) * 4;
    const of = this.#places;
    const name = (high ^ (low >>> 7)) >>> 0 || 1;
    const owner = (callerLow ^ Math.imul(callerHigh, 0x9e3779b1)) >>> 0;
    const hour = Math.floor(time / 3600);
    if (of[at] === name) {
      this.circle = of[at + 3] ?? 0;
      this.isHot = hour - (of[at + 2] ?? 0) <= hot;
      if (of[at + 1] === owner) return 'own';
      if (got) of[at + 2] = hour;
      return 'other';
    }
    this.isHot = false;
    if (got) {
      of[at] = name;
      of[at + 1] = owner;
      of[at + 2] = 0;
      of[at + 3] = circle;
    }
    return 'unknown';
  }

  get bytes(): number {
    return this.#places.byteLength;
  }
}

interface Door {
  all: number;
  others: number;
}

const maxOperations = 10_000;
/** Looks after which an operation is known for what it is. */
const enough = 60;
/** Share of objects of others from which on an operation is open. */
const open = 0.15;

/** Of each operation: whether callers are handed objects of others by it (a catalogue), or nearly only their own (a mailbox). */
export class Openness {
  readonly #of = new Map<number, Door>();

  /** Counts an object that was handed out. */
  count(operation: number, whose: Whose): void {
    if (whose === 'unknown') return;
    let door = this.#of.get(operation);
    if (door === undefined) {
      if (this.#of.size >= maxOperations) return;
      this.#of.set(operation, (door = { all: 0, others: 0 }));
    }
    door.all += 1;
    if (whose === 'other') door.others += 1;
    if (door.all > 4000) {
      door.all /= 2;
      door.others /= 2;
    }
  }

  /** Whether callers are usually handed what others were handed. */
  isOpen(operation: number): boolean {
    const door = this.#of.get(operation);
    return door !== undefined && door.all >= enough && door.others / door.all > open;
  }

  /** What an object that was never handed to a caller counts: more where it is another's and others' are hardly ever handed out. */
  weight(operation: number, whose: Whose): number {
    if (whose === 'own') return 0;
    if (whose === 'unknown') return 1;
    const door = this.#of.get(operation);
    if (door === undefined || door.all < enough) return 1;
    const share = door.others / door.all;
    return share > open ? 0.1 : share < 0.02 ? 2.5 : 1;
  }
}
