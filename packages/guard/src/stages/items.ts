import type { Exchange } from '../exchange.ts';
import type { ItemGate } from './release-head.ts';

/** What may leave of a streamed body, and whether it ends there. */
export interface Let {
  readonly bytes: Uint8Array;
  /** An item may not leave: the connection must be cut, because a half-sent body must not look whole. */
  readonly cut: boolean;
}

/** The items of one streamed answer. */
export class ItemStream {
  readonly #gate: ItemGate;
  readonly #exchange: Exchange;

  constructor(gate: ItemGate, exchange: Exchange) {
    this.#gate = gate;
    this.#exchange = exchange;
  }

  push(chunk: Uint8Array): Let {
    return this.#settle(this.#gate.push(chunk));
  }

  end(): Let {
    return this.#settle(this.#gate.end());
  }

  #settle({ bytes, refusal }: ReturnType<ItemGate['push']>): Let {
    if (refusal !== undefined) this.#exchange.verdict = { stage: 'release', refusal };
    return { bytes, cut: refusal !== undefined };
  }
}
