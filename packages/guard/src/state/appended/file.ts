import {
  appendFileSync,
  chmodSync,
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { CastellanError } from '@castellan/contract';
import { withLock, writePrivateFile } from '../../secrets/private-file.ts';
import type { EntryFormat } from './format.ts';

/** A list of which each line is one entry. Lines are only added, each in one write, so that processes can share the file. */
export class AppendedFile<T extends { readonly until?: number | undefined }> {
  readonly file: string;
  /** The lines that are no entry, from 1, as the file is now: what they said nobody knows. */
  broken: readonly number[] = [];
  #stamp = '';
  /** A last line that has no end and is no entry so far: being written, or what a writer that died left. */
  #unended: number | undefined;
  readonly #format: EntryFormat<T>;

  constructor(file: string, format: EntryFormat<T>) {
    this.file = file;
    this.#format = format;
  }

  /**
   * All entries, where the file changed since the last call; undefined where it did not.
   * A broken line is named in `broken` and keeps none of the others out; a last line without its end only when it is
   * the same at the next look.
   * @throws CastellanError `unreadable-file`: a list that cannot be read must not count as empty
   */
  changes(): readonly T[] | undefined {
    if (!existsSync(this.file)) {
      if (this.#stamp === '') return undefined;
      throw new CastellanError({
        code: 'unreadable-file',
        message: `${this.#format.list} is gone`,
        place: { file: this.file },
        mend: 'restore it',
      });
    }
    let text: string;
    try {
      const { mtimeNs, size, ino } = statSync(this.file, { bigint: true });
      const stamp = `${mtimeNs} ${size} ${ino}`;
      if (stamp === this.#stamp) {
        // Nobody is writing it any more.
        if (this.#unended !== undefined) this.broken = [...this.broken, this.#unended];
        this.#unended = undefined;
        return undefined;
      }
      text = readFileSync(this.file, 'utf8');
      this.#stamp = stamp;
    } catch (cause) {
      throw new CastellanError({
        code: 'unreadable-file',
        message: `${this.#format.list} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
        place: { file: this.file },
        mend: 'name a readable file',
        cause,
      });
    }
    const lines = text.split('\n');
    const entries: T[] = [];
    const broken: number[] = [];
    for (const [index, line] of lines.entries()) {
      if (line === '') continue;
      const entry = this.#format.parse(line);
      if (entry === undefined) broken.push(index + 1);
      else entries.push(entry);
    }
    this.#unended = broken.at(-1) === lines.length ? broken.pop() : undefined;
    this.broken = broken;
    return entries;
  }

  /** What is said of the first broken line; undefined where there is none. */
  problem(): CastellanError | undefined {
    const [line] = this.broken;
    if (line === undefined) return undefined;
    return new CastellanError({
      code: this.#format.badCode,
      message: `this line is no ${this.#format.entry}`,
      place: { file: this.file, line },
      mend: this.#format.remedy,
    });
  }

  /** @throws CastellanError `cannot-write` */
  append(entry: T): void {
    try {
      mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 });
      const fresh = !existsSync(this.file);
      const line = `${this.#format.write(entry)}\n`;
      // Half a line of somebody else must not swallow this one.
      appendFileSync(this.file, fresh || endsLine(this.file) ? line : `\n${line}`, { mode: 0o600 });
      if (fresh) chmodSync(this.file, 0o600);
    } catch (cause) {
      if (cause instanceof CastellanError) throw cause;
      throw new CastellanError({
        code: 'cannot-write',
        message: `${this.#format.list} cannot be written (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
        place: { file: this.file },
        mend: 'name a file in a folder that this process may write to',
        cause,
      });
    }
  }

  /**
   * Drops what has run out by itself.
   * @param select what of the rest stays; default all of it
   * @throws CastellanError
   */
  async compact(now: number, select: (entries: readonly T[]) => readonly T[] = (entries) => entries): Promise<void> {
    await withLock(this.file, () => {
      this.#stamp = '';
      const entries = this.changes() ?? [];
      this.changes();
      const problem = this.problem();
      // Written anew, the broken line would be gone and what it said with it.
      if (problem !== undefined) throw problem;
      const kept = select(entries.filter((entry) => entry.until === undefined || entry.until > now));
      writePrivateFile(this.file, kept.map((entry) => `${this.#format.write(entry)}\n`).join(''));
      this.#stamp = '';
    });
  }
}

/** Whether a file is empty or ends with a whole line. */
function endsLine(file: string): boolean {
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    const last = Buffer.alloc(1);
    return size === 0 || (readSync(handle, last, 0, 1, size - 1) === 1 && last[0] === 10);
  } finally {
    closeSync(handle);
  }
}
