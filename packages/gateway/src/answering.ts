import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { isSequence } from '@castellan/contract';
import type { Exchange, Guard } from '@castellan/guard';
import { fail } from '@castellan/guard/node';
import type { Dispatcher } from 'undici';
import { responseFields, type Readdressing } from './answer-fields.ts';
import type { Timeouts } from './options.ts';
import { addTrailers, announcedTrailers, takesTrailers } from './trailers.ts';

/** Writes the upstream's answer to the held response: the guard decides there what leaves. */
export class Answering implements Dispatcher.DispatchHandler {
  readonly #guard: Guard;
  readonly #exchange: Exchange;
  readonly #response: ServerResponse;
  readonly #timeouts: Timeouts;
  readonly #readdressing: (exchange: Exchange) => Readdressing;
  readonly #left: () => void;
  #controller: Dispatcher.DispatchController | undefined = undefined;
  #silence: NodeJS.Timeout | undefined = undefined;
  #limit = 0;
  #trailers: readonly string[] = [];
  #ended = false;

  /** @param left called once when the upstream is done with */
  constructor(
    guard: Guard,
    exchange: Exchange,
    response: ServerResponse,
    timeouts: Timeouts,
    readdressing: (exchange: Exchange) => Readdressing,
    left: () => void,
  ) {
    this.#guard = guard;
    this.#exchange = exchange;
    this.#response = response;
    this.#timeouts = timeouts;
    this.#readdressing = readdressing;
    this.#left = left;
    // The caller went away: the upstream need not go on.
    response.once('close', () => {
      if (!this.#ended) this.#controller?.abort(callerGone());
    });
  }

  /** @returns false where it was closed before */
  close(): boolean {
    if (this.#ended) return false;
    this.#ended = true;
    clearTimeout(this.#silence);
    this.#left();
    return true;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Gone while the request waited for a free connection.
    if (this.#response.destroyed) controller.abort(callerGone());
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status === 103) return this.#hint(headers);
    if (status < 200) return;
    this.#limit = this.#silenceOf(headers['content-type']);
    this.#listen(controller);
    const fields = responseFields(status, headers, this.#readdressing(this.#exchange));
    this.#trailers = takesTrailers(this.#response.req) ? announcedTrailers(headers) : [];
    if (this.#trailers.length > 0) fields['trailer'] = this.#trailers.join(', ');
    this.#response.writeHead(status, fields);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#silence?.refresh();
    if (this.#response.write(chunk)) return;
    // It is the caller now who is waited for, and how long is not the upstream's fault.
    clearTimeout(this.#silence);
    controller.pause();
    this.#response.once('drain', () => {
      if (this.#ended) return;
      this.#listen(controller);
      controller.resume();
    });
  }

  /** Early hints (RFC 8297): links that a browser may fetch before the answer; nothing of them is part of it. */
  #hint(headers: IncomingHttpHeaders): void {
    const response = this.#response;
    const { link } = responseFields(103, { link: headers['link'] }, this.#readdressing(this.#exchange));
    // A caller of HTTP/1.0 knows no interim answer.
    if (typeof link !== 'string' || response.headersSent || response.req.httpVersion === '1.0') return;
    try {
      response.writeEarlyHints({ link: link.split(/,(?=\s*<)/).map((one) => one.trim()) });
    } catch {
      // What is no link is no hint, and the answer comes all the same.
    }
  }

  /** Who only observes waits as long as a caller of the upstream itself would. */
  #silenceOf(type: string | undefined): number {
    const { body, stream } = this.#timeouts;
    return this.#exchange.responseMode === 'observe' || (type !== undefined && isSequence(type)) ? stream : body;
  }

  /** Waits for the next piece, but not for ever. */
  #listen(controller: Dispatcher.DispatchController): void {
    const limit = this.#limit;
    this.#silence = setTimeout(() => controller.abort(new Silence(limit)), limit);
  }

  onResponseEnd(_: Dispatcher.DispatchController, trailers: IncomingHttpHeaders): void {
    clearTimeout(this.#silence);
    if (this.#trailers.length > 0) addTrailers(this.#response, this.#trailers, trailers);
    // First the answer: what goes wrong in it is reported to onResponseError, which must still answer.
    this.#response.end();
    this.close();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (this.close()) fail(this.#guard, this.#exchange, this.#response, error, problemOf(error));
  }
}

/** The upstream stopped in the middle of an answer. */
class Silence extends Error {
  constructor(limit: number) {
    super(`the upstream sent nothing for ${limit} ms`);
    this.name = 'UpstreamSilence';
  }
}

const callerGone = (): Error => new Error('the caller closed the connection');

/** Too many requests are under way to the upstream. */
export const noPlace = (): Error => new Error('no place on the way to the upstream became free in time');

function problemOf(error: Error & { code?: string }): 'timeout' | 'bad-gateway' {
  return error instanceof Silence ||
    error.code === 'UND_ERR_HEADERS_TIMEOUT' ||
    error.code === 'UND_ERR_BODY_TIMEOUT' ||
    error.code === 'UND_ERR_CONNECT_TIMEOUT'
    ? 'timeout'
    : 'bad-gateway';
}
