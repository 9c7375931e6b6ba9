/** Milliseconds that a question may compute before others get their turn, and that it may take in all. */
const slice = 10;
const whole = 5000;

/** A question that takes too long: ask less at once. */
export class TooLong extends Error {}

/**
 * Divides work that nobody else can interrupt: between two parts of it `pause` lets the event loop go on where the last
 * turn was long.
 * @param clock monotonic milliseconds
 */
export class Slices {
  readonly #clock: () => number;
  readonly #ends: number;
  #turn: number;

  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
    this.#turn = clock();
    this.#ends = this.#turn + whole;
  }

  /** @throws TooLong after 5 s */
  async pause(): Promise<void> {
    const now = this.#clock();
    if (now >= this.#ends) throw new TooLong();
    if (now - this.#turn < slice) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#turn = this.#clock();
  }
}
