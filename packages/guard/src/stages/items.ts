import type { Exchange } from '../exchange.ts';
import type { ItemGate } from './release-head.ts';

/** What may leave of a streamed body, and whether it ends there. */
export interface Let {
  readonly bytes: Uint8Array;
  /** An item does not match the contract: the connection must be cut, because a half-sent body must not look whole. */
  readonly cut: boolean;
}

/** A gate in the mode of its operation: `observe` notes the first item that does not match and lets everything pass. */
export class ItemStream {
  readonly #gate: ItemGate;
  readonly #exchange: Exchange;
  #noted = false;

  constructor(gate: ItemGate, exchange: Exchange) {
    this.#gate = gate;
    this.#exchange = exchange;
  }

  push(chunk: Uint8Array): Let {
    return this.#rule(this.#noted ? undefined : this.#gate.push(chunk), chunk);
  }

  end(): Let {
    return this.#rule(this.#noted ? undefined : this.#gate.end(), new Uint8Array(0));
  }

  #rule(passed: ReturnType<ItemGate['push']> | undefined, chunk: Uint8Array): Let {
    const observing = this.#exchange.plan?.mode === 'observe';
    if (passed?.refusal !== undefined) {
      if (!observing) {
        this.#exchange.verdict = { stage: 'release', refusal: passed.refusal };
        return { bytes: passed.bytes, cut: true };
      }
      this.#noted = true;
      (this.#exchange.observed ??= []).push({ stage: 'release', refusal: passed.refusal });
    }
    return { bytes: observing || passed === undefined ? chunk : passed.bytes, cut: false };
  }
}
