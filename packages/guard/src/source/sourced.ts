import { resolve } from 'node:path';
import { CastellanError } from '@castellan/contract';
import type { Notice } from '../notices.ts';
import type { ReadOptions } from '../read-options.ts';
import { sourceOf } from './open.ts';
import { asKnown, placedIn } from './place.ts';
import { Snapshots } from './snapshots.ts';
import type { Snapshot, Source } from './source.ts';

/** Milliseconds between two looks. */
const interval = 10_000;

/** Compiles what options say; rejects where anything is wrong with it. */
type Compile<T> = (options: ReadOptions) => Promise<T>;

/**
 * The files of a guard that come from elsewhere: the state in force, and how it becomes another. A state that is wrong never takes the
 * place of a good one, and is tried once.
 */
export class Sourced {
  readonly #source: Source | undefined;
  readonly #snapshots: Snapshots | undefined;
  readonly #folder: string | undefined;
  /** As it is written, to see whether it is another. */
  readonly written: string;
  readonly #interval: number;
  #inForce: Snapshot | undefined;
  /** The state that was tried last. */
  #tried: string | undefined;
  /** Why the source is not what is in force. */
  #failure: CastellanError | undefined;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  /** @throws OptionError */
  constructor(options: ReadOptions) {
    this.#source = sourceOf(options);
    this.#folder = this.#source === undefined ? options.source?.folder : undefined;
    this.written = writtenSource(options);
    this.#interval = options.source?.interval ?? interval;
    if (this.#source !== undefined)
      this.#snapshots = new Snapshots(options.source?.cache ?? '.castellan/sources', this.#source);
  }

  /** Why the source is not what is in force; undefined where it is. */
  get failure(): CastellanError | undefined {
    return this.#failure;
  }

  /** What is not as it should be. */
  get notices(): readonly Notice[] {
    if (this.#failure === undefined) return [];
    return [{ code: this.#failure.code, message: `${this.#failure.message}; ${stays}` }];
  }

  /**
   * Compiles the newest state at the start; where it cannot be had or is wrong, the last good one of an earlier run.
   * @throws CastellanError why there is neither
   */
  async start<T>(
    options: ReadOptions,
    compile: Compile<T>,
  ): Promise<{ readonly options: ReadOptions; readonly compiled: T }> {
    if (this.#source === undefined) return this.#compiled(options, undefined, compile);
    try {
      return await this.next(options, compile);
    } catch (error) {
      const good = await this.#snapshots?.good();
      if (good === undefined || !(error instanceof CastellanError)) throw error;
      const started = await this.#compiled(options, good, compile).catch(() => {
        // What is wrong is told of what is wanted, not of what was.
        throw error;
      });
      this.#inForce = good;
      this.#failure = error;
      return started;
    }
  }

  /**
   * Compiles the newest state.
   * @throws CastellanError why it cannot be had, or is wrong
   */
  async next<T>(
    options: ReadOptions,
    compile: Compile<T>,
  ): Promise<{ readonly options: ReadOptions; readonly compiled: T }> {
    if (this.#source === undefined || this.#snapshots === undefined) return this.#compiled(options, undefined, compile);
    const state = await this.#source.look();
    const snapshot = await this.#snapshots.take(state);
    // What could not be fetched is asked for again.
    this.#tried = state.digest;
    const done = await this.#compiled(options, snapshot, compile);
    const before = this.#inForce;
    this.#inForce = snapshot;
    this.#failure = undefined;
    await this.#snapshots.keep(snapshot, before);
    return done;
  }

  /** Compiles the state in force, for other options: whether the source is there has no part in it. */
  again<T>(
    options: ReadOptions,
    compile: Compile<T>,
  ): Promise<{ readonly options: ReadOptions; readonly compiled: T }> {
    return this.#compiled(options, this.#inForce, compile);
  }

  /** Whether there is a state to go on with. */
  get hasState(): boolean {
    return this.#inForce !== undefined;
  }

  /**
   * Looks for another state from time to time.
   * @param reload brings the newest into force; what it rejects with is told
   * @param told why the source is not in force, once for each reason
   */
  watch(reload: () => Promise<void>, told: (error: CastellanError | undefined) => void): void {
    if (this.#source === undefined) return;
    const look = async (source: Source): Promise<void> => {
      const before = this.#failure?.message;
      try {
        const { digest } = await source.look();
        // What was wrong is wrong still, and the same is in force already; after a time away that is good news.
        if (digest === this.#tried) {
          if (digest !== this.#inForce?.digest || this.#failure === undefined) return;
          this.#failure = undefined;
          return told(undefined);
        }
        await reload();
        this.#failure = undefined;
        told(undefined);
      } catch (error) {
        if (!(error instanceof CastellanError)) throw error;
        this.#failure = error;
        if (error.message !== before) told(error);
      }
    };
    const source = this.#source;
    this.#timer = setInterval(() => {
      this.#looking ??= look(source).finally(() => (this.#looking = undefined));
    }, this.#interval).unref();
  }

  /** Notes why an explicit reload did not bring the newest state. */
  failed(error: CastellanError): void {
    this.#failure = error;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #compiled<T>(
    options: ReadOptions,
    snapshot: Snapshot | undefined,
    compile: Compile<T>,
  ): Promise<{ readonly options: ReadOptions; readonly compiled: T }> {
    try {
      const placed =
        snapshot !== undefined
          ? placedIn(options, snapshot)
          : this.#folder === undefined
            ? options
            : placedIn(options, { root: resolve(this.#folder), contract: undefined, overlays: undefined });
      return { options: placed, compiled: await compile(placed) };
    } catch (error) {
      throw snapshot === undefined ? error : asKnown(error, snapshot);
    }
  }
}

const stays = 'the last good one stays in force';

/** A source as it is written: whether it is another is seen by it. */
export function writtenSource({ source, registry }: ReadOptions): string {
  return JSON.stringify([source, source?.registry === undefined ? undefined : registry]);
}
