/** How many exchanges with the upstream go on at once, and how many may wait for a place. */
export interface LaneOptions {
  readonly places: number;
  readonly waiting: number;
  /** Milliseconds that one waits at most. */
  readonly deadline: number;
}

interface Waiting {
  readonly settle: (entered: boolean) => void;
  readonly timer: NodeJS.Timeout;
}

/** Bounds what is under way to the upstream: whoever finds no place waits, but not for ever and not in any number. */
export class Lane {
  readonly #options: LaneOptions;
  readonly #waiting = new Set<Waiting>();
  readonly #emptied: (() => void)[] = [];
  #taken = 0;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  /** @returns true where there is a place now; a promise of whether there is one before the deadline; false where none may wait */
  enter(): boolean | Promise<boolean> {
    if (this.#taken < this.#options.places) {
      this.#taken += 1;
      return true;
    }
    if (this.#waiting.size >= this.#options.waiting) return false;
    return new Promise((resolve) => {
      const waiting: Waiting = {
        settle: (entered) => {
          clearTimeout(waiting.timer);
          this.#waiting.delete(waiting);
          resolve(entered);
        },
        timer: setTimeout(() => waiting.settle(false), this.#options.deadline),
      };
      this.#waiting.add(waiting);
    });
  }

  /** Gives a place back; it goes to whoever has waited longest. */
  leave(): void {
    const [next] = this.#waiting;
    if (next !== undefined) next.settle(true);
    else if (--this.#taken === 0) for (const done of this.#emptied.splice(0)) done();
  }

  /** Exchanges that have a place now. */
  get taken(): number {
    return this.#taken;
  }

  /** Requests that wait for one. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Resolves when nobody has a place. */
  empty(): Promise<void> {
    if (this.#taken === 0) return Promise.resolve();
    return new Promise((resolve) => this.#emptied.push(resolve));
  }

  close(): void {
    for (const waiting of this.#waiting) waiting.settle(false);
  }
}
