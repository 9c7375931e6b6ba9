import { readFileSync, statSync } from 'node:fs';
import { CastellanError } from '@castellan/contract';
import { openFileMessage, openToOthers } from './private-file.ts';

/** Milliseconds between two looks at a file. */
const interval = 500;

export interface FileNotice {
  readonly code: string;
  readonly message: string;
}

/**
 * A file that other processes change (`castellan keys`, another instance). It is looked at twice a second; when it
 * cannot be read any more, what it said last stays in force, and that is said.
 */
export class WatchedFile<T> {
  readonly file: string;
  /** Called when it says something else, or something else is wrong with it. */
  changed: (() => void) | undefined;
  /** Files that belong to it: it is read again when one of them changes. */
  readonly #beside: readonly string[];
  readonly #parse: (text: string) => T;
  readonly #timer: NodeJS.Timeout;
  #stamp = '';
  #value: T;
  #failure: string | undefined;
  #gone = false;

  /**
   * @param parse throws CastellanError where the text cannot be right
   * @param missing what an absent file stands for; where not given, absence is an error
   * @throws CastellanError `unreadable-file`, and what `parse` throws
   */
  constructor(file: string, parse: (text: string) => T, missing?: T, beside: readonly string[] = []) {
    this.file = file;
    this.#beside = beside;
    this.#parse = parse;
    const stamp = this.#now();
    if (stamp === undefined && missing !== undefined) this.#value = missing;
    else this.#value = parse(read(file));
    this.#stamp = stamp ?? '';
    this.#timer = setInterval(() => this.refresh(), interval);
    this.#timer.unref();
  }

  get value(): T {
    return this.#value;
  }

  get notices(): readonly FileNotice[] {
    const notices: FileNotice[] = [];
    if (openToOthers(this.file)) notices.push({ code: 'open-secret-file', message: openFileMessage(this.file) });
    if (this.#failure !== undefined) notices.push({ code: 'stale-file', message: this.#failure });
    return notices;
  }

  /** Why what it says is not in force; undefined where it is. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Reads the file again if it changed. */
  refresh(): void {
    const [value, failure] = [this.#value, this.#failure];
    this.#read();
    if (value !== this.#value || failure !== this.#failure) this.changed?.();
  }

  #read(): void {
    const stamp = this.#now();
    if (stamp === this.#stamp) {
      // What was said of a file that was gone, and is there as it was, is over.
      if (this.#gone) this.#failure = undefined;
      this.#gone = false;
      return;
    }
    if (stamp === undefined) {
      this.#gone = true;
      if (this.#stamp !== '') this.#failure = `${this.file} is gone; what it said last stays in force`;
      return;
    }
    try {
      this.#value = this.#parse(read(this.file));
      this.#stamp = stamp;
      this.#failure = undefined;
      this.#gone = false;
    } catch (error) {
      this.#failure = `${error instanceof Error ? error.message : String(error)}; what the file said last stays in force`;
    }
  }

  /** How the file and those beside it are; undefined where it is not there. */
  #now(): string | undefined {
    const stamp = stampOf(this.file);
    return stamp && [stamp, ...this.#beside.map((one) => stampOf(one) ?? 'gone')].join(' ');
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

function stampOf(file: string): string | undefined {
  try {
    const { mtimeNs, size, ino } = statSync(file, { bigint: true });
    return `${mtimeNs} ${size} ${ino}`;
  } catch {
    return undefined;
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CastellanError({
      code: 'unreadable-file',
      message: `the file cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      place: { file },
      mend: 'name a readable file; castellan keys create writes one',
      cause,
    });
  }
}
