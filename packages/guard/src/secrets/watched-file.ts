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
  readonly #parse: (text: string) => T;
  readonly #timer: NodeJS.Timeout;
  #stamp = '';
  #value: T;
  #failure: string | undefined;

  /**
   * @param parse throws CastellanError where the text cannot be right
   * @param missing what an absent file stands for; where not given, absence is an error
   * @throws CastellanError `unreadable-file`, and what `parse` throws
   */
  constructor(file: string, parse: (text: string) => T, missing?: T) {
    this.file = file;
    this.#parse = parse;
    const stamp = stampOf(file);
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

  /** Reads the file again if it changed. */
  refresh(): void {
    const stamp = stampOf(this.file);
    if (stamp === this.#stamp) return;
    if (stamp === undefined) {
      if (this.#stamp !== '') this.#failure = `${this.file} is gone; what it said last stays in force`;
      return;
    }
    try {
      this.#value = this.#parse(read(this.file));
      this.#stamp = stamp;
      this.#failure = undefined;
    } catch (error) {
      this.#failure = `${error instanceof Error ? error.message : String(error)}; what the file said last stays in force`;
    }
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
