/** Lets a bounded number in at once; some more wait, the others are told that it is full. */
export class Gate {
  readonly #running: number;
  readonly #most: number;
  #inside = 0;
  readonly #waiting: (() => void)[] = [];

  /**
   * @param running at once
   * @param waiting for a place
   */
  constructor(running: number, waiting: number) {
    this.#running = running;
    this.#most = waiting;
  }

  /** @returns false where it is full */
  async enter(): Promise<boolean> {
    if (this.#inside < this.#running) {
      this.#inside += 1;
      return true;
    }
    if (this.#waiting.length >= this.#most) return false;
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return true;
  }

  leave(): void {
    const next = this.#waiting.shift();
    // The place goes on to whoever waits longest.
    if (next === undefined) this.#inside -= 1;
    else next();
  }
}
