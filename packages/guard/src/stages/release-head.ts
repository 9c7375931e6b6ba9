import {
  compileResponseFields,
  compileSequence,
  isSequence,
  type CompiledSequence,
  type Operation,
  type Response,
} from '@castellan/contract';
import { shownIssue } from '../audit/shown-names.ts';
import type { GuardCore } from '../core.ts';
import { sanitised } from '../error-body.ts';
import type { Exchange } from '../exchange.ts';
import type { Refusal } from '../problem.ts';
import { compileItemCheck, type ItemCheck } from './item-check.ts';
import { formatsBind, noteFormats } from './answer-schema.ts';
import { compileHiddenFields, type AnswerFields, type HideFields } from './hidden-fields.ts';
import { mediaTypeFor, responseFor, type Release, type Released } from './release.ts';

/** Lets the items of one streamed body through, each after it was checked. */
export interface ItemGate {
  /** The bytes that may leave now, and why nothing more may after them. */
  push(chunk: Uint8Array): Passed;
  /** The same for what is left when the body has ended. */
  end(): Passed;
}

interface Passed {
  readonly bytes: Uint8Array;
  readonly refusal: Refusal | undefined;
}

interface StatusPlan {
  readonly check: ReturnType<typeof compileResponseFields>;
  readonly hide: HideFields | undefined;
  readonly response: Response | undefined;
  readonly sequences: Map<string, StreamPlan | undefined>;
}

/** How the items of one media type are read and checked. */
interface StreamPlan {
  readonly sequence: CompiledSequence;
  readonly check: ItemCheck;
}

/** Media types whose plan is kept, per status: handlers may write any. */
const remembered = 64;

/**
 * Adds to the release of an operation what concerns heads and streams: header fields must be as documented, and the
 * items of JSON Lines, JSON text sequences and Server-Sent Events are checked one by one while they stream.
 * Operations that document neither keep their release as it is.
 */
export function releaseHeads(core: GuardCore, operation: Operation, release: Release): Release {
  const concerned = operation.responses.some(
    (response) => response.headers.length > 0 || response.content.some((media) => isSequence(media.type)),
  );
  if (!concerned) return release;
  const plans = new Map<number, StatusPlan>();
  const planOf = (status: number): StatusPlan => {
    let plan = plans.get(status);
    if (plan === undefined) {
      const response = responseFor(operation, status);
      const check = response === undefined ? undefined : compileResponseFields(core.contract, response.headers);
      const hide = response === undefined ? undefined : compileHiddenFields(core, response);
      plan = { response, check, hide, sequences: new Map() };
      if (plans.size < 100) plans.set(status, plan);
    }
    return plan;
  };
  const sequenceOf = (plan: StatusPlan, status: number, contentType: string): StreamPlan | undefined => {
    if (plan.sequences.has(contentType)) return plan.sequences.get(contentType);
    const documented = plan.response === undefined ? undefined : mediaTypeFor(plan.response, contentType);
    let stream: StreamPlan | undefined;
    if (documented?.itemSchema !== undefined && isSequence(contentType)) {
      const media = { ...documented, type: contentType };
      stream = {
        sequence: compileSequence(core.contract, media, {
          maxBytes: core.settings.maxBody,
          formats: formatsBind(core),
        }),
        check: compileItemCheck(core, operation, media, status),
      };
    }
    if (plan.sequences.size < remembered) plan.sequences.set(contentType, stream);
    return stream;
  };
  return {
    head(exchange, status, contentType, fields) {
      const plan = status < 200 ? undefined : planOf(status);
      const hasBody = plan !== undefined && contentType !== undefined && exchange.incoming.method !== 'HEAD';
      const stream =
        hasBody && exchange.ledger?.wantsObject !== true ? sequenceOf(plan, status, contentType) : undefined;
      // What a list shows is decided item by item, and its bytes are counted so.
      const decided = stream === undefined ? release.head(exchange, status, contentType, fields) : 'check';
      if (plan === undefined || (decided !== 'check' && decided.action === 'withhold')) return decided;
      const leaves = decided === 'check' || decided.action === 'pass';
      const wrong = leaves ? fieldsRefused(core, exchange, status, plan, fields) : undefined;
      const shown = fields === undefined ? undefined : plan.hide?.(exchange, fields);
      if (shown !== undefined)
        return { action: 'withhold', refusal: refusalOf(core, 'unreadable-field', `${shown} may not be read`) };
      if (wrong !== undefined || !leaves) return wrong ?? decided;
      return stream === undefined ? decided : { action: 'items', open: () => gate(core, exchange, stream) };
    },
    body: (exchange, status, contentType, body) => release.body(exchange, status, contentType, body),
  };
}

function fieldsRefused(
  core: GuardCore,
  exchange: Exchange,
  status: number,
  plan: StatusPlan,
  fields: AnswerFields | undefined,
): Released | undefined {
  const issues = fields === undefined ? [] : (plan.check?.(fields) ?? []);
  const issue = formatsBind(core) ? issues[0] : issues.find(({ keyword }) => keyword !== 'format');
  if (issue === undefined) {
    noteFormats(exchange, issues);
    return undefined;
  }
  if (status >= 400) return sanitised(core, exchange, status, 'header-field');
  return { action: 'withhold', refusal: refusalOf(core, 'header-field', shownIssue(core.contract, issue)) };
}

function gate(core: GuardCore, exchange: Exchange, { sequence, check }: StreamPlan): ItemGate {
  const reader = sequence.open();
  const pass = (items: ReturnType<typeof reader.push>): Passed => {
    const good: Uint8Array[] = [];
    for (const item of items) {
      const [issue] = item.issues;
      if (issue !== undefined)
        return { bytes: joined(good), refusal: refusalOf(core, 'item', shownIssue(core.contract, issue)) };
      if (item.formats !== undefined) noteFormats(exchange, item.formats);
      const checked = check(exchange, item);
      if ('refusal' in checked) return { bytes: joined(good), refusal: checked.refusal };
      good.push(checked.bytes);
    }
    return { bytes: joined(good), refusal: undefined };
  };
  return { push: (chunk) => pass(reader.push(chunk)), end: () => pass(reader.end()) };
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces;
  return pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces);
}

function refusalOf(core: GuardCore, reason: string, log: string): Refusal {
  return { type: 'response-withheld', status: core.settings.withheldStatus, reason, log };
}
