/** Looks at what others say, one look at a time. */
export class Looks {
  readonly #look: () => Promise<void>;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  /** @param look never rejects */
  constructor(look: () => Promise<void>) {
    this.#look = look;
  }

  /** Ends after a look that began after this was called: one that is under way may have passed what was said meanwhile. */
  again(): Promise<void> {
    if (this.#running === undefined) return this.#begin();
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      return this.#running ?? this.#begin();
    });
    return this.#next;
  }

  /** Ends when none is under way or asked for. */
  async ended(): Promise<void> {
    await (this.#next ?? this.#running);
  }

  #begin(): Promise<void> {
    this.#running = this.#look().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }
}
