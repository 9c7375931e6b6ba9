/** Items that are sent in one request, and that wait at most. */
const batch = 512;
const most = 8192;
/** Milliseconds: a request, and between two attempts. */
const timeout = 10_000;
const firstRetry = 1000;
const longestRetry = 60_000;

/** Where items go. */
export interface Endpoint<T> {
  readonly url: string;
  /** The body of a request. */
  readonly write: (items: readonly T[]) => string;
  readonly headers: (body: string) => Readonly<Record<string, string>>;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** `telemetry is`: begins what is told when they are not taken. */
  readonly what: string;
}

/** Sends items to an endpoint. What it does not take waits, the oldest are dropped when too many wait. */
export class Exporter<T> {
  readonly #endpoint: Endpoint<T>;
  #items: T[] = [];
  #sending: Promise<void> | undefined;
  #notBefore = 0;
  #retry = firstRetry;
  #told = -Infinity;
  /** Items that were dropped. */
  lost = 0;

  constructor(endpoint: Endpoint<T>) {
    this.#endpoint = endpoint;
  }

  add(item: T): void {
    if (this.#items.push(item) <= most) return;
    const dropped = this.#items.length - most;
    this.#items.splice(0, dropped);
    this.lost += dropped;
  }

  get isFull(): boolean {
    return this.#items.length >= batch;
  }

  /** Sends what waits, one request after the other. Never rejects. @param last does not wait for the next attempt */
  flush(last = false): Promise<void> {
    this.#sending ??= this.#drain(last).finally(() => (this.#sending = undefined));
    return this.#sending;
  }

  async #drain(last: boolean): Promise<void> {
    while (this.#items.length > 0 && (last || this.#endpoint.now() >= this.#notBefore)) {
      const items = this.#items.splice(0, batch);
      const outcome = await this.#send(items);
      if (outcome === 'taken') {
        this.#retry = firstRetry;
        continue;
      }
      if (outcome === 'refused' || last) this.lost += items.length;
      else {
        this.#items = [...items, ...this.#items].slice(-most);
        this.#notBefore = this.#endpoint.now() + this.#retry;
        this.#retry = Math.min(longestRetry, this.#retry * 2);
      }
      return;
    }
  }

  /** `later` for what the protocol says to try again (OTLP/HTTP: 429, 502, 503, 504). */
  async #send(items: readonly T[]): Promise<'taken' | 'refused' | 'later'> {
    try {
      const body = this.#endpoint.write(items);
      const response = await fetch(this.#endpoint.url, {
        method: 'POST',
        headers: { ...this.#endpoint.headers(body), 'content-type': 'application/json' },
        body,
        redirect: 'error',
        signal: AbortSignal.timeout(timeout),
      });
      await response.body?.cancel();
      if (response.ok) return 'taken';
      this.#tell(`status ${response.status}`);
      return [429, 502, 503, 504].includes(response.status) ? 'later' : 'refused';
    } catch (error) {
      const { cause } = error as { readonly cause?: NodeJS.ErrnoException };
      this.#tell(cause?.code ?? (error instanceof Error ? error.name : 'unknown'));
      return 'later';
    }
  }

  /** Once a minute at most. */
  #tell(why: string): void {
    if (this.#endpoint.now() - this.#told < 60_000) return;
    this.#told = this.#endpoint.now();
    const { url, what } = this.#endpoint;
    process.emitWarning(`${what} not taken by ${new URL(url).origin} (${why}); see to the receiver`, {
      type: 'Castellan',
      code: 'receiver-away',
    });
  }
}
