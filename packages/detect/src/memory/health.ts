interface Health {
  /** Second of the last success. */
  last: number;
  /** Seconds between two successes of late. */
  gap: number;
}

/** Whether operations answer at all: one that nobody gets an answer from any more was broken by a deployment. */
export class OperationHealth {
  readonly #of = new Map<number, Health>();

  succeeded(operation: number, time: number): void {
    const health = this.#of.get(operation);
    if (health === undefined) {
      if (this.#of.size > 10_000) this.#of.clear();
      this.#of.set(operation, { last: time, gap: 600 });
      return;
    }
    health.gap += (Math.min(3600, Math.max(0, time - health.last)) - health.gap) / 10;
    health.last = time;
  }

  /** Whether there was no success for much longer than usual. */
  isBroken(operation: number, time: number): boolean {
    const health = this.#of.get(operation);
    return health === undefined || time - health.last > Math.max(60, 4 * health.gap);
  }
}
