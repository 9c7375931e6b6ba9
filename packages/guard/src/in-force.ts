import { CastellanError } from '@castellan/contract';
import { checkWrites } from './authorize/start.ts';
import { compileCore, type KeptState } from './compile-core.ts';
import type { GuardCore } from './core.ts';
import type { Notice } from './notices.ts';
import type { GuardOptions, Settings } from './options.ts';
import { readOptions, type ReadOptions } from './read-options.ts';
import { settingsOf } from './settings.ts';
import { Sourced, writtenSource } from './source/sourced.ts';
import { filesOf, stateOf, watchFiles, type Reloaded, type Watch } from './watch.ts';
import { withOpen } from './with-open.ts';

/** What a guard decides with now, and how it becomes another: whole, after another, or not at all. */
export class InForce {
  core: GuardCore;
  /** As they were given. */
  options: ReadOptions;
  settings: Settings;
  /** Told after each change. */
  changed: () => void = () => undefined;
  /** Told what became of each reload: why it failed, or nothing where it did not. */
  heard: (error: CastellanError | undefined) => void = () => undefined;
  /** Since when it is what it is, milliseconds since the epoch. */
  since: number;
  /** Whether the guard has started: from then on writes must be decidable. */
  started = false;
  readonly #kept: KeptState;
  readonly #onReload: GuardOptions['onReload'];
  #sourced: Sourced;
  /** With paths where they are; what the files that are watched follow from. */
  #reading: ReadOptions;
  // Of two reloads at once the later must not be overtaken by the one that read older files.
  #reloading: Promise<unknown> = Promise.resolve();
  #failure: string | undefined;
  #watch: Watch | undefined;

  private constructor(first: Compiled, options: ReadOptions, sourced: Sourced, kept: KeptState) {
    this.core = first.core;
    this.settings = first.settings;
    this.#reading = first.options;
    this.options = options;
    this.#sourced = sourced;
    this.#kept = kept;
    this.#onReload = options.onReload;
    this.since = kept.clock();
  }

  /**
   * Compiles what options name, and watches it where they say so.
   * @throws CastellanError what is wrong with it
   */
  static async open(options: ReadOptions, kept: KeptState): Promise<InForce> {
    const sourced = new Sourced(options);
    let before: Awaited<ReturnType<typeof stateOf>> | undefined;
    const { compiled } = await sourced.start(options, async (placed) => {
      if (options.watch === true) before = await stateOf(await filesOf(placed));
      return compiledOf(placed, kept);
    });
    const force = new InForce(compiled, options, sourced, kept);
    if (before === undefined) return force;
    force.#watch = await watchFiles(
      before,
      () => filesOf(force.#reading, force.core),
      () => force.#after(() => force.#reload(force.options)),
      (outcome) => force.#told(outcome),
    );
    force.#watchSource();
    return force;
  }

  /** Why what is in force is not what the files or the source say; undefined where it is. */
  get failure(): string | undefined {
    return this.notices[0]?.message;
  }

  get notices(): readonly Notice[] {
    const notices = this.#failure === undefined ? this.#sourced.notices : [reloadFailed(this.#failure)];
    const since = new Date(this.since).toISOString();
    return notices.map(({ code, message }) => ({ code, message: `${message}, since ${since}` }));
  }

  /** Why the source is not what is in force; undefined where it is. */
  get sourceFailure(): CastellanError | undefined {
    return this.#sourced.failure;
  }

  /**
   * Reads all again.
   * @param changed options that take the place of the others
   * @throws CastellanError what is wrong; the last good ones stay in force
   */
  reload(changed: GuardOptions | undefined): Promise<void> {
    return this.#after(async () => {
      const next = changed === undefined ? this.options : withOpen(readOptions(changed), this.options);
      await this.#watch?.seen();
      await this.#reload(next).catch((error: unknown) => {
        if (error instanceof CastellanError) this.heard(error);
        throw error;
      });
      this.heard(this.#sourced.failure);
    });
  }

  async close(): Promise<void> {
    this.#watch?.close();
    await this.#sourced.close();
    await this.#reloading.catch(() => undefined);
  }

  #after(job: () => Promise<void>): Promise<void> {
    const done = this.#reloading.catch(() => undefined).then(job);
    this.#reloading = done;
    return done;
  }

  async #reload(next: ReadOptions, ofSource = false): Promise<void> {
    const previous = this.core;
    const other = writtenSource(next) !== this.#sourced.written;
    const sourced = other ? new Sourced(next) : this.#sourced;
    const compile = (placed: ReadOptions): Promise<Compiled> => {
      // During a reload the files that are watched are those of its options.
      this.#reading = placed;
      return compiledOf(placed, this.#kept, previous, this.started);
    };
    const before = this.#reading;
    let unreachable: CastellanError | undefined;
    const { compiled } = await sourced
      .next(next, compile)
      .catch((error: unknown) => {
        // That the source is away keeps no other file from being read.
        if (ofSource || other || !sourced.hasState || !isUnreachable(error)) throw error;
        unreachable = error;
        return sourced.again(next, compile);
      })
      .catch((error: unknown) => {
        this.#reading = before;
        throw error;
      });
    this.core = compiled.core;
    this.options = next;
    this.settings = compiled.settings;
    this.since = this.#kept.clock();
    this.#failure = undefined;
    if (unreachable !== undefined) sourced.failed(unreachable);
    this.changed();
    if (other) {
      void this.#sourced.close();
      this.#sourced = sourced;
      this.#watchSource();
    }
    await previous.authentication.close();
  }

  #watchSource(): void {
    if (this.options.watch !== true) return;
    this.#sourced.watch(
      () => this.#after(() => this.#reload(this.options, true)),
      (error) => {
        this.heard(error);
        if (error === undefined) this.#onReload?.({ ok: true });
        else this.#warn(error);
      },
    );
  }

  #told(outcome: Reloaded): void {
    this.heard(outcome.ok ? undefined : outcome.error);
    if (outcome.ok) return void this.#onReload?.(outcome);
    this.#failure = outcome.error.message;
    this.#warn(outcome.error);
  }

  #warn(error: CastellanError): void {
    if (this.#onReload === undefined)
      process.emitWarning(`${error.message}; the last good contract and policies stay in force`, {
        type: 'Castellan',
        code: error.code,
      });
    this.#onReload?.({ ok: false, error });
  }
}

function reloadFailed(message: string): Notice {
  return { code: 'reload-failed', message: `${message}; the last good contract and policies stay in force` };
}

interface Compiled {
  readonly core: GuardCore;
  readonly settings: Settings;
  /** What it was compiled of. */
  readonly options: ReadOptions;
}

async function compiledOf(
  options: ReadOptions,
  kept: KeptState,
  previous?: GuardCore,
  started = false,
): Promise<Compiled> {
  const settings = settingsOf(options);
  const core = await compileCore(options, settings, kept, previous);
  if (started) checkWrites(core);
  return { core, settings, options };
}

function isUnreachable(error: unknown): error is CastellanError {
  return error instanceof CastellanError && error.code === 'source-unreachable';
}
