import { inflate } from '@castellan/contract';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import type { ItemGate } from './release-head.ts';
import type { Release, Released } from './release.ts';

/** What an adapter asks before it sends anything. The mode is applied here: adapters move bytes and nothing else. */
export interface Ruling extends Omit<Release, 'body'> {
  /**
   * Decides on a collected body.
   * @param coding the `Content-Encoding` of `body`; it is inflated for the check and leaves as it came where nothing changes
   */
  body(
    exchange: Exchange,
    status: number,
    contentType: string | undefined,
    body: string | Uint8Array,
    coding: string | undefined,
  ): Released | Promise<Released>;
  /** Decides on a body that is longer than `maxResponse`. */
  overLimit(exchange: Exchange): Released;
}

const pass: Released = { action: 'pass' };

/**
 * Applies the mode to what may leave. Under `observe` everything leaves as it came, and what `enforce` would have done is
 * noted in the exchange.
 */
export function compileRuling(core: GuardCore, release: Release, observes: boolean): Ruling {
  const { maxResponse, withheldStatus } = core.settings;
  const withheld = (reason: string): Released => ({
    action: 'withhold',
    refusal: { type: 'response-withheld', status: withheldStatus, reason },
  });
  const rule = (exchange: Exchange, released: Released): Released => {
    if (!observes) return released;
    if (released.action === 'withhold')
      (exchange.observed ??= []).push({ stage: 'release', refusal: released.refusal });
    return released.action === 'pass' && released.weak !== true ? released : pass;
  };
  const settle = (
    exchange: Exchange,
    released: Released | Promise<Released>,
    coded: boolean,
  ): Released | Promise<Released> => {
    if (released instanceof Promise) return released.then((settled) => settle(exchange, settled, coded));
    const ruled = rule(exchange, released);
    return coded && ruled.action === 'pass' ? pass : ruled;
  };
  return {
    head(exchange, status, contentType, fields) {
      const decided = release.head(exchange, status, contentType, fields);
      if (decided === 'check') return decided;
      if (decided.action === 'items')
        return observes ? { ...decided, open: () => observing(decided.open(), exchange) } : decided;
      return rule(exchange, decided);
    },
    body(exchange, status, contentType, body, coding) {
      if (coding === undefined || body.length === 0 || coding.trim().toLowerCase() === 'identity')
        return settle(exchange, release.body(exchange, status, contentType, body), false);
      const bytes = typeof body === 'string' ? Buffer.from(body) : body;
      return inflate(bytes, coding, maxResponse).then((inflated) =>
        inflated.outcome === 'inflated'
          ? settle(exchange, release.body(exchange, status, contentType, inflated.bytes), true)
          : rule(exchange, withheld(inflated.outcome === 'too-large' ? 'response-over-limit' : 'content-encoding')),
      );
    },
    overLimit: (exchange) => rule(exchange, withheld('response-over-limit')),
  };
}

/** Lets everything pass, and notes the first item that does not match. */
function observing(gate: ItemGate, exchange: Exchange): ItemGate {
  let noted = false;
  const note = ({ refusal }: ReturnType<ItemGate['push']>): void => {
    if (refusal === undefined) return;
    noted = true;
    (exchange.observed ??= []).push({ stage: 'release', refusal });
  };
  return {
    push(chunk) {
      if (!noted) note(gate.push(chunk));
      return { bytes: chunk, refusal: undefined };
    },
    end() {
      if (!noted) note(gate.end());
      return { bytes: new Uint8Array(0), refusal: undefined };
    },
  };
}
