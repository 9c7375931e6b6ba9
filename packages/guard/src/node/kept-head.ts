import type { ServerResponse } from 'node:http';
import type { Held } from './held.ts';

/**
 * Keeps status and fields of an answer as they are when its body begins, or when all of it was given. What is decided on is what
 * leaves: where nobody holds the answer, its head has been sent by then, and what is set later does not count.
 * @returns puts them back
 */
export function keepHead(response: ServerResponse): () => void {
  const { statusCode, statusMessage } = response;
  const fields = response.getHeaders();
  say(response, 'headersSent');
  return () => {
    response.statusCode = statusCode;
    response.statusMessage = statusMessage;
    for (const name of response.getHeaderNames()) if (!Object.hasOwn(fields, name)) response.removeHeader(name);
    for (const [name, value] of Object.entries(fields))
      if (value !== undefined && response.getHeader(name) !== value) response.setHeader(name, value);
  };
}

/** Puts back what was kept, if anything was: from here on the head is the guard's to send. */
export function putBack(held: Held): void {
  const { keptHead } = held;
  held.keptHead = undefined;
  held.given = false;
  keptHead?.();
}

/** What node:http throws where a field is set too late. */
export function headSent(): Error {
  return Object.assign(new Error('Cannot set headers after they are sent to the client'), {
    code: 'ERR_HTTP_HEADERS_SENT',
  });
}

/** Says that the handler has given all of an answer: frameworks ask before they answer in its place. */
export function sayEnded(response: ServerResponse): void {
  say(response, 'writableEnded');
}

function say(response: ServerResponse, name: 'headersSent' | 'writableEnded'): void {
  Object.defineProperty(response, name, { value: true, configurable: true });
}
