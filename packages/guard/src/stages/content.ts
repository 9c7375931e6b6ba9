import {
  compileScan,
  compileUndocumented,
  isJson,
  isUnread,
  parseJson,
  type Decoder,
  type MediaType,
  type Operation,
  type Scan,
  type Schema,
  type Undocumented,
} from '@castellan/contract';
import { answerChecks } from '../authorize/answer.ts';
import { inOrder, type AnswerCheckFunction, type AnswerOutcome } from '../authorize/answer-check.ts';
import { shownIssue, shownNames } from '../audit/shown-names.ts';
import type { GuardCore } from '../core.ts';
import { leaksInternals, sanitised } from '../error-body.ts';
import type { Exchange } from '../exchange.ts';
import { hasDuplicateKeys } from './duplicate-keys.ts';
import { essenceOf, type Released } from './release.ts';
import { compileText } from './text.ts';
import { compileAnswerSchema } from './answer-schema.ts';

const pass: Released = { action: 'pass' };
const passAscii: Released = { action: 'pass', ascii: true };

/** A documented media type of one response, compiled when first used. */
export interface ContentPlan {
  readonly json: boolean;
  /** Whether something may be taken out of the body. */
  readonly mayChange: boolean;
  /** What is decided before the body streams; undefined where it has to be collected. */
  readonly streams: ((exchange: Exchange) => Released) | undefined;
  /** Decides on a whole body that is not empty. */
  readonly check: (exchange: Exchange, body: string | Uint8Array) => Released | Promise<Released>;
}

/** @param contentType of the answer, which the documented media type may only give a range for */
export function compileContent(
  core: GuardCore,
  operation: Operation,
  media: MediaType,
  status: number,
  contentType: string,
): ContentPlan {
  const essence = essenceOf(contentType) ?? '';
  // `text/json` and `application/x-json` are JSON to whoever reads them.
  const json = isJson(essence);
  const decoder = json ? undefined : core.decoders.of(essence);
  if (!json && decoder === undefined && isUnread(core.contract, media.schema, essence))
    return unread(core, essence, status);
  if (!json && decoder?.decode === undefined) {
    const text = compileText(core, media, essence);
    return status >= 400 ? errorText(core, text, status) : text;
  }
  const schema = media.schema === undefined ? undefined : compileAnswerSchema(core, media.schema);
  const names = media.schema === undefined ? undefined : compileUndocumented(core.contract, media.schema, 'response');
  const { responseProperties } = core.undocumentedIn(operation);
  const strict = core.settings.strictResponses;
  const decode = decoder?.decode;
  const parse = decode === undefined ? (strict ? strictJson : nativeJson) : decoded(decode);
  const checks = inOrder(answerChecks.map((check) => check.compile(core, operation, media, status)));
  // What must be looked into has to be parsed all the same.
  const scan =
    !json || media.schema === undefined || checks !== undefined ? undefined : scanLater(core, media.schema, !strict);

  return {
    json: true,
    mayChange: json && (checks !== undefined || (names !== undefined && responseProperties === 'remove')),
    streams: undefined,
    check(exchange, body) {
      // Most answers are what their schema says, and that can be seen without parsing them.
      const length = scan?.accepts(body);
      if (length !== undefined) {
        if (status >= 400 && leaksInternals(body)) return sanitised(core, exchange, status, 'shows-internals');
        return length === body.length ? passAscii : pass;
      }
      const released = shape(exchange, body);
      const outcome =
        checks === undefined
          ? released
          : permitted(core, checks, exchange, status, json ? body : undefined, body.length, released);
      if (json) return outcome;
      return outcome instanceof Promise
        ? outcome.then((settled) => unchanged(exchange, settled))
        : unchanged(exchange, outcome);
    },
  };

  /** Nobody writes what was read anew. */
  function unchanged(exchange: Exchange, released: Released): Released {
    if (released.action !== 'replace' || released.contentType !== undefined) return released;
    if (status >= 400) return sanitised(core, exchange, status, 'cannot-be-changed');
    return withhold(core, 'cannot-be-changed', `something would have to be left out of a body of ${essence}`);
  }

  function shape(exchange: Exchange, body: string | Uint8Array): Shaped {
    const value = parse(body);
    if (value === undefined)
      return status >= 400
        ? sanitised(core, exchange, status, json ? 'bad-json' : 'bad-body')
        : json
          ? withhold(core, 'bad-json', 'the body is not JSON')
          : withhold(core, 'bad-body', `the body is not ${essence}`);
    const documented = names === undefined || responseProperties === 'keep' || !names.in(value.json);
    if (schema !== undefined && !schema.fits(exchange, value.json)) {
      if (status >= 400) return sanitised(core, exchange, status, 'schema');
      // A closed schema refuses what it does not name: without that, the rest may well be right.
      if (
        documented ||
        responseProperties === 'refuse' ||
        names === undefined ||
        !schema.fits(
          exchange,
          responseProperties === 'pass' ? bare(names, value.json) : without(exchange, names, value.json),
        )
      ) {
        const [issue] = schema.explain(value.json, 1);
        return withhold(
          core,
          'schema',
          issue === undefined ? 'the body does not match its schema' : shownIssue(core.contract, issue),
        );
      }
      if (responseProperties !== 'pass') return replace(value.json);
    }
    if (status >= 400 && leaksInternals(body)) return sanitised(core, exchange, status, 'shows-internals');
    if (documented || names === undefined) return { ...pass, value: value.json };
    if (responseProperties === 'pass') {
      exchange.tolerate('responseProperties', 'passed', names.find(value.json));
      return { ...pass, value: value.json };
    }
    if (responseProperties === 'refuse')
      return withhold(
        core,
        'undocumented-property',
        `${shownNames(core.contract).pointer(names.find(value.json, 1)[0] ?? '/')} is not documented`,
      );
    return replace(without(exchange, names, value.json));
  }
}

/** Who reads such a body knows what nobody here looked at. */
function unread(core: GuardCore, essence: string, status: number): ContentPlan {
  return {
    json: true,
    mayChange: false,
    streams: undefined,
    check: (exchange) =>
      status >= 400
        ? sanitised(core, exchange, status, 'unread-media-type')
        : withhold(core, 'unread-media-type', `bodies of ${essence} are not read: name who reads them under decoders`),
  };
}

/** An error page of any media type is collected: it may show the inside. */
function errorText(core: GuardCore, text: ContentPlan, status: number): ContentPlan {
  return {
    json: false,
    mayChange: false,
    streams: undefined,
    check(exchange, body) {
      return leaksInternals(body) ? sanitised(core, exchange, status, 'shows-internals') : text.check(exchange, body);
    },
  };
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

/** A copy without what nobody documented. */
function bare(names: Undocumented, value: unknown): unknown {
  const copy: unknown = structuredClone(value);
  names.remove(copy);
  return copy;
}

function replace(value: unknown): Shaped {
  return { action: 'replace', body: JSON.stringify(value), contentType: undefined, value };
}

/** An answer that has the documented form, with its value where it may leave. */
type Shaped = Released & { readonly value?: unknown };

/** What the checks of an answer make of one that has the documented form. */
function permitted(
  core: GuardCore,
  checks: AnswerCheckFunction,
  exchange: Exchange,
  status: number,
  /** Undefined where it is no JSON. */
  body: string | Uint8Array | undefined,
  length: number,
  released: Shaped,
): Released | Promise<Released> {
  if (!('value' in released)) return released;
  const settle = (outcome: AnswerOutcome): Released => {
    // What was decided on is what was parsed: of a key that stands twice, whoever reads the text may see the other value.
    if (
      outcome === undefined &&
      (released.action !== 'pass' || body === undefined || !hasDuplicateKeys(body, released.value))
    )
      return released;
    if (outcome === undefined || outcome === 'changed') return replace(released.value);
    return status >= 400
      ? sanitised(core, exchange, status, outcome.reason ?? outcome.type)
      : { action: 'withhold', refusal: outcome };
  };
  const outcome = checks(exchange, released.value, length);
  return outcome instanceof Promise ? outcome.then(settle) : settle(outcome);
}

function decoded(decode: NonNullable<Decoder['decode']>): (body: string | Uint8Array) => Parsed | undefined {
  return (body) => {
    const read = decode(typeof body === 'string' ? Buffer.from(body) : body, responseLimits);
    return 'value' in read ? { json: read.value } : undefined;
  };
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

export function withhold(core: GuardCore, reason: string, log: string): Released {
  return {
    action: 'withhold',
    refusal: { type: 'response-withheld', status: core.settings.withheldStatus, reason, log },
  };
}
