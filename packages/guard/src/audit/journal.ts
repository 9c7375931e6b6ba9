import type { Ended } from './ended.ts';
import type { Recorder } from './record.ts';
import type { AuditSink } from './sink.ts';

/** Events are written when there are this many of them, or after `delay` milliseconds. */
const batch = 64;
const delay = 20;

/** Those that are open: what they hold is written when the process ends, by `process.exit` or an exception too. */
const open = new Set<Journal>();
let listening = false;

function finishAll(): void {
  for (const journal of open) journal.finish();
}

/**
 * Puts off the writing of events until there are several: one after the other, they cost a fraction of what each costs
 * between two requests, because code and data stay in the processor's caches.
 */
export class Journal {
  readonly #sink: AuditSink;
  readonly #recorders: Recorder[] = [];
  readonly #events: Ended[] = [];
  #timer: NodeJS.Timeout | undefined;
  readonly #due = (): void => {
    this.#timer = undefined;
    this.write();
  };

  constructor(sink: AuditSink) {
    this.#sink = sink;
    open.add(this);
    if (!listening) process.on('exit', finishAll);
    listening = true;
  }

  add(recorder: Recorder, event: Ended): void {
    this.#recorders.push(recorder);
    if (this.#events.push(event) >= batch) this.write();
    else this.#timer ??= setTimeout(this.#due, delay);
  }

  /** Hands over everything that is waiting. */
  write(): void {
    const recorders = this.#recorders;
    const events = this.#events;
    for (let i = 0; i < events.length; i++) {
      const event = events[i];
      const recorder = recorders[i];
      if (event !== undefined && recorder !== undefined) this.#sink.write(recorder(event));
    }
    events.length = 0;
    recorders.length = 0;
  }

  /** Events that were lost. */
  get lost(): number {
    return this.#sink.lost;
  }

  /** Writes everything, into the file that has the name now. */
  async reopen(): Promise<void> {
    this.write();
    await this.#sink.reopen();
  }

  /** Writes everything at once. */
  finish(): void {
    this.write();
    this.#sink.finish();
  }

  /** Resolves when everything is in the file, and the file is closed. */
  async close(): Promise<void> {
    open.delete(this);
    clearTimeout(this.#timer);
    this.write();
    await this.#sink.close();
  }
}
