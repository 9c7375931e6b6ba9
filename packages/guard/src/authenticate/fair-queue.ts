export type Rank = 'known' | 'stranger';

interface Waiter {
  readonly deadline: number;
  readonly enter: (admitted: boolean) => void;
}

export interface FairQueueOptions {
  /** How many are inside at once. */
  readonly most: number;
  /** How many wait, of both ranks together. */
  readonly waiting: number;
  /** Milliseconds that somebody waits at most. */
  readonly patience: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** Of so many turns one is a stranger's, however many known ones wait. */
const ageing = 4;

/**
 * Lets a few in at once and the others wait: in turns by where they come from, so that a crowd from one network waits
 * behind itself; known ones before strangers, who still get their share; nobody longer than a deadline. Where it is full,
 * the latest of the largest crowd goes.
 */
export class FairQueue {
  readonly #options: FairQueueOptions;
  readonly #lines: Readonly<Record<Rank, Map<string, Waiter[]>>> = { known: new Map(), stranger: new Map() };
  #inside = 0;
  #waiting = 0;
  #turn = 0;

  constructor(options: FairQueueOptions) {
    this.#options = options;
  }

  /**
   * @param from the network that the caller comes from
   * @returns whether it may go in; whoever did has to `leave`
   */
  enter(from: string, rank: Rank): boolean | Promise<boolean> {
    const { most, waiting, patience, now } = this.#options;
    if (this.#inside < most) {
      this.#inside += 1;
      return true;
    }
    if (this.#waiting >= waiting && !this.#makeRoom(from)) return false;
    return new Promise((enter) => {
      const line = this.#lines[rank].get(from);
      const waiter = { deadline: now() + patience, enter };
      if (line === undefined) this.#lines[rank].set(from, [waiter]);
      else line.push(waiter);
      this.#waiting += 1;
    });
  }

  /** Hands the place on, so that nobody overtakes those who wait. */
  leave(): void {
    const now = this.#options.now();
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      const inTime = next.deadline > now;
      next.enter(inTime);
      if (inTime) return;
    }
    this.#inside -= 1;
  }

  #next(): Waiter | undefined {
    this.#turn = (this.#turn + 1) % ageing;
    const { known, stranger } = this.#lines;
    return this.#turn === 0
      ? (this.#first(stranger) ?? this.#first(known))
      : (this.#first(known) ?? this.#first(stranger));
  }

  /** The first of the line whose turn it is; that line is the last one then. */
  #first(lines: Map<string, Waiter[]>): Waiter | undefined {
    for (const [from, line] of lines) {
      const waiter = line.shift();
      lines.delete(from);
      if (line.length > 0) lines.set(from, line);
      if (waiter === undefined) continue;
      this.#waiting -= 1;
      return waiter;
    }
    return undefined;
  }

  /** Sends the latest of the longest line away, unless the newcomer's own is as long. */
  #makeRoom(from: string): boolean {
    const { known, stranger } = this.#lines;
    const own = (known.get(from)?.length ?? 0) + (stranger.get(from)?.length ?? 0);
    let longest: Waiter[] = [];
    // Strangers go before known ones.
    for (const lines of [stranger, known])
      for (const line of lines.values()) if (line.length > longest.length) longest = line;
    if (longest.length <= own + 1) return false;
    longest.pop()?.enter(false);
    this.#waiting -= 1;
    return true;
  }
}
