import { randomBytes } from 'node:crypto';
import type { Contract, Operation } from '@castellan/contract';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import { Alike } from './alike.ts';
import { Collected } from './collected.ts';
import { RecordFiles } from './files.ts';
import { openKeyedHash, type KeyedHash } from './keyed-hash.ts';
import { Judge } from './mismatches.ts';
import type { ExchangeRecord, LostRecord, StartRecord } from './record.ts';
import { recordOf } from './recorded.ts';

/** Where and how much is recorded. */
export interface LearnOptions {
  /** Folder of the records and of the key of their hashes. Made where it is missing. */
  readonly directory: string;
  /** Bytes of all records files together, or a size such as `64MB`; the oldest go first. Default 64 MiB. */
  readonly maxBytes?: number | string | undefined;
}

/** What waits to be recorded at most: exchanges, and bytes of their bodies. */
const maxWaiting = 5000;
const maxWaitingBytes = 32 * 1024 * 1024;
/** Milliseconds of one turn in which exchanges are recorded, and of the pause after it: about a tenth of a processor. */
const turn = 2;
const pause = 18;

const open = new Set<Recorder>();
let listening = false;

/**
 * Records the exchanges that a guard observes: shapes, never values. It works after an exchange has ended, a little at a time;
 * what comes faster than that is counted as lost. Nothing here can fail a request.
 */
export class Recorder {
  readonly #hash: KeyedHash;
  readonly #files: RecordFiles;
  readonly #clock: () => number;
  readonly #alike = new Alike();
  readonly #judges = new WeakMap<Operation, Judge>();
  readonly #waiting: { readonly core: GuardCore; readonly collected: Collected }[] = [];
  #bytes = 0;
  #lost = 0;
  #untold = 0;
  #told = false;
  #contract: Contract | undefined = undefined;
  #timer: NodeJS.Timeout | undefined = undefined;
  #running: Promise<void> | undefined = undefined;

  /**
   * @param clock milliseconds since the epoch
   * @throws CastellanError `learn-directory`
   */
  constructor(options: { readonly directory: string; readonly maxBytes: number }, clock: () => number) {
    const { directory, maxBytes } = options;
    this.#hash = openKeyedHash(directory);
    this.#clock = clock;
    const unique = randomBytes(4).toString('hex');
    this.#files = new RecordFiles(directory, maxBytes, clock(), unique, (error) => this.#tell(error.code ?? 'unknown'));
    open.add(this);
    if (!listening) process.on('exit', finishAll);
    listening = true;
  }

  /** Exchanges that were not recorded. */
  get lost(): number {
    return this.#lost;
  }

  /** Whether one more exchange can be recorded; of others nothing is kept. */
  get hasRoom(): boolean {
    return this.#waiting.length < maxWaiting && this.#bytes < maxWaitingBytes;
  }

  /** Takes an exchange that has ended. Returns at once. */
  add(core: GuardCore, exchange: Exchange): void {
    if (exchange.mode !== 'observe' || exchange.fields === undefined) return;
    if (exchange.tap === undefined) return this.#lose();
    const collected = new Collected(exchange, exchange.tap);
    if (this.#waiting.length >= maxWaiting || this.#bytes + collected.size > maxWaitingBytes) {
      this.#lose();
      return;
    }
    this.#bytes += collected.size;
    this.#waiting.push({ core, collected });
    if (this.#running === undefined) this.#timer ??= setTimeout(() => this.#start(), pause).unref();
  }

  /** Resolves when everything that was taken is in the file. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#running;
    while (this.#waiting.length > 0) await this.#next();
    await this.#files.flush();
  }

  async close(): Promise<void> {
    open.delete(this);
    await this.flush();
    for (const record of this.#alike.rest()) this.#write(record);
    await this.#files.flush();
  }

  /** Writes what is written already: for the end of a process. */
  finish(): void {
    this.#files.finish();
  }

  #start(): void {
    this.#timer = undefined;
    this.#running ??= this.#work().finally(() => {
      this.#running = undefined;
      if (this.#waiting.length > 0) this.#timer ??= setTimeout(() => this.#start(), pause).unref();
    });
  }

  async #work(): Promise<void> {
    const until = performance.now() + turn;
    while (this.#waiting.length > 0 && performance.now() < until) await this.#next();
  }

  async #next(): Promise<void> {
    const next = this.#waiting.shift();
    if (next === undefined) return;
    const { core, collected } = next;
    this.#bytes -= collected.size;
    try {
      const { operation } = collected;
      // A contract that was loaded anew has other operations.
      const known = operation === undefined || core.contract.operations.includes(operation);
      if (!known) return this.#lose();
      const record = await recordOf(core, collected, this.#judgeOf(core, operation), this.#hash);
      this.#begin(core.contract);
      for (const one of this.#alike.add(record)) this.#write(one);
    } catch {
      // What cannot be looked at is not recorded; the exchange itself has long ended.
      this.#lose();
    }
  }

  #judgeOf(core: GuardCore, operation: Operation | undefined): Judge | undefined {
    if (operation === undefined) return undefined;
    let judge = this.#judges.get(operation);
    if (judge === undefined)
      this.#judges.set(operation, (judge = new Judge(core.contract, operation, core.settings.maxBody)));
    return judge;
  }

  #begin(contract: Contract): void {
    if (this.#contract === contract) return;
    this.#contract = contract;
    this.#write({
      v: 1,
      kind: 'start',
      time: this.#clock(),
      contract: contract.digest.slice(7, 19),
      title: contract.title,
    });
  }

  #write(record: ExchangeRecord | StartRecord | LostRecord): void {
    if (this.#untold > 0) {
      const exchanges = this.#untold;
      this.#untold = 0;
      this.#files.write(JSON.stringify({ v: 1, kind: 'lost', time: this.#clock(), exchanges }));
    }
    this.#files.write(JSON.stringify(record));
  }

  #lose(): void {
    this.#lost += 1;
    this.#untold += 1;
  }

  #tell(why: string): void {
    this.#lose();
    if (this.#told) return;
    this.#told = true;
    process.emitWarning(`learnt records are lost: their directory does not take them (${why}); see to its disk`, {
      type: 'Castellan',
      code: 'learn-lost',
    });
  }
}

function finishAll(): void {
  for (const recorder of open) recorder.finish();
}
