import {
  compileEventContent,
  compileResourceAccess,
  compileUndocumented,
  parseJsonText,
  writeEvent,
  type MediaType,
  type Operation,
  type PropertyRule,
  type Schema,
  type SequenceItem,
  type ServerSentEvent,
} from '@castellan/contract';
import { answeredResources } from '../authorize/answered-resources.ts';
import { compileItemSpend } from '../authorize/budget.ts';
import { compileItemCap } from '../authorize/page.ts';
import { undecided } from '../authorize/refusals.ts';
import { mayTouch } from '../authorize/rules.ts';
import { shownNames } from '../audit/shown-names.ts';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import type { Refusal } from '../problem.ts';
import { jsonText } from './json-text.ts';

/** What leaves of one item of a stream, or why nothing more does. */
export type ItemCheck = (
  exchange: Exchange,
  item: SequenceItem,
) => { readonly bytes: Uint8Array } | { readonly refusal: Refusal };

/**
 * An item of a stream that matches its schema is looked at as a JSON answer is: what nobody documented or the caller may
 * not read is taken out, and its objects must be permitted (API1:2023, API3:2023). A decision for which something has to be
 * fetched cannot be made while a body streams: the stream ends there.
 */
export function compileItemCheck(core: GuardCore, operation: Operation, media: MediaType, status: number): ItemCheck {
  const { itemSchema } = media;
  const essence = (media.type.split(';')[0] ?? '').trim().toLowerCase();
  const isEvents = essence === 'text/event-stream';
  const names = isEvents ? undefined : namesOf(core, operation, itemSchema);
  const look = answeredResources.compile(core, operation, { ...media, schema: itemSchema }, status);
  const data = isEvents ? compileEventData(core, operation, media, status) : undefined;
  const spend = compileItemSpend(core, operation, { schema: isEvents ? undefined : itemSchema }, status);
  const cap = compileItemCap(core, operation);
  const counts = new WeakMap<Exchange, number>();
  return (exchange, { bytes, value }) => {
    if (cap !== undefined && value !== undefined) {
      const count = (counts.get(exchange) ?? 0) + 1;
      counts.set(exchange, count);
      const tooMany = cap(count);
      if (tooMany === 'left-out') {
        exchange.change('list-cut', ['/'], 1);
        return { bytes: nothing };
      }
      if (tooMany !== undefined) return { refusal: tooMany };
    }
    const over = spend?.(exchange, value, bytes.length);
    if (over !== undefined) return { refusal: over };
    if (value === undefined) return { bytes };
    const held = data?.(value as ServerSentEvent);
    if (held !== undefined) return held(exchange, bytes);
    const outcome = judge(core, operation, exchange, value, bytes, names, look);
    if (typeof outcome === 'object') return { refusal: outcome };
    if (outcome === undefined) return { bytes };
    if (isEvents) return { refusal: eventWithheld(core) };
    const text = `${jsonText(value)}\n`;
    return { bytes: Buffer.from(bytes[0] === 0x1e ? `\x1e${text}` : text) };
  };
}

const nothing = new Uint8Array(0);

type Names = ReturnType<typeof compileUndocumented> | undefined;
type Look = ReturnType<typeof answeredResources.compile>;

function namesOf(core: GuardCore, operation: Operation, schema: Schema | undefined): Names {
  return schema === undefined || core.undocumentedIn(operation).responseProperties === 'keep'
    ? undefined
    : compileUndocumented(core.contract, schema, 'response');
}

function judge(
  core: GuardCore,
  operation: Operation,
  exchange: Exchange,
  value: unknown,
  bytes: Uint8Array,
  names: Names,
  look: Look,
): undefined | 'changed' | Refusal {
  let changed = false;
  if (names?.in(value) === true) {
    const { responseProperties } = core.undocumentedIn(operation);
    if (responseProperties === 'refuse')
      return withheld(
        core,
        'undocumented-property',
        `${shownNames(core.contract).pointer(names.find(value, 1)[0] ?? '/')} is not documented`,
      );
    if (responseProperties === 'pass') exchange.tolerate('responseProperties', 'passed', names.find(value));
    else {
      const { count, pointers } = names.remove(value);
      exchange.change('undocumented-property', pointers, count);
      changed = true;
    }
  }
  const outcome = look?.(exchange, value, bytes.length);
  if (outcome instanceof Promise) {
    outcome.catch((error: unknown) => (exchange.failure ??= error));
    return undecided(core, `${operation.operationId} streams an object that nothing is known of yet`);
  }
  return outcome ?? (changed ? 'changed' : undefined);
}

/** Events whose `data` is JSON by `contentSchema`: what it holds is looked at, and written anew where it changes. */
function compileEventData(
  core: GuardCore,
  operation: Operation,
  media: MediaType,
  status: number,
):
  | ((event: ServerSentEvent) => ((exchange: Exchange, bytes: Uint8Array) => ReturnType<ItemCheck>) | undefined)
  | undefined {
  const content =
    media.itemSchema === undefined ? undefined : compileEventContent(core.contract, media.itemSchema, 'response');
  if (content === undefined) return undefined;
  /** By what the schema says, so that each is compiled once. */
  const known = new Map<unknown, { readonly names: Names; readonly look: Look }>();
  const checksOf = (schema: Schema): { readonly names: Names; readonly look: Look } => {
    let checks = known.get(schema.raw);
    if (checks === undefined) {
      const look = answeredResources.compile(core, operation, { ...media, schema }, status);
      known.set(schema.raw, (checks = { names: namesOf(core, operation, schema), look }));
    }
    return checks;
  };
  const hides = compileEventRules(core, media);
  return (event) => {
    if (event.data === undefined) return undefined;
    const schemas = content.of(event);
    if (schemas.length === 0) return undefined;
    return (exchange, bytes) => {
      if (hides?.(exchange, event) === true) return { refusal: eventWithheld(core) };
      const parsed = parseJsonText(event.data ?? '');
      if (!('value' in parsed)) return { refusal: withheld(core, 'item', '/data is not the JSON that is documented') };
      let changed = false;
      for (const schema of schemas) {
        const { names, look } = checksOf(schema);
        const outcome = judge(core, operation, exchange, parsed.value, bytes, names, look);
        if (typeof outcome === 'object') return { refusal: outcome };
        if (outcome !== undefined) changed = true;
      }
      if (!changed) return { bytes };
      return { bytes: Buffer.from(writeEvent({ ...event, data: jsonText(parsed.value) })) };
    };
  };
}

/** What the schema of an event says of who may read its fields, whatever their text holds. */
function compileEventRules(
  core: GuardCore,
  { itemSchema }: MediaType,
): ((exchange: Exchange, event: ServerSentEvent) => boolean) | undefined {
  const access =
    itemSchema === undefined
      ? undefined
      : compileResourceAccess(core.contract, itemSchema, 'response', { resources: false });
  if (access === undefined) return undefined;
  const whole = access.whole.map((allowed) => ({ name: '', allowed }));
  const ruled = (['data', 'event', 'id', 'retry'] as const).map((name) => [name, access.at([name]).rules] as const);
  if (whole.length === 0 && ruled.every(([, rules]) => rules.length === 0)) return undefined;
  const isHidden = (exchange: Exchange, rules: readonly PropertyRule[]): boolean =>
    !rules.every((rule) => mayTouch(core, exchange, rule, () => undefined));
  return (exchange, event) =>
    isHidden(exchange, whole) || ruled.some(([name, rules]) => event[name] !== undefined && isHidden(exchange, rules));
}

function eventWithheld(core: GuardCore): Refusal {
  return withheld(core, 'item', 'an event holds what this caller may not read');
}

function withheld(core: GuardCore, reason: string, log: string): Refusal {
  return { type: 'response-withheld', status: core.settings.withheldStatus, reason, log };
}
