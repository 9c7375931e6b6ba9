import {
  bestMediaType,
  isJson,
  parseMediaType,
  type FieldSource,
  type MediaType,
  type MediaTypeName,
  type Operation,
  type Response,
} from '@castellan/contract';
import { compileUndecidedHead } from '../authorize/undecided-head.ts';
import type { GuardCore } from '../core.ts';
import { leaksInternals, sanitised } from '../error-body.ts';
import { compileHarmless, type Harmless } from './harmless.ts';
import type { Exchange } from '../exchange.ts';
import { STATUS_CODES } from '../node/http.ts';
import type { Refusal } from '../problem.ts';
import { compileGivenCookie } from './forged-sign-in.ts';
import { compileContent, withhold, type ContentPlan } from './content.ts';
import { compileBodyCount, type BodyCount } from './counted-stream.ts';
import type { AnswerFields } from './hidden-fields.ts';
import type { ItemGate } from './release-head.ts';

/** What becomes of a response. */
export type Released =
  /** It leaves as it is. */
  | {
      readonly action: 'pass';
      /** Whether every character is known to be one byte. */
      readonly ascii?: boolean;
      /** Whether it tells of a body that GET may change: no strong validator is true of that (RFC 9110 section 9.3.2). */
      readonly weak?: boolean;
    }
  /** It leaves with another body, under the same status. */
  | { readonly action: 'replace'; readonly body: string; readonly contentType: string | undefined }
  /** Nothing of it leaves. */
  | { readonly action: 'withhold'; readonly refusal: Refusal };

/** What to do with a response whose head is known and whose body is still to come. */
type ReleaseHead =
  | 'check'
  | Released
  /**
   * It streams, item by item: the gate says which bytes leave. `counted`: it is only counted, so a body that is there whole may be
   * collected: what does not fit is refused then, not cut off.
   */
  | { readonly action: 'items'; readonly open: () => ItemGate; readonly counted?: true };

/** The response side of one operation. */
export interface Release {
  /**
   * Decides on the head alone. `check`: the body must be collected and given to `body`; anything else is final, and
   * `pass` lets the body stream through.
   */
  head(exchange: Exchange, status: number, contentType: string | undefined, fields?: AnswerFields): ReleaseHead;
  /** Decides on a whole body, which may be empty, after `head` said `check`. A promise only where something is fetched. */
  body(
    exchange: Exchange,
    status: number,
    contentType: string | undefined,
    body: string | Uint8Array,
  ): Released | Promise<Released>;
}

const pass: Released = { action: 'pass' };
const passWeak: Released = { action: 'pass', weak: true };
const empty: Released = { action: 'replace', body: '', contentType: undefined };

/** Statuses that never carry a body (RFC 9110 sections 15.3.5, 15.3.6, 15.4.5). */
const bodiless = new Set([204, 205, 304]);

/**
 * Compiles what may leave: status, media type and body must be documented and the body must match its schema
 * (API3:2023, API8:2023). Error bodies that do not match are replaced by problem details; anything else that does not
 * match is withheld. Undocumented properties are removed, or under profile `bank` the response is withheld.
 */
export function compileRelease(core: GuardCore, operation: Operation): Release {
  const responses = new Map<number, StatusPlan>();
  const undecided = compileUndecidedHead(core, operation);
  const givenCookie = compileGivenCookie(core, operation);
  const { statuses, mediaTypes } = core.undocumentedIn(operation);
  let harmless: Harmless | undefined;

  /** What becomes of an answer whose status, or media type, nobody documented. */
  function undocumented(
    what: 'statuses' | 'mediaTypes',
    exchange: Exchange,
    status: number,
    contentType: string | undefined,
    body: string | Uint8Array,
  ): Released {
    const done = what === 'statuses' ? statuses : mediaTypes;
    const name = what === 'statuses' ? String(status) : (essenceOf(contentType) ?? 'none');
    const reason = what === 'statuses' ? 'undeclared-status' : 'undeclared-media-type';
    if (done === 'harmless' || done === 'pass') {
      const may =
        done === 'pass'
          ? status < 400 || !leaksInternals(body)
          : status >= 400 && (harmless ??= compileHarmless(core, operation))(exchange, contentType, body);
      if (may) {
        exchange.tolerate(what, 'passed', [name]);
        return pass;
      }
    }
    if (status >= 400) return sanitised(core, exchange, status, reason);
    if (done !== 'remove')
      return withhold(
        core,
        reason,
        what === 'statuses' ? `status ${name} is not documented` : `media type ${name} is not documented`,
      );
    exchange.tolerate(what, 'removed', [name]);
    return empty;
  }

  function planOf(status: number): StatusPlan {
    let plan = responses.get(status);
    if (plan === undefined) {
      plan = new StatusPlan(core, operation, status);
      if (responses.size < 100) responses.set(status, plan);
    }
    return plan;
  }

  return {
    head(exchange, status, contentType, fields) {
      if (status < 200) return pass;
      const refusal = fields === undefined ? undefined : givenCookie?.(exchange, fields);
      if (refusal !== undefined) return { action: 'withhold', refusal };
      const secret = status === 403 || status === 404 ? undecided?.(exchange, status) : undefined;
      if (secret !== undefined) return secret;
      const plan = planOf(status);
      if (plan.response === undefined) {
        if (status === 304 && isSafe(operation.method)) return undecided?.(exchange, status) ?? pass;
        if (status < 400) {
          if (statuses === 'harmless' || statuses === 'refuse')
            return withhold(core, 'undeclared-status', `status ${status} is not documented`);
          const hidden = undecided?.(exchange, status);
          if (hidden !== undefined) return hidden;
        } else if (statuses === 'refuse') return sanitised(core, exchange, status, 'undeclared-status');
        if (!bodiless.has(status) && operation.method !== 'HEAD' && !exchange.headOfGet) return 'check';
        exchange.tolerate('statuses', 'passed', [String(status)]);
        return pass;
      }
      // What is asked for is elsewhere then, and `Location` says where: there is no body that could show the object.
      if (status >= 300 && status < 400) {
        const hidden = undecided?.(exchange, status);
        if (hidden !== undefined) return hidden;
      }
      if (status === 205) return 'check';
      if (plan.bodiless) return undecided?.(exchange, status) ?? pass;
      if (exchange.headOfGet)
        return (
          undecided?.(exchange, status) ?? (contentType !== undefined && plan.mayChange(contentType) ? passWeak : pass)
        );
      const content = contentType === undefined ? 'undeclared' : plan.content(contentType);
      if (content === 'undeclared' || content.json) return 'check';
      const hidden = undecided?.(exchange, status);
      if (hidden !== undefined) return hidden;
      if (content.streams === undefined) return 'check';
      const ruled = content.streams(exchange);
      const count = ruled.action === 'pass' ? plan.countOf(contentType ?? '') : undefined;
      if (count === undefined) return ruled;
      const length = fields?.getHeader('content-length');
      if (length !== undefined && !count.looks) return withheldBy(count.known(exchange, Number(length))) ?? pass;
      // What is coded has to be collected before anybody can look into it.
      if (count.looks && isCoded(fields)) return 'check';
      return { action: 'items', open: () => count.open(exchange), counted: true };
    },
    body(exchange, status, contentType, body) {
      if (body.length === 0) {
        const hidden = undecided?.(exchange, status);
        if (hidden !== undefined) return hidden;
        if (planOf(status).response === undefined) exchange.tolerate('statuses', 'passed', [String(status)]);
        return planOf(status).mayBeEmpty(contentType) ? pass : withhold(core, 'empty-body', 'there is no body');
      }
      if (planOf(status).response === undefined) return undocumented('statuses', exchange, status, contentType, body);
      if (status === 205) return withhold(core, 'reset-with-body', 'a 205 has no body (RFC 9110 section 15.3.6)');
      const content = contentType === undefined ? 'undeclared' : planOf(status).content(contentType);
      if (content === 'undeclared') {
        if (status >= 400 && mediaTypes === 'refuse') return sanitised(core, exchange, status, 'undeclared-media-type');
        if (status >= 400) return undocumented('mediaTypes', exchange, status, contentType, body);
        // Frameworks put a note for people beside `Location`; nobody needs it.
        if (status >= 300 && status < 400) return empty;
        if (isStatusText(status, body) && planOf(status).mayBeEmpty(undefined))
          return undecided?.(exchange, status) ?? empty;
        return undecided?.(exchange, status) ?? undocumented('mediaTypes', exchange, status, contentType, body);
      }
      if (!content.json) {
        const over = withheldBy(
          planOf(status)
            .countOf(contentType ?? '')
            ?.whole(exchange, body),
        );
        if (over !== undefined) return over;
      }
      try {
        return content.check(exchange, body);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        return withhold(core, 'too-complex', 'the body is too deep, or takes too long to check');
      }
    },
  };
}

/** What Koa writes where a handler only set a status, and Express with `sendStatus`: it says no more than the status. */
function isStatusText(status: number, body: string | Uint8Array): boolean {
  const phrase = STATUS_CODES[status];
  if (body.length > 40) return false;
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('latin1');
  return text === phrase || text === String(status);
}

function withheldBy(refusal: Refusal | undefined): Released | undefined {
  return refusal === undefined ? undefined : { action: 'withhold', refusal };
}

function isCoded(fields: FieldSource | undefined): boolean {
  const coding = String(fields?.getHeader('content-encoding') ?? '');
  return coding !== '' && coding.trim().toLowerCase() !== 'identity';
}

/** What one status may carry; its media types are compiled when first seen. */
class StatusPlan {
  readonly response: Response | undefined;
  readonly bodiless: boolean;
  readonly #core: GuardCore;
  readonly #operation: Operation;
  readonly #status: number;
  readonly #contents = new Map<string, ContentPlan | 'undeclared'>();
  readonly #counts = new Map<string, BodyCount | undefined>();

  constructor(core: GuardCore, operation: Operation, status: number) {
    this.#core = core;
    this.#operation = operation;
    this.#status = status;
    this.response = responseFor(operation, status);
    this.bodiless = bodiless.has(status) || operation.method === 'HEAD';
  }

  /** Nothing is no JSON text (RFC 8259 section 2), and no text that has to have letters. */
  mayBeEmpty(contentType: string | undefined): boolean {
    if (this.#status < 200 || this.#status >= 300 || this.bodiless || this.#status === 205) return true;
    if (contentType === undefined) {
      const content = this.response?.content ?? [];
      return content.length === 0 || !content.every(({ type, schema }) => isJson(type) && schema !== undefined);
    }
    const plan = this.content(contentType);
    return plan === 'undeclared' || (!plan.json && plan.streams !== undefined);
  }

  /** Whether a body of this media type may leave as another one. */
  mayChange(contentType: string): boolean {
    const plan = this.content(contentType);
    return plan !== 'undeclared' && plan.mayChange;
  }

  /** What counts bodies of this media type that are no JSON; undefined where nobody does. */
  countOf(contentType: string): BodyCount | undefined {
    if (this.#counts.has(contentType)) return this.#counts.get(contentType);
    const count = this.#status < 400 ? compileBodyCount(this.#core, this.#operation, contentType) : undefined;
    if (this.#counts.size < 256) this.#counts.set(contentType, count);
    return count;
  }

  content(contentType: string): ContentPlan | 'undeclared' {
    let plan = this.#contents.get(contentType);
    if (plan === undefined) {
      const media = this.response === undefined ? undefined : mediaTypeFor(this.response, contentType);
      plan =
        media === undefined
          ? 'undeclared'
          : compileContent(this.#core, this.#operation, media, this.#status, contentType);
      if (this.#contents.size < 256) this.#contents.set(contentType, plan);
    }
    return plan;
  }
}

function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** The documented response for a status: exact, then the range, then `default` (OpenAPI 3.2 section 4.16). */
export function responseFor(operation: Operation, status: number): Response | undefined {
  const exact = String(status);
  const range = `${Math.floor(status / 100)}XX`;
  return (
    operation.responses.find((response) => response.status === exact) ??
    operation.responses.find((response) => response.status.toUpperCase() === range) ??
    // A range request of a documented 200 is answered 206 with a part of the same representation.
    (status === 206 ? operation.responses.find((response) => response.status === '200') : undefined) ??
    operation.responses.find((response) => response.status === 'default')
  );
}

const named = new WeakMap<
  Response,
  readonly { readonly media: MediaType; readonly name: MediaTypeName | undefined }[]
>();

/** The documented media type that an answer has. */
export function mediaTypeFor(response: Response, contentType: string | undefined): MediaType | undefined {
  if (contentType === undefined) return undefined;
  let documented = named.get(response);
  if (documented === undefined) {
    documented = response.content.map((media) => ({ media, name: parseMediaType(media.type) }));
    named.set(response, documented);
  }
  const essence = essenceOf(contentType);
  const received = parseMediaType(contentType) ?? (essence === undefined ? undefined : parseMediaType(essence));
  if (received === undefined) return undefined;
  return (
    bestMediaType(documented, received)?.media ??
    // Problem details stand for a documented JSON error; its schema still decides (RFC 9457 section 3).
    (essence === 'application/problem+json'
      ? response.content.find((media) => essenceOf(media.type) === 'application/json')
      : undefined)
  );
}

/** Lower-cased type and subtype. */
export function essenceOf(contentType: string | undefined): string | undefined {
  if (contentType === undefined) return undefined;
  const end = contentType.indexOf(';');
  const essence = (end === -1 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
  return essence.includes('/') ? essence : undefined;
}
