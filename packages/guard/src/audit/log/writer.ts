import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  beforeSegment,
  chainKey,
  gapLine,
  hashLength,
  linkOf,
  openTail,
  segmentBody,
  segmentName,
  tail,
  type Gap,
  type Head,
} from './format.ts';
import { Heads } from './heads.ts';
import { IndexBuilder } from './index-builder.ts';
import { recover } from './recover.ts';
import { retain, type Retention } from './retention.ts';
import { dropLines, packSegment } from './pack.ts';
import { SegmentFile, syncFolder } from './segment-file.ts';
import { keyId, SigningKeys } from './signing.ts';

/** How a log is kept. */
export interface LogOptions {
  readonly directory: string;
  /** Whether what is written is on the disk before it counts as written. */
  readonly sync: boolean;
  /** Bytes and milliseconds after which a segment is closed. */
  readonly segmentBytes: number;
  readonly segmentAge: number;
  /** Milliseconds between two signed heads, while there is something to sign. */
  readonly headInterval: number;
  readonly compress: boolean;
  readonly retention: Retention;
}

const lineEnd = 0x0a;
/** Milliseconds after which what the disk did not take is tried again. */
const retryAfter = 1000;
const prefix = hashLength + tail.length;

/**
 * Writes the audit log of one folder: chains lines, signs how far they go, closes segments. Everything in it waits for the disk;
 * it runs in a thread of its own.
 */
export class LogWriter {
  readonly #options: LogOptions;
  readonly #now: () => number;
  readonly #heads: Heads;
  readonly #keys: SigningKeys;
  readonly #log: string;
  readonly #told: (head: string) => void;
  #segment: number;
  /** Undefined where the disk did not take the next segment. */
  #file: SegmentFile | undefined;
  #index: IndexBuilder;
  #begun: number;
  #n: number;
  #chain: string;
  #unsigned = 0;
  #lastHead: number;
  #lost = 0;
  #gap: Gap | undefined;
  #notBefore = 0;
  #scratch = Buffer.allocUnsafe(1024 * 1024);

  /**
   * Opens the log of a folder, or begins one. What a killed process left is closed and signed as that.
   * @param told of each head that was signed
   * @param lock takes the folder, once it is there
   * @throws where the folder cannot be written to
   */
  constructor(
    options: LogOptions,
    now: () => number = Date.now,
    told: (head: string) => void = () => undefined,
    lock: (directory: string) => void = () => undefined,
  ) {
    this.#options = options;
    this.#now = now;
    this.#told = told;
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
    lock(options.directory);
    this.#heads = new Heads(options.directory);
    const { last } = this.#heads;
    this.#keys = new SigningKeys(options.directory, last?.next === undefined ? last?.key : keyId(last.next));
    // A process that was killed may have closed a segment and not yet removed its lines.
    if (last?.closed === true) dropLines(join(options.directory, segmentName(last.segment)));
    const found = recover(options.directory, last);
    this.#log = last?.log ?? found?.log ?? randomBytes(16).toString('hex');
    this.#segment = last?.segment ?? 0;
    this.#n = last?.n ?? 0;
    this.#chain = last?.chain ?? this.#log;
    this.#begun = this.#lastHead = now();
    this.#index = new IndexBuilder();
    if (found !== undefined) {
      this.#segment = found.segment;
      this.#n = found.n;
      this.#chain = found.chain;
      this.#close(found.bytes, found.index, found.recovered);
    }
    if (found === undefined) this.#segment += 1;
    this.#file = this.#open();
    this.#retain(this.#file);
  }

  /** Lines that were lost since the start. */
  get lost(): number {
    return this.#lost;
  }

  /**
   * Appends lines.
   * @param bytes lines that end with `}}}` and a line end
   * @returns whether they are in the file, and with `sync` on the disk
   */
  append(bytes: Buffer, lines: number): boolean {
    try {
      const file = (this.#file ??= this.#open());
      if (this.#gap !== undefined) {
        this.#write(file, Buffer.from(gapLine(this.#gap)));
        this.#gap = undefined;
      }
      if (bytes.length > 0) this.#write(file, bytes);
      if (this.#options.sync) file.sync();
      this.#unsigned += lines;
    } catch (error) {
      this.lose(lines, codeOf(error));
      return false;
    }
    this.tick();
    return true;
  }

  /** Notes lines that were lost, here or before they came here: the log says so as soon as it takes lines again. */
  lose(lines: number, reason: string): void {
    this.#lost += lines;
    this.#gap = { records: (this.#gap?.records ?? 0) + lines, reason, time: this.#gap?.time ?? this.#now() };
  }

  /** Signs and closes what is due. What the disk does not take now is tried again later. */
  tick(): void {
    const time = this.#now();
    if (this.#file === undefined || time < this.#notBefore) return;
    const isDue = this.#file.size >= this.#options.segmentBytes || time - this.#begun >= this.#options.segmentAge;
    if (!isDue && (this.#unsigned === 0 || time - this.#lastHead < this.#options.headInterval)) return;
    try {
      if (isDue) this.rotate();
      else this.#sign(this.#file.size);
    } catch {
      this.#notBefore = time + retryAfter;
    }
  }

  /** Closes the segment and begins the next. */
  rotate(): void {
    this.#finish();
    this.#file = this.#open();
    this.#retain(this.#file);
  }

  /** Closes the log: everything is written and signed. */
  close(): void {
    if (this.#gap !== undefined) this.append(Buffer.alloc(0), 0);
    try {
      this.#finish();
    } catch (error) {
      this.lose(0, codeOf(error));
    }
    this.#heads.close();
  }

  #finish(): void {
    const file = this.#file;
    if (file === undefined) return;
    file.sync();
    this.#close(file.size, this.#index, undefined);
    file.close();
    this.#file = undefined;
  }

  /** Writes the index of the segment and the head that closes it; the next key signs from now on. */
  #close(bytes: number, index: IndexBuilder, recovered: Head['recovered']): void {
    const { directory, compress } = this.#options;
    const name = join(directory, segmentName(this.#segment));
    // What ends without a line end stays as it is.
    const digest = packSegment(name, index, compress && (recovered === undefined || recovered.torn === 0));
    const next = this.#keys.prepare();
    const more = recovered === undefined ? {} : { recovered };
    this.#sign(bytes, { closed: true, index: digest, next: next.publicKey, ...more });
    this.#keys.advance(next);
    dropLines(name);
    this.#segment += 1;
    this.#index = new IndexBuilder();
  }

  #sign(bytes: number, more: Partial<Head> = {}): void {
    this.#file?.sync();
    const { segment, n, chain } = { segment: this.#segment, n: this.#n, chain: this.#chain };
    const head = { log: this.#log, time: this.#now(), segment, n, chain, bytes, ...more };
    this.#told(this.#heads.add(head, this.#keys.current));
    this.#unsigned = 0;
    this.#lastHead = this.#now();
  }

  #open(): SegmentFile {
    const { directory } = this.#options;
    const file = new SegmentFile(join(directory, `${segmentName(this.#segment)}.jsonl`));
    syncFolder(directory);
    const line = {
      version: 1 as const,
      log: this.#log,
      segment: this.#segment,
      time: this.#now(),
      previous: this.#chain,
      key: this.#keys.current.id,
    };
    const body = segmentBody(line, this.#n + 1);
    const chain = linkOf(beforeSegment(this.#chain, body));
    file.append(Buffer.concat([Buffer.from(body), chainKey, Buffer.from(chain), tail]));
    this.#chain = chain;
    this.#n += 1;
    this.#begun = this.#now();
    return file;
  }

  #retain({ size }: SegmentFile): void {
    const { directory, retention } = this.#options;
    const removed = retain(directory, retention, this.#segment, this.#now());
    if (removed.length > 0) this.#sign(size, { removed });
  }

  /** Chains lines and writes them in one piece. */
  #write(file: SegmentFile, bytes: Buffer): void {
    const size = bytes.length + Math.ceil(bytes.length / 8) + 4096;
    let scratch = this.#reserve(size);
    let used = prefix;
    scratch.write(this.#chain, 0, 'latin1');
    tail.copy(scratch, hashLength);
    let before = 0;
    let n = this.#n;
    let chain = this.#chain;
    const indexed = this.#index.mark();
    for (let from = 0; from < bytes.length;) {
      const at = bytes.indexOf(lineEnd, from);
      const to = at === -1 ? bytes.length : at;
      n += 1;
      if (used + (to - from) + 128 > scratch.length) scratch = this.#grow(used + (to - from) + 4096);
      this.#index.add(bytes, from, to, file.size + used - prefix);
      used += bytes.copy(scratch, used, from, to - openTail.length);
      used += scratch.write(`,"n":${n}`, used, 'latin1');
      chain = linkOf(scratch.subarray(before, used));
      used += chainKey.copy(scratch, used);
      before = used;
      used += scratch.write(chain, used, 'latin1');
      used += tail.copy(scratch, used);
      from = to + 1;
    }
    try {
      file.append(scratch.subarray(prefix, used));
    } catch (error) {
      this.#index.reset(indexed);
      throw error;
    }
    this.#n = n;
    this.#chain = chain;
  }

  #reserve(size: number): Buffer {
    if (this.#scratch.length < size) this.#scratch = Buffer.allocUnsafe(size);
    return this.#scratch;
  }

  #grow(size: number): Buffer {
    const grown = Buffer.allocUnsafe(Math.max(size, this.#scratch.length * 2));
    this.#scratch.copy(grown);
    return (this.#scratch = grown);
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown';
}
