/** Milliseconds before each further try. */
const tries = [1000, 10_000, 60_000];
/** Messages that wait at most: what comes while so many do is lost, and told as lost. */
const mostWaiting = 100;

/** What will not be taken however often it is sent. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** What sending needs of the world. */
export interface World {
  readonly fetch: (
    url: string,
    init: RequestInit,
  ) => Promise<Pick<Response, 'status'> & Partial<Pick<Response, 'body'>>>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** @param signal ends the waiting */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Milliseconds until a receiver that says nothing is given up. */
  readonly patience: number;
}

/** Sends one message. Rejects where it was not taken; with {@link Refused} where it never will be. */
export type Send = (signal: AbortSignal) => Promise<void>;

export interface ChannelOptions {
  /** What messages call it: `the webhook`. */
  readonly name: string;
  readonly world: World;
  readonly onFailure: (error: Error) => void;
}

/**
 * One way to tell somebody of incidents: one message after the other, each up to four times within about a minute. What goes wrong on one is
 * in no other's way, and nobody waits for it.
 */
export class Channel {
  readonly #options: ChannelOptions;
  /** Ends waiting for further tries. */
  readonly #ending = new AbortController();
  /** Ends what is under way. */
  readonly #stop = new AbortController();
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  /** Messages that reached nobody. */
  lost = 0;

  constructor(options: ChannelOptions) {
    this.#options = options;
  }

  /**
   * Has a message sent; resolves when it was, or was given up.
   * @param about what it is about, for messages: `incident 2026-03-07-9f86d081`
   */
  add(about: string, send: Send): Promise<void> {
    if (this.#waiting >= mostWaiting) {
      this.#lose(about, `${mostWaiting} others wait`);
      return this.#last;
    }
    this.#waiting += 1;
    this.#last = this.#last.then(async () => {
      await this.#try(about, send);
      this.#waiting -= 1;
    });
    return this.#last;
  }

  /**
   * Tries what waits once more each, and ends.
   * @param within milliseconds for all of it
   */
  async end(within: number): Promise<void> {
    this.#ending.abort();
    const late = setTimeout(() => this.#stop.abort(), within);
    await this.#last;
    clearTimeout(late);
    this.#stop.abort();
  }

  async #try(about: string, send: Send): Promise<void> {
    const { world } = this.#options;
    for (let attempt = 0; ; attempt++) {
      if (this.#stop.signal.aborted) return this.#lose(about, 'the process ends');
      try {
        return await send(this.#stop.signal);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        const pause = tries[attempt];
        if (error instanceof Refused || pause === undefined || this.#ending.signal.aborted)
          return this.#lose(about, why);
        await world.wait(pause, this.#ending.signal).catch(() => undefined);
      }
    }
  }

  #lose(about: string, why: string): void {
    this.lost += 1;
    this.#options.onFailure(new Error(`${this.#options.name} did not get ${about}: ${why}`));
  }
}
