import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CastellanError, type Rate } from '@castellan/contract';
import type { RevocationOptions } from '../revocation/index.ts';
import { writePrivateFile } from '../secrets/private-file.ts';
import type { Marks } from './counter.ts';
import type { LocalCounter } from './local-counter.ts';
import { counterName, LocalState } from './local-state.ts';
import type { LocalReplayMemory } from '../authenticate/replay.ts';
import type { State } from './state.ts';

/** Milliseconds between two writes; longer where one takes long, so that writing never is more than a twentieth. */
const writes = { every: 1000, share: 20 };

/** One line of the file: which kind of memory, its name, the entry and its time. */
type Line = readonly [kind: 'counter' | 'step' | 'used', name: string, key: string, time: number];

/**
 * The state of one process in a folder: it is there again after a restart. Written every second and at the end, so that
 * a process that is killed loses the last second at most.
 */
export class FileState implements State {
  readonly steps: Marks;
  readonly revocation: RevocationOptions;
  readonly #file: string;
  readonly #lock: string;
  readonly #inner: LocalState;
  /** What was read and nobody asked for yet. */
  readonly #read = new Map<string, [key: string, time: number][]>();
  #timer: NodeJS.Timeout | undefined;
  #failure: string | undefined;

  /**
   * @param folder made where it is not there; for one process
   * @param now milliseconds since the epoch, never less than before
   */
  constructor(folder: string, now: () => number) {
    this.#file = join(folder, 'state.jsonl');
    this.#lock = join(folder, 'state.lock');
    this.#inner = new LocalState(now);
    this.steps = this.#inner.steps;
    this.revocation = { file: join(folder, 'revocations.jsonl') };
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  get notices(): State['notices'] {
    return this.#failure === undefined ? [] : [{ code: 'state-not-written', message: this.#failure }];
  }

  counter(name: string, rate: Rate, burst?: number): LocalCounter {
    const counter = this.#inner.counter(name, rate, burst);
    for (const [key, time] of this.#taken(`counter ${counterName(name, rate, burst)}`)) counter.gcra.restore(key, time);
    return counter;
  }

  replay(scheme: string): LocalReplayMemory {
    const memory = this.#inner.replay(scheme);
    for (const [key, until] of this.#taken(`used ${scheme}`)) memory.restore(key, until, this.#inner.now());
    return memory;
  }

  /** @throws CastellanError `state-in-use`, `bad-state`: a file that cannot be read must not count as empty */
  open(): Promise<void> {
    this.#takeFolder();
    if (existsSync(this.#file)) this.#readAll(readFileSync(this.#file, 'utf8'));
    for (const [step, time] of this.#taken('step ')) this.#inner.taken.add(step, time);
    this.#again(writes.every);
    return Promise.resolve();
  }

  close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#write();
    rmSync(this.#lock, { force: true });
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
  }

  #readAll(text: string): void {
    for (const [index, line] of text.split('\n').entries()) {
      if (line === '') continue;
      const read = lineOf(line);
      if (read === undefined)
        throw new CastellanError({
          code: 'bad-state',
          message: 'this line is no state of a guard',
          place: { file: this.#file, line: index + 1 },
          mend: 'restore the file, or delete it: every caller begins with a new allowance then',
        });
      const [kind, name, key, time] = read;
      const known = this.#read.get(`${kind} ${name}`);
      if (known === undefined) this.#read.set(`${kind} ${name}`, [[key, time]]);
      else known.push([key, time]);
    }
  }

  #taken(name: string): readonly [string, number][] {
    const entries = this.#read.get(name) ?? [];
    this.#read.delete(name);
    return entries;
  }

  #again(milliseconds: number): void {
    this.#timer = setTimeout(() => {
      const before = performance.now();
      this.#write();
      if (this.#timer !== undefined) this.#again(Math.max(writes.every, (performance.now() - before) * writes.share));
    }, milliseconds);
    this.#timer.unref();
  }

  #write(): void {
    const lines: string[] = [];
    const add = (...line: Line): void => void lines.push(`${JSON.stringify(line)}\n`);
    const now = this.#inner.now();
    for (const [name, { gcra }] of this.#inner.counters)
      for (const [key, time] of gcra.entries(now)) add('counter', name, key, time);
    for (const [step, time] of this.#inner.taken.entries(now)) add('step', '', step, time);
    for (const [scheme, memory] of this.#inner.replays)
      for (const [key, until] of memory.entries(now)) add('used', scheme, key, until);
    // An operation that nobody called since the start has not asked for its counter.
    for (const [name, entries] of this.#read) {
      const [kind, ...rest] = name.split(' ');
      for (const [key, time] of entries) if (time > now) add(kind as Line[0], rest.join(' '), key, time);
    }
    try {
      writePrivateFile(this.#file, lines.join(''));
      this.#failure = undefined;
    } catch (error) {
      this.#failure = `${error instanceof Error ? error.message : String(error)}: a restart would forget limits`;
    }
  }
}

function lineOf(text: string): Line | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(value) || value.length !== 4) return undefined;
  const [kind, name, key, time] = value as unknown[];
  if (kind !== 'counter' && kind !== 'step' && kind !== 'used') return undefined;
  return typeof name === 'string' && typeof key === 'string' && Number.isFinite(time)
    ? [kind, name, key, time as number]
    : undefined;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
