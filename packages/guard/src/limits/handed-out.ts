import { compileResourceAccess, type Findings, type MediaType, type Operation } from '@castellan/contract';
import { countRecords, outermostObjects } from '../authorize/records.ts';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import { operationLimits } from './effective.ts';
import { sensitiveNames } from './sensitive-names.ts';

/** What one answer gives away. Complete when the exchange ends. */
export interface HandedOut {
  /** Objects of lists, items of streams, lines of tables; 1 for a single object or file. */
  readonly records: number;
  /** Bytes of the body. */
  readonly bytes: number;
  /** Ids of objects by resource type; those without an id are not named. */
  readonly objects: ReadonlyMap<string, ReadonlySet<string>>;
  /** How often a sensitive property was handed out, by its name. */
  readonly sensitive: ReadonlyMap<string, number>;
}

/** Counts what a value gives away. */
export type CountAnswer = (value: unknown, bytes: number) => HandedOut;

const noObjects: HandedOut['objects'] = new Map();
const nothing: HandedOut['sensitive'] = new Map();

/** What a body gives away of which only its size, and perhaps its lines, are known. */
export function handedOutOf(records: number, bytes: number): HandedOut {
  return { records, bytes, objects: noObjects, sensitive: nothing };
}

/** Adds to what the exchange gives away: streams are looked at item by item. */
export function handOut(exchange: Exchange, more: HandedOut): void {
  const known = exchange.handedOut;
  if (known === undefined) {
    exchange.handedOut = more;
    return;
  }
  const objects = new Map<string, Set<string>>();
  for (const from of [known.objects, more.objects])
    for (const [type, ids] of from) {
      let all = objects.get(type);
      if (all === undefined) objects.set(type, (all = new Set()));
      for (const id of ids) all.add(id);
    }
  const sensitive = new Map(known.sensitive);
  for (const [name, times] of more.sensitive) sensitive.set(name, (sensitive.get(name) ?? 0) + times);
  exchange.handedOut = {
    records: known.records + more.records,
    bytes: known.bytes + more.bytes,
    objects: more.objects.size === 0 ? known.objects : objects,
    sensitive: more.sensitive.size === 0 ? known.sensitive : sensitive,
  };
}

/** Whether anything wants to know what the answers of an operation give away: a budget, a cost, a sink of facts. */
export function isCounted(core: GuardCore, operation: Operation): boolean {
  return (
    core.countsAnswers ||
    operation.castellan.budget !== undefined ||
    core.contract.castellan.budget !== undefined ||
    operationLimits(core.contract, operation, core.settings).some(
      ({ cost }) => typeof cost === 'object' && (cost.of === 'answer.records' || cost.of === 'answer.bytes'),
    )
  );
}

/**
 * Compiles the count of one media type's values. Errors give no records away.
 * @param media whose `schema` describes the value
 */
export function compileCount(core: GuardCore, { schema }: Pick<MediaType, 'schema'>, status: number): CountAnswer {
  if (status >= 400) return (_, bytes) => handedOutOf(0, bytes);
  if (schema === undefined) return (value, bytes) => handedOutOf(countRecords(value), bytes);
  const access = compileResourceAccess(core.contract, schema, 'response', { resources: true });
  const names = sensitiveNames(core.contract, schema);
  return (value, bytes) => {
    const objects = new Map<string, Set<string>>();
    let most = 0;
    if (access !== undefined) {
      const findings: Findings = { resources: [], properties: [] };
      access.visit(value, findings);
      // Objects of a map are records as those of a list are.
      most = outermostObjects(findings);
      for (const { type, idName, value: object } of findings.resources) {
        const id = object[idName];
        if (typeof id !== 'string' && typeof id !== 'number' && typeof id !== 'bigint') continue;
        let ids = objects.get(type);
        if (ids === undefined) objects.set(type, (ids = new Set()));
        ids.add(String(id));
      }
    }
    const sensitive = names.size === 0 ? nothing : countNames(value, names);
    return { records: Math.max(most, countRecords(value)), bytes, objects, sensitive };
  };
}

/** How often properties of these names stand in a value with something in them. */
function countNames(value: unknown, names: ReadonlySet<string>): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const pending: unknown[] = [value];
  while (pending.length > 0) {
    const next = pending.pop();
    if (typeof next !== 'object' || next === null) continue;
    if (Array.isArray(next)) {
      for (const item of next) if (typeof item === 'object') pending.push(item);
      continue;
    }
    for (const [name, inner] of Object.entries(next)) {
      if (inner !== null && inner !== '' && names.has(name)) found.set(name, (found.get(name) ?? 0) + 1);
      if (typeof inner === 'object') pending.push(inner);
    }
  }
  return found;
}
