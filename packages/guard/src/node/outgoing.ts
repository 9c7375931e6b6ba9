import type { ServerResponse } from 'node:http';
import type { Exchange } from '../exchange.ts';
import type { Guard } from '../guard.ts';
import { key, type HeldResponse } from './held.ts';
import { fail, hold, watch } from './response.ts';

const methods = ['setHeader', 'writeHead', 'write', 'end', 'flushHeaders'] as const;

/**
 * Node's response under a handler that returns its answer: some runtimes hand it over, and what is written to it passes
 * whoever looks at answers. It is held from when the handler takes it.
 */
export class Outgoing {
  readonly #guard: Guard;
  readonly #exchange: Exchange;
  readonly #response: ServerResponse;

  constructor(guard: Guard, exchange: Exchange, response: ServerResponse) {
    this.#guard = guard;
    this.#exchange = exchange;
    this.#response = response;
  }

  /** Hands the response over. What is written to it leaves as the contract says. */
  lend(): ServerResponse {
    if (!this.#isLent) hold(this.#guard, this.#exchange, this.#response);
    return this.#response;
  }

  /**
   * Whether the handler answers by the response itself. Where it does not, the response is given back as it was.
   * @param says whether the handler says so, and may write later
   */
  answers(says: boolean): boolean {
    if (!this.#isLent) return false;
    const { state, given } = (this.#response as HeldResponse)[key];
    if (says) watch(this.#response);
    else if (state === 'open') this.#giveBack();
    else if (state !== 'done' && !given) this.fail(new Error('the handler wrote to the response and returned another'));
    return says || state !== 'open';
  }

  /** Ends an answer that the handler began to write. False where it did not. */
  fail(error: unknown): boolean {
    if (!this.#isLent) return false;
    const isBegun = (this.#response as HeldResponse)[key].state !== 'open';
    if (isBegun) fail(this.#guard, this.#exchange, this.#response, error);
    else this.#giveBack();
    return isBegun;
  }

  get #isLent(): boolean {
    return (this.#response as Partial<HeldResponse>)[key] !== undefined;
  }

  #giveBack(): void {
    const { original } = (this.#response as HeldResponse)[key];
    for (const name of [...methods, 'writeEarlyHints', 'addTrailers', 'setTrailer', key])
      Reflect.deleteProperty(this.#response, name);
    // Whoever stood before the guard may have put others in their place.
    for (const name of methods)
      if (this.#response[name] !== original[name]) Object.assign(this.#response, { [name]: original[name] });
  }
}
