import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CastellanError, type Rate } from '@castellan/contract';
import type { ReplayMemory } from '../../authenticate/token-configuration.ts';
import type { BanOptions } from '../../bans/index.ts';
import type { ListPlace } from '../appended/place.ts';
import type { RevocationOptions } from '../../revocation/index.ts';
import type { Counter, Marks } from '../counter.ts';
import type { Distinct } from '../distinct.ts';
import type { Leases } from '../leases.ts';
import { LocalState } from '../local-state.ts';
import { randomHashKey } from '../memory/key-hash.ts';
import type { State } from '../state.ts';
import type { Tally } from '../tally.ts';
import { StateLog } from './state-log.ts';

/** Milliseconds between two writes. */
const every = 1000;

/**
 * The state of one process in a folder: it is there again after a restart. Used proofs and steps are written before the
 * answer leaves, and what is counted every second and at the end. So a process that is killed forgets nothing that may be
 * done once, and of what was counted the last second at most.
 */
export class FileState implements State {
  readonly steps: Marks;
  readonly leases: Leases;
  readonly revocation: RevocationOptions;
  readonly bans: BanOptions;
  readonly incidents: ListPlace;
  readonly #file: string;
  readonly #lock: string;
  readonly #inner: LocalState;
  readonly #log: StateLog;
  readonly #replays = new Map<string, ReplayMemory>();
  #timer: NodeJS.Timeout | undefined;
  #failure: string | undefined;
  #hasFolder = false;

  /**
   * @param folder made where it is not there; for one process
   * @param now milliseconds since the epoch, never less than before
   * @throws CastellanError `state-in-use`, `bad-state`: a file that cannot be read must not count as empty
   */
  constructor(folder: string, now: () => number) {
    this.#file = join(folder, 'state.jsonl');
    this.#lock = join(folder, 'state.lock');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#takeFolder();
    const read = StateLog.read(this.#file);
    const key = read?.key ?? randomHashKey();
    this.#inner = new LocalState(now, { key, tracked: true });
    const { arrivals, once, things, tallies } = this.#inner;
    const tables = { counter: arrivals.table, once: once.table, thing: things.table, tally: tallies.table };
    for (const [name, high, low, end, count] of read?.entries ?? []) tables[name].set(high, low, end, now(), count);
    this.#log = new StateLog(this.#file, this.#inner, key, now);
    const { steps } = this.#inner;
    this.steps = {
      add: (mark) => {
        steps.add(mark);
        this.#try(() => this.#log.writeOnce());
      },
      has: (mark) => steps.has(mark),
      taken: (mark) => steps.taken(mark),
      take: (mark, lasts) => {
        const free = steps.take(mark, lasts);
        if (free === true) this.#try(() => this.#log.writeOnce());
        return free;
      },
      drop: (mark) => {
        steps.drop(mark);
        this.#try(() => this.#log.writeOnce());
      },
    };
    this.leases = this.#inner.leases;
    this.revocation = { file: join(folder, 'revocations.jsonl') };
    this.bans = { file: join(folder, 'bans.jsonl') };
    this.incidents = { file: join(folder, 'incidents.jsonl') };
  }

  get notices(): State['notices'] {
    return this.#failure === undefined ? [] : [{ code: 'state-not-written', message: this.#failure }];
  }

  counter(name: string, rate: Rate, burst?: number): Counter {
    return this.#inner.counter(name, rate, burst);
  }

  distinct(name: string, rate: Rate): Distinct {
    return this.#inner.distinct(name, rate);
  }

  tally(name: string, lasts: number): Tally {
    return this.#inner.tally(name, lasts);
  }

  replay(scheme: string): ReplayMemory {
    let memory = this.#replays.get(scheme);
    if (memory === undefined) {
      const inner = this.#inner.replay(scheme);
      memory = {
        use: (key, until, now) => {
          const outcome = inner.use(key, until, now);
          if (outcome === 'fresh') this.#try(() => this.#log.writeOnce());
          return outcome;
        },
      };
      this.#replays.set(scheme, memory);
    }
    return memory;
  }

  open(): Promise<void> {
    this.#try(() => this.#log.open());
    this.#timer = setInterval(() => this.#write(), every);
    this.#timer.unref();
    return Promise.resolve();
  }

  close(): Promise<void> {
    if (this.#timer !== undefined) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      this.#try(() => this.#log.write());
      this.#log.close();
    }
    if (this.#hasFolder) rmSync(this.#lock, { force: true });
    this.#hasFolder = false;
    return Promise.resolve();
  }

  #takeFolder(): void {
    const owner = existsSync(this.#lock) ? Number(readFileSync(this.#lock, 'utf8')) : 0;
    if (owner > 0 && owner !== process.pid && isRunning(owner))
      throw new CastellanError({
        code: 'state-in-use',
        message: `process ${owner} keeps its state here`,
        place: { file: this.#file },
        mend: 'give each process a folder of its own, or share one state with state.url: redis://…',
      });
    writeFileSync(this.#lock, String(process.pid), { mode: 0o600 });
    this.#hasFolder = true;
  }

  #write(): void {
    this.#try(() => this.#log.write());
    this.#writePart();
  }

  /** What is written anew is written between requests. */
  #writePart(): void {
    if (this.#timer === undefined || !this.#log.isRewriting) return;
    this.#try(() => this.#log.writePart());
    setImmediate(() => this.#writePart());
  }

  #try(write: () => void): void {
    try {
      write();
      this.#failure = undefined;
    } catch (error) {
      this.#log.failed();
      this.#failure = `${error instanceof Error ? error.message : String(error)}: a restart would forget limits`;
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
