import {
  compileScan,
  compileSchema,
  compileUndocumented,
  parseJson,
  type FieldSource,
  type MediaType,
  type Operation,
  type Response,
  type Scan,
  type Schema,
  type Undocumented,
} from '@castellan/contract';
import { answerChecks } from '../authorize/answer.ts';
import { inOrder, type AnswerCheckFunction, type AnswerOutcome } from '../authorize/answer-check.ts';
import { compileByteBudget, type ByteBudget } from '../authorize/budget.ts';
import { compileUndecidedHead } from '../authorize/undecided-head.ts';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import { uncheckable } from './uncheckable.ts';
import { hasDuplicateKeys } from './duplicate-keys.ts';
import { leaksInternals, sanitised } from '../error-body.ts';
import type { Refusal } from '../problem.ts';
import type { ItemGate } from './release-head.ts';

/** What becomes of a response. */
export type Released =
  /** It leaves as it is. */
  | {
      readonly action: 'pass';
      /** Whether every character is known to be one byte. */
      readonly ascii?: boolean;
    }
  /** It leaves with another body, under the same status. */
  | { readonly action: 'replace'; readonly body: string; readonly contentType: string | undefined }
  /** Nothing of it leaves. */
  | { readonly action: 'withhold'; readonly refusal: Refusal };

/** What to do with a response whose head is known and whose body is still to come. */
type ReleaseHead =
  | 'check'
  | Released
  /** It streams, item by item: the gate says which bytes leave. */
  | { readonly action: 'items'; readonly open: () => ItemGate };

/** The response side of one operation. */
export interface Release {
  /**
   * Decides on the head alone. `check`: the body must be collected and given to `body`; anything else is final, and
   * `pass` lets the body stream through.
   */
  head(exchange: Exchange, status: number, contentType: string | undefined, fields?: FieldSource): ReleaseHead;
  /** Decides on a whole body, which may be empty, after `head` said `check`. A promise only where something is fetched. */
  body(
    exchange: Exchange,
    status: number,
    contentType: string | undefined,
    body: string | Uint8Array,
  ): Released | Promise<Released>;
}

const pass: Released = { action: 'pass' };
const passAscii: Released = { action: 'pass', ascii: true };

/** Statuses that never carry a body (RFC 9110 sections 15.3.5, 15.3.6, 15.4.5). */
const bodiless = new Set([204, 205, 304]);

/** A documented media type of one response, compiled when first used. */
interface ContentPlan {
  readonly json: boolean;
  /** Undefined where the text may leave unchanged, otherwise what it becomes or why it is withheld. */
  readonly check: (exchange: Exchange, body: string | Uint8Array) => Released | Promise<Released>;
}

/**
 * Compiles what may leave: status, media type and body must be documented and the body must match its schema
 * (API3:2023, API8:2023). Error bodies that do not match are replaced by problem details; anything else that does not
 * match is withheld. Undocumented properties are removed, or under profile `bank` the response is withheld.
 */
export function compileRelease(core: GuardCore, operation: Operation): Release {
  const responses = new Map<number, StatusPlan>();
  const undecided = compileUndecidedHead(core, operation);
  const spend = compileByteBudget(core, operation);

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
      const secret = status === 403 || status === 404 ? undecided?.(exchange, status) : undefined;
      if (secret !== undefined) return secret;
      const plan = planOf(status);
      if (plan.response === undefined) {
        if (status === 304 && isSafe(operation.method)) return undecided?.(exchange, status) ?? pass;
        if (status >= 400) return sanitised(exchange, status, 'undeclared-status');
        return withhold(core, 'undeclared-status', `status ${status} is not documented`);
      }
      // What is asked for is elsewhere then, and `Location` says where: there is no body that could show the object.
      if (status >= 300 && status < 400) {
        const hidden = undecided?.(exchange, status);
        if (hidden !== undefined) return hidden;
      }
      if (status === 205) return 'check';
      if (plan.bodiless || exchange.headOfGet) return undecided?.(exchange, status) ?? pass;
      const content = contentType === undefined ? 'undeclared' : plan.content(contentType);
      if (content === 'undeclared' || content.json) return 'check';
      const hidden = undecided?.(exchange, status);
      if (hidden !== undefined) return hidden;
      const ruled = content.check(exchange, '');
      if (ruled instanceof Promise || ruled.action !== 'pass' || spend === undefined)
        return ruled instanceof Promise ? 'check' : ruled;
      // A body whose length is told may stream; another one is counted before it leaves.
      const length = fields?.getHeader('content-length');
      return length === undefined ? 'check' : (spent(spend, exchange, Number(length)) ?? pass);
    },
    body(exchange, status, contentType, body) {
      if (body.length === 0) return undecided?.(exchange, status) ?? pass;
      if (status === 205) return withhold(core, 'reset-with-body', 'a 205 has no body (RFC 9110 section 15.3.6)');
      const content = contentType === undefined ? 'undeclared' : planOf(status).content(contentType);
      if (content === 'undeclared') {
        if (status >= 400) return sanitised(exchange, status, 'undeclared-media-type');
        // Frameworks put a note for people beside `Location`; nobody needs it.
        if (status >= 300 && status < 400) return { action: 'replace', body: '', contentType: undefined };
        return withhold(
          core,
          'undeclared-media-type',
          contentType === undefined ? 'no media type' : `media type ${contentType} is not documented`,
        );
      }
      if (!content.json && spend !== undefined) {
        const bytes = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
        return spent(spend, exchange, bytes) ?? pass;
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

function spent(spend: ByteBudget, exchange: Exchange, bytes: number): Released | undefined {
  const refusal = spend(exchange, bytes);
  return refusal === undefined ? undefined : { action: 'withhold', refusal };
}

/** What one status may carry; its media types are compiled when first seen. */
class StatusPlan {
  readonly response: Response | undefined;
  readonly bodiless: boolean;
  readonly #core: GuardCore;
  readonly #operation: Operation;
  readonly #status: number;
  readonly #contents = new Map<string, ContentPlan | 'undeclared'>();

  constructor(core: GuardCore, operation: Operation, status: number) {
    this.#core = core;
    this.#operation = operation;
    this.#status = status;
    this.response = responseFor(operation, status);
    this.bodiless = bodiless.has(status) || operation.method === 'HEAD';
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

export function mediaTypeFor(response: Response, contentType: string | undefined): MediaType | undefined {
  const essence = essenceOf(contentType);
  if (essence === undefined) return undefined;
  const type = essence.slice(0, essence.indexOf('/'));
  return (
    response.content.find((media) => essenceOf(media.type) === essence) ??
    response.content.find((media) => media.type === `${type}/*`) ??
    response.content.find((media) => media.type === '*/*') ??
    // Problem details stand for a documented JSON error; its schema still decides (RFC 9457 section 3).
    (essence === 'application/problem+json'
      ? response.content.find((media) => essenceOf(media.type) === 'application/json')
      : undefined)
  );
}

function essenceOf(contentType: string | undefined): string | undefined {
  if (contentType === undefined) return undefined;
  const end = contentType.indexOf(';');
  const essence = (end === -1 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
  return essence.includes('/') ? essence : undefined;
}

/** @param contentType of the answer, which the documented media type may only give a range for */
function compileContent(
  core: GuardCore,
  operation: Operation,
  media: MediaType,
  status: number,
  contentType: string,
): ContentPlan {
  const essence = essenceOf(contentType) ?? '';
  // `text/json` and `application/x-json` are JSON to whoever reads them.
  const json = /[/+-]json$/.test(essence);
  if (!json) return { json: false, check: uncheckable(core, media) };
  const schema =
    media.schema === undefined ? undefined : compileSchema(core.contract, media.schema, { direction: 'response' });
  const names = media.schema === undefined ? undefined : compileUndocumented(core.contract, media.schema, 'response');
  const profile = core.contract.castellan.profile;
  const strict = core.settings.strictResponses;
  const parse = strict ? strictJson : nativeJson;
  const checks = inOrder(answerChecks.map((check) => check.compile(core, operation, media, status)));
  // What must be looked into has to be parsed all the same.
  const scan = media.schema === undefined || checks !== undefined ? undefined : scanLater(core, media.schema, !strict);

  return {
    json: true,
    check(exchange, body) {
      // Most answers are what their schema says, and that can be seen without parsing them.
      const length = scan?.accepts(body);
      if (length !== undefined) {
        if (status >= 400 && leaksInternals(body)) return sanitised(exchange, status, 'shows-internals');
        return length === body.length ? passAscii : pass;
      }
      const released = shape(exchange, body);
      return checks === undefined ? released : permitted(checks, exchange, status, body, released);
    },
  };

  function shape(exchange: Exchange, body: string | Uint8Array): Shaped {
    const value = parse(body);
    if (value === undefined)
      return status >= 400
        ? sanitised(exchange, status, 'bad-json')
        : withhold(core, 'bad-json', 'the body is not JSON');
    const documented = names === undefined || profile === 'toy' || !names.in(value.json);
    if (schema !== undefined && !schema.check(value.json)) {
      if (status >= 400) return sanitised(exchange, status, 'schema');
      // A closed schema refuses what it does not name: without that, the rest may well be right.
      if (
        documented ||
        profile === 'bank' ||
        names === undefined ||
        !schema.check(without(exchange, names, value.json))
      ) {
        const [issue] = schema.explain(value.json, 1);
        return withhold(
          core,
          'schema',
          issue === undefined ? 'the body does not match its schema' : `${issue.pointer || '/'} ${issue.message}`,
        );
      }
      return replace(value.json);
    }
    if (status >= 400 && leaksInternals(body)) return sanitised(exchange, status, 'shows-internals');
    if (documented || names === undefined) return { ...pass, value: value.json };
    if (profile === 'bank')
      return withhold(core, 'undocumented-property', `${names.find(value.json, 1)[0] ?? '/'} is not documented`);
    return replace(without(exchange, names, value.json));
  }
}

/** Answers after which a scanner is worth its memory. */
const often = 20;

/** A scanner that is compiled when the operation has answered a few times. */
function scanLater(core: GuardCore, schema: Schema, free: boolean): Scan {
  let calls = 0;
  let scan: Scan | undefined;
  return {
    accepts(body) {
      if (++calls === often) scan = compileScan(core.contract, schema, { direction: 'response', free });
      return scan?.accepts(body);
    },
  };
}

/** The value without what nobody documented; how much that was is recorded. */
function without(exchange: Exchange, names: Undocumented, value: unknown): unknown {
  const { count, pointers } = names.remove(value);
  exchange.change('undocumented-property', pointers, count);
  return value;
}

function replace(value: unknown): Shaped {
  return { action: 'replace', body: JSON.stringify(value), contentType: undefined, value };
}

/** An answer that has the documented form, with its value where it may leave. */
type Shaped = Released & { readonly value?: unknown };

/** What the checks of an answer make of one that has the documented form. */
function permitted(
  checks: AnswerCheckFunction,
  exchange: Exchange,
  status: number,
  body: string | Uint8Array,
  released: Shaped,
): Released | Promise<Released> {
  if (!('value' in released)) return released;
  const settle = (outcome: AnswerOutcome): Released => {
    // What was decided on is what was parsed: of a key that stands twice, whoever reads the text may see the other value.
    if (outcome === undefined && (released.action !== 'pass' || !hasDuplicateKeys(body, released.value)))
      return released;
    if (outcome === undefined || outcome === 'changed') return replace(released.value);
    return status >= 400
      ? sanitised(exchange, status, outcome.reason ?? outcome.type)
      : { action: 'withhold', refusal: outcome };
  };
  const outcome = checks(exchange, released.value, body.length);
  return outcome instanceof Promise ? outcome.then(settle) : settle(outcome);
}

interface Parsed {
  readonly json: unknown;
}

function nativeJson(body: string | Uint8Array): Parsed | undefined {
  try {
    return {
      json: JSON.parse(
        typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'),
      ),
    };
  } catch {
    return undefined;
  }
}

function strictJson(body: string | Uint8Array): Parsed | undefined {
  const parsed = parseJson(typeof body === 'string' ? Buffer.from(body) : body, responseLimits);
  return 'value' in parsed ? { json: parsed.value } : undefined;
}

/** An answer may be larger than any request; its size is bounded by `maxResponse` before it gets here. */
const responseLimits = {
  maxBytes: Number.MAX_SAFE_INTEGER,
  maxDepth: 128,
  maxNodes: 5_000_000,
  maxString: 64 * 1024 * 1024,
  maxParts: 0,
};

function withhold(core: GuardCore, reason: string, log: string): Released {
  return {
    action: 'withhold',
    refusal: { type: 'response-withheld', status: core.settings.withheldStatus, reason, log },
  };
}
