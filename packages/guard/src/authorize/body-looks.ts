import {
  compileResourceAccess,
  isSequence,
  type Findings,
  type Operation,
  type ResourceAccess,
  type Schema,
} from '@castellan/contract';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';

/** Finds what a body holds: resources, restricted properties, references. */
export interface BodyLook {
  /** Types of resources that it can find. */
  readonly types: ReadonlySet<string>;
  /** False where the body cannot be searched whole. */
  readonly find: (exchange: Exchange, findings: Findings) => boolean;
}

const bodies = new WeakMap<Exchange, { body: unknown }>();

/** What a whole body hangs in. */
export function bodyOf(exchange: Exchange): { body: unknown } {
  let holder = bodies.get(exchange);
  if (holder === undefined) bodies.set(exchange, (holder = { body: exchange.value }));
  return holder;
}

/**
 * Compiles the search of an operation's bodies: of whole ones by `schema`, and of each item of a sequence by `itemSchema`.
 * Where a sequence has only a `schema`, documents mean an item by it as often as the list: both are searched.
 */
export function compileBodyLooks(core: GuardCore, operation: Operation): readonly BodyLook[] {
  const looks: BodyLook[] = [];
  const add = (schema: Schema | undefined, find: (access: ResourceAccess) => BodyLook['find']): void => {
    if (schema === undefined) return;
    const access = compileResourceAccess(core.contract, schema, 'request', { resources: core.authority !== undefined });
    if (access !== undefined) looks.push({ types: access.types, find: find(access) });
  };
  for (const { type, schema, itemSchema } of operation.body?.content ?? []) {
    const isOfItems = isSequence(type);
    const maySpeak = (exchange: Exchange): boolean => type.includes('*') || isOfItems === arrivesInItems(exchange);
    add(schema, (access) => (exchange, findings) => {
      return !maySpeak(exchange) || access.visitIn(bodyOf(exchange), 'body', findings);
    });
    add(itemSchema ?? (isOfItems ? schema : undefined), (access) => (exchange, findings) => {
      const { value } = exchange;
      return !Array.isArray(value) || !arrivesInItems(exchange) || access.visitItems(value, findings);
    });
  }
  return looks;
}

/** Whether the body is a sequence, so that its value is the list of its items. */
export function arrivesInItems({ fields }: Exchange): boolean {
  return isSequence(fields?.contentType ?? '');
}
