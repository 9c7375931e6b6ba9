import type { FactSink } from '../facts/facts.ts';
import type { Scribe } from '../facts/scribe.ts';
import { severityOf, type LineSink } from '../forward/line-sink.ts';
import type { Ended } from './ended.ts';
import { ocsfClasses, type OcsfClass, type OcsfLine, type OtherClass } from './ocsf/classes.ts';
import { SessionsSeen } from './ocsf/sessions-seen.ts';
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
  /** Those that want the event of the audit log, and each other class that somebody wants. */
  readonly #lines: readonly LineSink[];
  readonly #others: readonly (readonly [OtherClass, readonly LineSink[]])[];
  readonly #sessions = new SessionsSeen();
  readonly #scribes: Scribe[] = [];
  readonly #events: Ended[] = [];
  readonly #batch: string[] = [];
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
    const wanting = (name: OcsfClass): readonly LineSink[] => forwards.filter(({ classes }) => classes.includes(name));
    this.#lines = wanting('api-activity');
    this.#others = ocsfClasses.flatMap((name) => {
      const sinks = name === 'api-activity' ? [] : wanting(name);
      return name === 'api-activity' || sinks.length === 0 ? [] : [[name, sinks] as const];
    });
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

  /** Writes an event of the guard itself, behind those of the exchanges before it. */
  note({ line, severity }: OcsfLine): void {
    this.write();
    this.#sink?.write(line);
    for (const forward of this.#lines) forward.write(line, severity);
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
    const lines = this.#batch;
    if (lines.length === 0) return;
    this.#sink?.write(lines.join('\n'), lines.length);
    lines.length = 0;
  }

  #tell(scribe: Scribe, event: Ended): void {
    if (this.#sink !== undefined || this.#lines.length > 0) {
      const line = event.line ?? scribe.line(event);
      if (this.#sink !== undefined) this.#batch.push(line);
      if (this.#lines.length > 0) for (const forward of this.#lines) forward.write(line, severityOf(line));
    }
    if (this.#others.length > 0) this.#tellOthers(scribe, event);
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

  #tellOthers(scribe: Scribe, event: Ended): void {
    const fresh = event.auth !== undefined && this.#sessions.isNew(event.auth);
    for (const [name, sinks] of this.#others) {
      const told = scribe.other(name, event, fresh);
      if (told !== undefined) for (const sink of sinks) sink.write(told.line, told.severity);
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
