import type { CastellanError } from '../error.ts';
import { child, isObject } from '../load/pointer.ts';
import type {
  FlowStep,
  LimitPart,
  Location,
  Operation,
  PageCap,
  RateLimit,
  RequestValue,
  ValuePlace,
} from '../model.ts';
import { nearest } from '../normalise/nearest.ts';
import type { Reading } from '../normalise/reading.ts';
import { parseRequestValue } from './request-value.ts';
import { referredBy, subschemasAt } from '../schema/located.ts';

/**
 * Checks the limits of operations: one that names a value which no request has, that no call ever fits, or that another limit
 * makes void would be a control that never acts, or that always does.
 * @throws CastellanError `unknown-parameter`, `rate-never-fits`, `contradictory-limits`
 */
export function checkLimits(
  reading: Reading,
  operations: readonly Operation[],
  all: readonly RateLimit[] | undefined,
): void {
  checkTogether(reading, keyOf(reading.root.location, 'rateLimit'), 'the document', all);
  for (const operation of operations) {
    const { rateLimit = [], budget, flow, page } = operation.castellan;
    const at = (key: string): Location => keyOf(operation.location, key);
    for (const limit of rateLimit) {
      for (const value of valuesOf(limit)) checkValue(reading, operation, 'rateLimit', value, at('rateLimit'));
    }
    checkTogether(reading, at('rateLimit'), operation.operationId, rateLimit);
    if (page !== undefined) checkPage(reading, operation, page, at('page'));
    if (flow !== undefined) checkFlow(reading, operation, flow, at('flow'));
    if (page !== undefined && budget?.records !== undefined && budget.records.count < page.max)
      throw reading.error(
        at('budget'),
        'contradictory-limits',
        `a page of ${operation.operationId} may hold ${page.max} records, and its budget is ${budget.records.count}: a full page never fits`,
        `lower page.max to at most ${budget.records.count}, or raise budget.records to at least ${page.max}`,
      );
  }
}

/** Limits of one place: each must let some call through, and each must be able to refuse one. */
function checkTogether(reading: Reading, at: Location, where: string, limits: readonly RateLimit[] | undefined): void {
  for (const [index, limit] of (limits ?? []).entries()) {
    const most = mostOf(limit);
    if (typeof limit.cost === 'number' && limit.cost > most)
      throw reading.error(
        at,
        'rate-never-fits',
        `each call of ${where} costs ${limit.cost}, and its rateLimit lets ${most} through at once: none ever fits`,
        `lower cost to at most ${most}, or raise ${limit.burst === undefined ? 'rate' : 'burst'}`,
      );
    const other = limits?.find((one, place) => place !== index && makesVoid(one, limit, place < index));
    if (other !== undefined)
      throw reading.error(
        at,
        'contradictory-limits',
        `of two limits of ${where} by ${partsText(limit)} the one of ${rateText(limit)} never acts beside the one of ${rateText(other)}`,
        'remove one of them, or give them different rates and bursts, such as 10/minute and 100/hour',
      );
  }
}

/** Whether what one limit lets through always fits the other. */
function makesVoid(one: RateLimit, other: RateLimit, first: boolean): boolean {
  if (partsText(one) !== partsText(other) || one.counts !== other.counts) return false;
  if (JSON.stringify(one.cost) !== JSON.stringify(other.cost)) return false;
  const [speed, otherSpeed] = [one.rate.count / one.rate.seconds, other.rate.count / other.rate.seconds];
  if (speed === otherSpeed && mostOf(one) === mostOf(other)) return first;
  return speed <= otherSpeed && mostOf(one) <= mostOf(other);
}

function mostOf({ rate, burst }: RateLimit): number {
  return Math.max(1, burst ?? rate.count);
}

function rateText({ rate }: RateLimit): string {
  return `${rate.count} per ${rate.seconds} s`;
}

function partsText({ by }: RateLimit): string {
  return by.map(partText).join(' and ');
}

/** A part as it is written. */
export function partText(part: LimitPart): string {
  return typeof part === 'string' ? part : 'prefix' in part ? `address/${part.prefix}` : part.text;
}

function valuesOf({ by, cost }: RateLimit): readonly RequestValue[] {
  const values = by.filter((part): part is RequestValue => typeof part === 'object' && 'places' in part);
  return typeof cost === 'object' && typeof cost.of === 'object' ? [...values, cost.of] : values;
}

function checkPage(reading: Reading, operation: Operation, page: PageCap, at: Location): void {
  for (const name of [page.limit, page.offset, page.number, ...(page.expand ?? [])])
    if (name !== undefined) checkValue(reading, operation, 'page', parameterValue(name), at);
  const goesFar = page.offset !== undefined || page.number !== undefined;
  if (goesFar !== (page.depth !== undefined))
    throw reading.error(
      at,
      'contradictory-limits',
      goesFar
        ? `page of ${operation.operationId} says by what it goes on, and not how far`
        : `page.depth of ${operation.operationId} bounds nothing: no parameter says how many items are skipped`,
      goesFar ? 'add depth: 10000' : 'add offset or number, or remove depth',
    );
}

function checkFlow(reading: Reading, operation: Operation, flow: FlowStep, at: Location): void {
  for (const part of flow.per)
    if (typeof part === 'object' && 'places' in part) checkValue(reading, operation, 'flow', part, at);
  const wrong =
    flow.within > 3600
      ? ['a step counts for an hour at most', 'write within: 1 hour, or less']
      : flow.minimum !== undefined && flow.after.length === 0
        ? ['minimum is the time since a step before, and after names none', 'name it in after, or write pace']
        : flow.minimum !== undefined && flow.minimum >= flow.within
          ? ['minimum is as long as a step counts: nobody can take it', 'lower minimum, or raise within']
          : flow.ordered && flow.after.length < 2
            ? ['ordered asks for the order of one step', 'name two in after, or remove ordered']
            : undefined;
  if (wrong !== undefined)
    throw reading.error(at, 'contradictory-limits', `flow of ${operation.operationId}: ${wrong[0]}`, wrong[1] ?? '');
}

/** A parameter by its name: of the query where it does not say. */
export function parameterValue(name: string): RequestValue {
  return parseRequestValue(name) ?? { text: `query.${name}`, places: [{ source: 'query', path: [name] }] };
}

function checkValue(
  reading: Reading,
  operation: Operation,
  key: string,
  { text, places }: RequestValue,
  at: Location,
): void {
  for (const place of places) {
    const names = namesAt(reading, operation, place);
    const [name = ''] = place.path;
    if (names === undefined || names.includes(name)) continue;
    const near = nearest(name, names);
    const known = names.length === 0 ? `remove ${text}` : `write one of ${names.slice(0, 8).join(', ')}`;
    throw unknownValue(reading, operation, key, place, at, near === undefined ? known : `did you mean ${near}?`);
  }
}

function unknownValue(
  reading: Reading,
  operation: Operation,
  key: string,
  { source, path }: ValuePlace,
  at: Location,
  mend: string,
): CastellanError {
  return reading.error(
    at,
    'unknown-parameter',
    `x-castellan.${key} names ${source === 'query' ? 'the query parameter ' : `${source}.`}${path.join('.')}, which ${operation.operationId} does not have`,
    mend,
  );
}

/** Names that may stand there; undefined where any may. */
function namesAt(reading: Reading, operation: Operation, { source }: ValuePlace): readonly string[] | undefined {
  // Devices and proxies send fields that no document names.
  if (source === 'header' || source === 'cookie') return undefined;
  if (source !== 'body') return operation.parameters.filter((one) => one.in === source).map(({ name }) => name);
  if (operation.body === undefined) return [];
  const names = new Set<string>();
  for (const { schema } of operation.body.content) {
    if (schema === undefined || !collect(reading, schema.location, schema.raw, names, 0)) return undefined;
  }
  return names.size === 0 ? undefined : [...names];
}

/** Collects what properties an object may have. @returns false where it may have any */
function collect(reading: Reading, location: Location, raw: unknown, names: Set<string>, depth: number): boolean {
  if (!isObject(raw) || depth > 8) return false;
  const { additionalProperties, patternProperties } = raw;
  if (patternProperties !== undefined || (additionalProperties !== undefined && additionalProperties !== false))
    return false;
  const target = referredBy(reading, location, raw);
  if (target !== undefined && !collect(reading, target.location, target.value, names, depth + 1)) return false;
  for (const { place, key, raw: inner, location: at } of subschemasAt(location, raw)) {
    if (place === 'property') names.add(key ?? '');
    else if (place === 'value' && !collect(reading, at, inner, names, depth + 1)) return false;
  }
  return true;
}

function keyOf(location: Location, key: string): Location {
  return child(child({ location, value: undefined }, 'x-castellan'), key).location;
}
