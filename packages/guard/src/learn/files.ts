import { appendFile, readdir, rm, stat } from 'node:fs/promises';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

/** Names of records files: they sort by time. */
export const recordsFile = /^exchanges-.+\.jsonl$/;

/** Lines are written when there are this many characters of them, or after `delay` milliseconds. */
const batch = 64 * 1024;
const delay = 200;
/** A directory holds so many files of its bytes. */
const files = 8;

/** Appends lines to files of a directory, and removes the oldest files where there are too many bytes of them. */
export class RecordFiles {
  readonly #directory: string;
  readonly #maxBytes: number;
  readonly #nameOf: (index: number) => string;
  readonly #lost: (error: NodeJS.ErrnoException) => void;
  #index = 1;
  #size = 0;
  #lines: string[] = [];
  #pending = 0;
  #timer: NodeJS.Timeout | undefined = undefined;
  #writing: Promise<void> = Promise.resolve();

  /**
   * @param maxBytes of all files together
   * @param started milliseconds since the epoch, for the names
   * @param unique tells this writer from others that write into the directory
   * @param lost told once for each write that failed
   */
  constructor(
    directory: string,
    maxBytes: number,
    started: number,
    unique: string,
    lost: (error: NodeJS.ErrnoException) => void,
  ) {
    this.#directory = directory;
    this.#maxBytes = maxBytes;
    const time = new Date(started).toISOString().replaceAll(/[-:]|\.\d+/g, '');
    this.#nameOf = (index) => join(directory, `exchanges-${time}-${unique}-${String(index).padStart(4, '0')}.jsonl`);
    this.#lost = lost;
  }

  write(line: string): void {
    this.#lines.push(line);
    this.#pending += line.length + 1;
    if (this.#pending >= Math.min(batch, this.#maxBytes / files)) void this.flush();
    else this.#timer ??= setTimeout(() => void this.flush(), delay).unref();
  }

  /** Resolves when all that was written is in the file. Never rejects. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const text = this.#take();
    if (text !== undefined) this.#writing = this.#writing.then(() => this.#append(text));
    return this.#writing;
  }

  /** Writes what waits at once: for the end of a process. */
  finish(): void {
    const text = this.#take();
    if (text === undefined) return;
    try {
      appendFileSync(this.#nameOf(this.#index), text, { mode: 0o600 });
    } catch {
      // The process ends; nobody is left to be told.
    }
  }

  #take(): string | undefined {
    if (this.#lines.length === 0) return undefined;
    const text = `${this.#lines.join('\n')}\n`;
    this.#lines = [];
    this.#pending = 0;
    return text;
  }

  async #append(text: string): Promise<void> {
    try {
      if (this.#size > 0 && this.#size + text.length > this.#maxBytes / files) {
        this.#index += 1;
        this.#size = 0;
        await this.#makeRoom();
      }
      this.#size += text.length;
      await appendFile(this.#nameOf(this.#index), text, { mode: 0o600 });
    } catch (error) {
      this.#lost(error as NodeJS.ErrnoException);
    }
  }

  /** Removes the oldest files until another one has room. */
  async #makeRoom(): Promise<void> {
    const names = (await readdir(this.#directory)).filter((name) => recordsFile.test(name)).sort();
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(this.#directory, name))).size));
    let total = sizes.reduce((sum, size) => sum + size, 0);
    for (const [index, name] of names.entries()) {
      if (total <= this.#maxBytes * (1 - 1 / files)) return;
      await rm(join(this.#directory, name), { force: true });
      total -= sizes[index] ?? 0;
    }
  }
}
