import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import type { LocalState } from '../local-state.ts';
import type { Ends } from '../memory/ends.ts';
import type { HashKey } from '../memory/key-hash.ts';
import { headerOf, lineOf, parseState, type Entry, type StateText, type TableName } from './state-line.ts';

/** Bytes that are added before the file is written anew, and how much longer than what is needed it may be. */
const slack = { least: 1_000_000, times: 4 };

/**
 * What a state knows, as lines that are added to a file: the last line of a key counts. When most of it is over, the file is
 * written anew beside it, part by part between requests, and takes its place whole.
 */
export class StateLog {
  readonly #file: string;
  readonly #state: LocalState;
  readonly #key: HashKey;
  readonly #now: () => number;
  #handle: number | undefined;
  #bytes = 0;
  #most = slack.least;
  /** The file that is being written anew. */
  #next: { readonly handle: number; bytes: number; readonly parts: Iterator<string> } | undefined;

  constructor(file: string, state: LocalState, key: HashKey, now: () => number) {
    this.#file = file;
    this.#state = state;
    this.#key = key;
    this.#now = now;
  }

  /** What stands in the file; undefined where there is none. @throws CastellanError `bad-state` */
  static read(file: string): StateText | undefined {
    return existsSync(file) ? parseState(file, readFileSync(file, 'utf8')) : undefined;
  }

  /** Writes the file anew, without what is over, and opens it. */
  open(): void {
    this.#begin();
    while (this.#next !== undefined) this.writePart();
  }

  /** Adds what may be done once and was done since the last call: before the answer leaves. */
  writeOnce(): void {
    this.#write(this.#changed('once', this.#state.once));
  }

  /** Adds all that changed since the last call. */
  write(): void {
    if (this.#handle === undefined) return this.open();
    this.#write(
      this.#changed('once', this.#state.once) +
        this.#changed('counter', this.#state.arrivals) +
        this.#changed('thing', this.#state.things) +
        this.#changed('tally', this.#state.tallies),
    );
    if (this.#next === undefined && this.#bytes > this.#most) this.#begin();
  }

  /** Whether the file is being written anew: {@link StateLog.writePart} has something to do. */
  get isRewriting(): boolean {
    return this.#next !== undefined;
  }

  /** One part of the new file; with the last one it takes the place of the old. */
  writePart(): void {
    const next = this.#next;
    if (next === undefined) return;
    const part = next.parts.next();
    if (part.done !== true) {
      next.bytes += writeSync(next.handle, part.value);
      return;
    }
    this.#next = undefined;
    renameSync(`${this.#file}.new`, this.#file);
    if (this.#handle !== undefined) closeSync(this.#handle);
    this.#handle = next.handle;
    this.#bytes = next.bytes;
    this.#most = Math.max(slack.least, next.bytes * slack.times);
  }

  /** What could not be written is in no file: the next call of `write` writes all of it. */
  failed(): void {
    for (const handle of [this.#handle, this.#next?.handle]) if (handle !== undefined) closeSync(handle);
    this.#handle = undefined;
    this.#next = undefined;
  }

  close(): void {
    this.failed();
    rmSync(`${this.#file}.new`, { force: true });
  }

  #begin(): void {
    const handle = openSync(`${this.#file}.new`, 'w', 0o600);
    this.#next = { handle, bytes: writeSync(handle, headerOf(this.#key)), parts: this.#parts() };
  }

  *#parts(): Generator<string> {
    const tables = [
      ['once', this.#state.once],
      ['counter', this.#state.arrivals],
      ['thing', this.#state.things],
      ['tally', this.#state.tallies],
    ] as const;
    for (const [name, ends] of tables)
      for (const part of ends.table.entries(this.#now()))
        yield part.map(([high, low, end, count]) => lineOf([name, high, low, end, count])).join('');
  }

  #changed(name: TableName, { table }: Ends): string {
    const lines: string[] = [];
    table.changes((high, low, end, count) => lines.push(lineOf([name, high, low, end, count] satisfies Entry)));
    return lines.join('');
  }

  /** To both files, so that none of them misses anything. */
  #write(text: string): void {
    if (text === '') return;
    if (this.#handle !== undefined) this.#bytes += writeSync(this.#handle, text);
    if (this.#next !== undefined) this.#next.bytes += writeSync(this.#next.handle, text);
  }
}
