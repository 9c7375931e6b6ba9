/** Looks at what others say, one look at a time. */
export class Looks {
  readonly #look: () => Promise<void>;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  /** @param look what it rejects with, those get who asked for it; the next one looks all the same */
  constructor(look: () => Promise<void>) {
    this.#look = look;
  }

  /** Ends after a look that began after this was called: one that is under way may have passed what was said meanwhile. */
  again(): Promise<void> {
    if (this.#running === undefined) return this.#begin();
    const next = (): Promise<void> => {
      this.#next = undefined;
      return this.#running ?? this.#begin();
    };
    this.#next ??= this.#running.then(next, next);
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
