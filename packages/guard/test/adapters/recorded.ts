import type { GuardEvent } from '@castellan/guard';

/** The events of a guard in their order, each when it is there: an event is written after its answer has left. */
export class Recorded {
  readonly #events: GuardEvent[] = [];
  readonly #waiting: ((event: GuardEvent) => void)[] = [];

  readonly add = (event: GuardEvent): void => {
    const next = this.#waiting.shift();
    if (next === undefined) this.#events.push(event);
    else next(event);
  };

  next(): Promise<GuardEvent> {
    const event = this.#events.shift();
    return event === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(event);
  }

  /** How many were written and not asked for. */
  get left(): number {
    return this.#events.length;
  }
}
