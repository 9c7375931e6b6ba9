import { randomUUID } from 'node:crypto';
import type { Facts, FactSink } from '../facts/facts.ts';

/** Events of one request. */
const most = 500;
/** Events that wait at most; the oldest go first. */
const kept = 10_000;
/** Milliseconds between two requests. */
const every = 2_000;

/** Sends a body; whether the registry has it, never takes it, or may take it later. */
export type SendEvents = (body: string) => Promise<'sent' | 'refused' | 'later'>;

/**
 * Sends what happened to the registry, for its detectors. Events wait in memory while it is away, and a batch that is sent twice is
 * looked at once.
 */
export class EventReporter {
  readonly #send: SendEvents;
  readonly #timer: NodeJS.Timeout;
  #waiting: Facts[] = [];
  #batch: string | undefined;
  #sending: Promise<void> | undefined;
  /** Events that were given up. */
  lost = 0;

  constructor(send: SendEvents) {
    this.#send = send;
    this.#timer = setInterval(() => void this.flush(), every).unref();
  }

  readonly sink: FactSink = (facts) => {
    this.#waiting.push(facts);
    const over = this.#waiting.length - kept;
    if (over <= 0) return;
    this.#waiting.splice(0, over);
    this.lost += over;
  };

  get size(): number {
    return this.#waiting.length + (this.#batch === undefined ? 0 : 1);
  }

  /** Sends all that waits. */
  flush(): Promise<void> {
    return (this.#sending ??= this.#all().finally(() => (this.#sending = undefined)));
  }

  async #all(): Promise<void> {
    for (;;) {
      if (this.#batch === undefined) {
        if (this.#waiting.length === 0) return;
        // The same batch under the same id until it is there.
        const events = this.#waiting.splice(0, most);
        this.#batch = JSON.stringify({ id: `events-${randomUUID()}`, events: events.map(sentOf) });
      }
      const outcome = await this.#send(this.#batch);
      if (outcome === 'later') return;
      this.#batch = undefined;
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sending;
    await this.flush();
  }
}

/** An event as the registry takes it: what is undefined is left out, and texts are as long as detectors read them. */
function sentOf(facts: Facts): object {
  const { api: _, trace: __, timings: ___, changes: ____, ...event } = facts;
  return JSON.parse(
    JSON.stringify(event, (_name, value: unknown) => (typeof value === 'string' ? value.slice(0, 1_000) : value)),
  ) as object;
}
