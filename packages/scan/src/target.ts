import type { Operation } from '@castellan/contract';

/** A request, ready to be sent. */
export interface Outgoing {
  readonly method: string;
  /** Path and query behind the base URL. */
  readonly target: string;
  /** What stands in the path for each variable of the template, in their order. */
  readonly captures: readonly string[];
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** What of it is nobody's to see. */
  readonly secrets: readonly string[];
  readonly body?: { readonly type: string; readonly text: string } | undefined;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  /** The body where it is JSON. */
  readonly json: unknown;
}

/** How a target may be called. */
export interface TargetOptions {
  /** The address behind which the paths of the document stand. */
  readonly base: string;
  /** Requests in all; the scan ends there. */
  readonly maxRequests: number;
  /** Requests per second at most. */
  readonly rate: number;
  /** Milliseconds for one answer. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
  /** Monotonic milliseconds, and a wait of so many. */
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** An error that was met: what refused or failed. */
export interface Met {
  readonly operation: Operation;
  readonly outgoing: Outgoing;
  readonly status: number;
  /** How the body begins. */
  readonly text: string;
}

/** Errors that are kept, characters of each, and bytes of an answer that are read. */
const maxErrors = 2000;
const maxKept = 4000;
const maxBytes = 4 * 1024 * 1024;

/** The API under test: sends one request after the other, no more and no faster than it may. */
export class Target {
  readonly #options: TargetOptions;
  #next = 0;
  sent = 0;
  readonly errors: Met[] = [];
  #silentSince: string | undefined;
  #unanswered = 0;

  constructor(options: TargetOptions) {
    this.#options = options;
  }

  get base(): string {
    return this.#options.base;
  }

  /** The call since which nothing was answered any more, without its query; one alone may only have been slow. */
  get silentSince(): string | undefined {
    return this.#unanswered > 1 ? this.#silentSince : undefined;
  }

  /** Whether no more requests may be sent. */
  get isSpent(): boolean {
    return this.sent >= this.#options.maxRequests || this.#options.signal?.aborted === true;
  }

  /**
   * @param operation keeps the answer among the errors of this operation, where it is one
   * @returns undefined where no request may be sent any more, or no answer came
   */
  async send(outgoing: Outgoing, operation?: Operation): Promise<Answer | undefined> {
    const { method, target, fields, body } = outgoing;
    if (this.isSpent) return undefined;
    this.sent += 1;
    await this.#pace();
    const headers = new Headers();
    for (const [name, value] of fields) headers.append(name, value);
    if (body !== undefined) headers.set('content-type', body.type);
    const timeout = AbortSignal.timeout(this.#options.timeout);
    try {
      // Never followed: another place was not named to be attacked.
      const response = await fetch(this.base + target, {
        method,
        headers,
        redirect: 'manual',
        signal: this.#options.signal === undefined ? timeout : AbortSignal.any([timeout, this.#options.signal]),
        ...(body === undefined ? {} : { body: body.text }),
      });
      const text = await textOf(response);
      this.#silentSince = undefined;
      this.#unanswered = 0;
      const type = (response.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
      const { status } = response;
      const answer = { status, type, text, json: jsonOf(type, text) };
      if (operation !== undefined && status >= 400 && this.errors.length < maxErrors)
        this.errors.push({ operation, outgoing, status, text: text.slice(0, maxKept) });
      return answer;
    } catch {
      if (this.#options.signal?.aborted === true) return undefined;
      this.#unanswered += 1;
      this.#silentSince ??= `${method} ${target.split('?', 1)[0] ?? ''}`;
      return undefined;
    }
  }

  async #pace(): Promise<void> {
    const { now, wait, rate } = this.#options;
    const at = now();
    this.#next = Math.max(at, this.#next + 1000 / rate);
    if (this.#next > at) await wait(this.#next - at);
  }
}

async function textOf({ body }: Response): Promise<string> {
  if (body === null) return '';
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body) {
    parts.push(part);
    length += part.length;
    if (length > maxBytes) break;
  }
  return Buffer.concat(parts).toString('utf8', 0, maxBytes);
}

function jsonOf(type: string, text: string): unknown {
  if (type !== 'application/json' && !type.endsWith('+json')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
