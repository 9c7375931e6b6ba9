import type { ServerResponse } from 'node:http';
import { key, type HeldResponse } from './held.ts';

/** HTTP/2 has a second way of setting a trailer. */
type Response = HeldResponse & { setTrailer?: ((name: string, value: string) => void) | undefined };

/**
 * Holds what a handler sends beside its answer: early hints (103) leave only where nothing is left to be decided on the
 * answer, because a link is the file; trailers leave with their answer, and not with another one in its place. Over
 * HTTP/1.1 the guard's own answers have a length, and so no trailers.
 */
export function holdBeside(response: Response): void {
  const { exchange } = response[key];
  if (exchange.ledger?.isOpen === true && typeof response.writeEarlyHints === 'function')
    response.writeEarlyHints = writeEarlyHints;
  if (response.req.httpVersionMajor === 1) return;
  response.addTrailers = addTrailers;
  if (typeof response.setTrailer === 'function') response.setTrailer = setTrailer;
}

/** The trailers of an answer that leaves. */
export function sendTrailers(response: HeldResponse): void {
  const { trailers } = response[key];
  response[key].trailers = undefined;
  // One of the two calls the other.
  Reflect.deleteProperty(response, 'addTrailers');
  Reflect.deleteProperty(response, 'setTrailer');
  for (const fields of trailers ?? []) response.addTrailers(fields);
}

function original(response: ServerResponse): ServerResponse {
  return Object.getPrototypeOf(response) as ServerResponse;
}

const writeEarlyHints: ServerResponse['writeEarlyHints'] = function (this: HeldResponse, hints, callback) {
  const { exchange } = this[key];
  if (exchange.ledger?.isOpen !== true || exchange.plan?.responseMode !== 'enforce')
    original(this).writeEarlyHints.call(this, hints, callback);
  else callback?.();
};

const addTrailers: ServerResponse['addTrailers'] = function (this: HeldResponse, fields) {
  const held = this[key];
  (held.trailers ??= []).push(fields);
  if (held.state === 'pass') sendTrailers(this);
};

function setTrailer(this: HeldResponse, name: string, value: string): void {
  this.addTrailers({ [name]: value });
}
