import type { FactSink } from '../facts/facts.ts';
import type { Scribe } from '../facts/scribe.ts';
import { severityOf, type LineSink } from '../forward/line-sink.ts';
import type { Ended } from './ended.ts';
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
  readonly #sink: AuditSink | undefined;
  readonly #subscribers: readonly FactSink[];
  readonly #forwards: readonly LineSink[];
  readonly #scribes: Scribe[] = [];
  readonly #events: Ended[] = [];
  #told = false;
  #timer: NodeJS.Timeout | undefined;
  readonly #due = (): void => {
    this.#timer = undefined;
    this.write();
  };

  /**
   * @param subscribers are given the facts of each event, which are made once
   * @param forwards are given its line
   */
  constructor(sink: AuditSink | undefined, subscribers: readonly FactSink[] = [], forwards: readonly LineSink[] = []) {
    this.#sink = sink;
    this.#forwards = forwards;
    this.#subscribers = subscribers;
    open.add(this);
    if (!listening) process.on('exit', finishAll);
    listening = true;
  }

  add(scribe: Scribe, event: Ended): void {
    this.#scribes.push(scribe);
    if (this.#events.push(event) >= batch) this.write();
    else this.#timer ??= setTimeout(this.#due, delay);
  }

  /** Hands over everything that is waiting. */
  write(): void {
    const scribes = this.#scribes;
    const events = this.#events;
    for (let i = 0; i < events.length; i++) {
      const event = events[i];
      const scribe = scribes[i];
      if (event !== undefined && scribe !== undefined) this.#tell(scribe, event);
    }
    events.length = 0;
    scribes.length = 0;
  }

  #tell(scribe: Scribe, event: Ended): void {
    if (this.#sink !== undefined || this.#forwards.length > 0) {
      const line = scribe.line(event);
      this.#sink?.write(line);
      if (this.#forwards.length > 0) for (const forward of this.#forwards) forward.write(line, severityOf(line));
    }
    if (this.#subscribers.length === 0) return;
    const facts = scribe.facts(event);
    for (const sink of this.#subscribers) {
      try {
        sink(facts);
      } catch (error) {
        this.#failed(error);
      }
    }
  }

  /** The others are still told; a sink that fails for each event must not fill a log. */
  #failed(error: unknown): void {
    if (this.#told) return;
    this.#told = true;
    process.emitWarning(
      `a function of the option facts failed (${error instanceof Error ? error.name : typeof error}); it is called for the next exchange again`,
      { type: 'Castellan', code: 'facts-sink' },
    );
  }

  /** Events that were lost. */
  get lost(): number {
    return this.#sink?.lost ?? 0;
  }

  /** Writes everything, into the file that has the name now. */
  async reopen(): Promise<void> {
    this.write();
    await this.#sink?.reopen();
  }

  /** Writes everything at once. */
  finish(): void {
    this.write();
    this.#sink?.finish();
  }

  /** Resolves when everything is in the file, and the file is closed. */
  async close(): Promise<void> {
    open.delete(this);
    clearTimeout(this.#timer);
    this.write();
    await this.#sink?.close();
    await Promise.all(this.#forwards.map((forward) => forward.close()));
  }
}
