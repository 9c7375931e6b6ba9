import { statSync } from 'node:fs';
import { AppendedFile, AppendedStream, Looks, type ListPlace } from '@castellan/guard/limits';
import { patternKey, type Pattern } from '../incidents/pattern.ts';
import { keptFormat, type KeptEntry, type SeenEntry } from './entry.ts';

/** Bytes of the file beyond which it is written anew at the start, without what counts no more. */
const large = 1_000_000;
/** Milliseconds between two looks at what others wrote. */
const interval = 500;

/** A place of somebody else's making: a table of a database. */
export interface KeptMedium {
  /** Whether others write there too: then it is asked for what is new, every half second. */
  readonly shared: boolean;
  /** Texts that were added since the last call; of the first call all. */
  readonly changes: (now: number) => Promise<readonly string[]>;
  /** @param until milliseconds since the epoch: when nobody needs it any more */
  readonly append: (text: string, until: number) => Promise<void>;
}

export interface KeptListOptions {
  readonly place: ListPlace | KeptMedium;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Is told of each entry; of the same ones again and again. */
  readonly onEntry: (entry: KeptEntry) => void;
  /** Is told when it cannot be read or written, once until it can again. */
  readonly onFailure: (why: string) => void;
}

/**
 * What is kept of incidents where a restart and other instances find it: what was seen, what was dismissed, what was done. It is read
 * every half second, and written entry by entry.
 */
export class KeptList {
  readonly #options: KeptListOptions;
  readonly #file: AppendedFile<KeptEntry> | undefined;
  readonly #stream: AppendedStream<KeptEntry> | undefined;
  readonly #medium: KeptMedium | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #looks = new Looks(() => this.#look());
  #writing: Promise<void> = Promise.resolve();
  #unread: string | undefined;
  #unwritten: string | undefined;
  /** What the store did not take yet, the oldest first. */
  readonly #waiting: KeptEntry[] = [];

  constructor(options: KeptListOptions) {
    this.#options = options;
    this.#medium = 'append' in options.place ? options.place : undefined;
    const { file, redis, redisKey = 'castellan:incidents' }: ListPlace = 'append' in options.place ? {} : options.place;
    this.#file = file === undefined ? undefined : new AppendedFile(file, keptFormat);
    this.#stream = redis === undefined ? undefined : new AppendedStream(redis, redisKey, keptFormat);
  }

  /** Reads all that there is. @throws CastellanError where the file cannot be read; a store may come later */
  async open(): Promise<this> {
    const file = this.#file;
    if (file !== undefined) {
      this.#take(file.changes());
      // The second look tells a line that is being written from one that never will be.
      file.changes();
      const problem = file.problem();
      if (problem !== undefined) this.#fail(`${problem.message} (${file.file}); the other lines are in force`);
      else if (sizeOf(file.file) > large) await file.compact(this.#options.clock(), whatCounts);
    }
    await this.refresh();
    if (this.#medium?.shared === false) return this;
    this.#timer = setInterval(() => void this.refresh(), interval);
    this.#timer.unref();
    return this;
  }

  /** Writes an entry; {@link KeptList.settled} tells whether it is there. */
  add(entry: KeptEntry): void {
    try {
      this.#file?.append(entry);
      if (this.#isLocal) this.#unwritten = undefined;
    } catch (error) {
      const before = this.#unwritten;
      this.#unwritten = textOf(error);
      if (before === undefined) this.#fail(this.#unwritten);
    }
    if (this.#isLocal) return;
    if (this.#waiting.length >= mostWaiting) this.#waiting.shift();
    this.#waiting.push(entry);
    this.#write();
  }

  /** Waits for what is being written; gives why it is not all there, undefined where it is. */
  async settled(): Promise<string | undefined> {
    await this.#writing;
    return this.#unwritten;
  }

  /** Looks for what others wrote until this was called, and writes what could not be written before. */
  refresh(): Promise<void> {
    return this.#looks.again();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looks.ended();
    await this.#writing;
  }

  /** A file, which is written at once. */
  get #isLocal(): boolean {
    return this.#stream === undefined && this.#medium === undefined;
  }

  async #look(): Promise<void> {
    const { clock } = this.#options;
    if (this.#waiting.length > 0) this.#write();
    try {
      this.#take(this.#file?.changes());
      this.#take(await this.#stream?.changes(clock()));
      this.#take((await this.#medium?.changes(clock()))?.flatMap((text) => keptFormat.parse(text) ?? []));
      this.#unread = undefined;
    } catch (error) {
      const before = this.#unread;
      this.#unread = `${textOf(error)}: what others dismiss is not known here`;
      if (before === undefined) this.#fail(this.#unread);
    }
  }

  #take(entries: readonly KeptEntry[] | undefined): void {
    const now = this.#options.clock();
    for (const entry of entries ?? []) if (entry.until > now) this.#options.onEntry(entry);
  }

  /** One after the other, in their order. */
  #write(): void {
    this.#writing = this.#writing.then(async () => {
      for (;;) {
        const [entry] = this.#waiting;
        if (entry === undefined) {
          this.#unwritten = undefined;
          return;
        }
        try {
          const text = keptFormat.write(entry);
          await (this.#medium?.append(text, entry.until) ?? this.#stream?.append(text));
        } catch (error) {
          const before = this.#unwritten;
          this.#unwritten = `the shared list of incidents does not answer (${textOf(error)}): what is dismissed here is not known to others yet`;
          if (before === undefined) this.#fail(this.#unwritten);
          return;
        }
        this.#waiting.splice(this.#waiting.indexOf(entry), 1);
      }
    });
  }

  #fail(why: string): void {
    this.#options.onFailure(why);
  }
}

/** Patterns of an incident that are kept when the file is written anew. */
const mostPatterns = 500;
/** Entries that wait for a store that is away, at most. */
const mostWaiting = 1000;

/** Of an incident only how it was last, with all that it was about. */
function whatCounts(entries: readonly KeptEntry[]): readonly KeptEntry[] {
  const last = new Map<string, { readonly entry: SeenEntry; readonly patterns: Map<string, Pattern> }>();
  const nameOf = ({ api, incident }: SeenEntry): string => JSON.stringify([api, incident.id]);
  for (const entry of entries) {
    if (entry.kind !== 'seen') continue;
    const name = nameOf(entry);
    const patterns = last.get(name)?.patterns ?? new Map<string, Pattern>();
    for (const pattern of entry.patterns) if (patterns.size < mostPatterns) patterns.set(patternKey(pattern), pattern);
    last.set(name, { entry, patterns });
  }
  return entries.flatMap((entry): readonly KeptEntry[] => {
    if (entry.kind !== 'seen') return [entry];
    const kept = last.get(nameOf(entry));
    return kept?.entry === entry ? [{ ...entry, patterns: [...kept.patterns.values()] }] : [];
  });
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
