/** How long a step counts, in milliseconds. */
export const stepLasts = 3_600_000;

/** Who took which step of which flow when. Bounded: two generations that change places when one is full. */
export class Steps {
  readonly #capacity: number;
  #young = new Map<string, number>();
  #old = new Map<string, number>();

  /** @param capacity steps of one generation */
  constructor(capacity = 100_000) {
    this.#capacity = capacity;
  }

  /** @param now milliseconds since the epoch */
  add(step: string, now: number): void {
    this.#young.set(step, now);
    if (this.#young.size < this.#capacity) return;
    this.#old = this.#young;
    this.#young = new Map();
  }

  /** Whether the step was taken within the last hour. */
  has(step: string, now: number): boolean {
    const taken = this.#young.get(step) ?? this.#old.get(step);
    return taken !== undefined && taken <= now && now - taken < stepLasts;
  }

  /** Steps that count, with the time at which each was taken. */
  *entries(now: number): Generator<readonly [step: string, taken: number]> {
    for (const steps of [this.#old, this.#young])
      for (const [step, taken] of steps) if (now - taken < stepLasts) yield [step, taken];
  }
}
