import { parameterValue, type Operation, type PageCap } from '@castellan/contract';
import type { GuardCore } from '../core.ts';
import type { Exchange } from '../exchange.ts';
import { givenOf } from '../limits/request-value.ts';
import type { Refusal } from '../problem.ts';
import type { Stage } from '../stage.ts';
import type { AnswerCheck } from './answer-check.ts';
import { expansionsOf } from './expansions.ts';
import { compileObjectCount, countRecords } from './records.ts';

/**
 * The cap on what a caller may ask for (`x-castellan.page`), whatever the parameters' schemas allow: the size of a page, how many items
 * are skipped, and how much more of each item (API4:2023).
 */
export const page: Stage = {
  name: 'authorize',
  controls: () => ['page-limit'],
  compile(_core, operation) {
    const { page: cap } = operation.castellan;
    if (cap === undefined) return undefined;
    const checks = [sizeCheck(cap), depthCheck(cap), expandCheck(cap)].filter((check) => check !== undefined);
    if (checks.length === 0) return undefined;
    return (exchange) => {
      for (const check of checks) {
        const refusal = check(exchange);
        if (refusal !== undefined) return refusal;
      }
      return undefined;
    };
  },
};

type Check = (exchange: Exchange) => Refusal | undefined;

function sizeCheck({ limit, max }: PageCap): Check | undefined {
  if (limit === undefined) return undefined;
  const parameter = parameterValue(limit);
  return (exchange) => {
    const asked = givenOf(exchange, parameter);
    // Below nothing is no limit to many databases.
    if (asked === undefined || (isCount(asked) && asked <= max && asked >= 0)) return undefined;
    return invalid('page-limit', limit, `must be at most ${max}, and not below 0`, `ask for ${max} or fewer`);
  };
}

function depthCheck({ limit, max, offset, number, depth }: PageCap): Check | undefined {
  if (depth === undefined) return undefined;
  const size = limit === undefined ? undefined : parameterValue(limit);
  const skips = offset === undefined ? undefined : parameterValue(offset);
  const pages = number === undefined ? undefined : parameterValue(number);
  return (exchange) => {
    const skipped = skips === undefined ? undefined : givenOf(exchange, skips);
    if (skipped !== undefined && !(isCount(skipped) && skipped >= 0 && skipped <= depth))
      return invalid(
        'page-depth',
        offset ?? '',
        `must be at most ${depth}, and not below 0`,
        'narrow the list by a filter, or export it',
      );
    const asked = pages === undefined ? undefined : givenOf(exchange, pages);
    if (asked === undefined) return undefined;
    const each = size === undefined ? max : givenOf(exchange, size);
    const items = typeof each === 'number' && each > 0 ? each : max;
    // Counted from 1; an application that counts from 0 skips one page more.
    if (isCount(asked) && asked >= 0 && (asked - 1) * items <= depth) return undefined;
    return invalid(
      'page-depth',
      number ?? '',
      `must lead past at most ${depth} items, and not be below 0`,
      'narrow the list by a filter, or export it',
    );
  };
}

function expandCheck({ expand, expansions, levels }: PageCap): Check | undefined {
  if (expand === undefined) return undefined;
  const parameters = expand.map((name) => ({ name, value: parameterValue(name) }));
  return (exchange) => {
    let count = 0;
    for (const { name, value } of parameters) {
      const asked = expansionsOf(givenOf(exchange, value));
      count += asked.count;
      if (count > expansions)
        return invalid(
          'page-expansions',
          name,
          `must list at most ${expansions} names`,
          `ask for ${expansions} or fewer`,
        );
      if (asked.levels > levels)
        return invalid(
          'page-expansions',
          name,
          `must go at most ${levels} levels deep`,
          'ask for what is below in a call of its own',
        );
    }
    return undefined;
  };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && !Number.isNaN(value);
}

function invalid(reason: string, name: string, message: string, mend: string): Refusal {
  const pointer = `/${name.includes('.') ? name.replaceAll('.', '/') : `query/${name}`}`;
  return { type: 'invalid-request', reason, errors: [{ pointer, keyword: 'maximum', message, mend }] };
}

/** The same cap on what is answered: an application that forgets its limit does not give everything away. */
export const answeredPage: AnswerCheck = {
  compile(core, operation, media) {
    const { page: cap } = operation.castellan;
    if (cap === undefined) return undefined;
    const objects = compileObjectCount(core, media);
    return (exchange, value) => {
      const count = Math.max(countRecords(value), objects(value));
      if (count <= cap.max) return undefined;
      if (cap.over === 'cut') {
        const left = cutLists(exchange, value, cap.max);
        if (Math.max(countRecords(left), objects(left)) <= cap.max) return 'changed';
      }
      return {
        type: 'response-withheld',
        status: core.settings.withheldStatus,
        reason: 'page-over-limit',
        log: `${count} items, at most ${cap.max} may be answered`,
      };
    };
  },
};

/** Cuts every list off that is no part of a list's item, in place. @returns the value */
function cutLists(exchange: Exchange, value: unknown, max: number): unknown {
  const pending: (readonly [value: unknown, pointer: string])[] = [[value, '']];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [at, pointer] = next;
    if (Array.isArray(at)) {
      if (at.length > max) exchange.change('list-cut', [pointer === '' ? '/' : pointer], at.length - max);
      at.length = Math.min(at.length, max);
    } else if (typeof at === 'object' && at !== null)
      for (const [name, inner] of Object.entries(at))
        pending.push([inner, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`]);
  }
  return value;
}

/** What becomes of one more item of a stream: it may leave, it is left out, or nothing more leaves. */
export type ItemCap = (count: number) => 'left-out' | Refusal | undefined;

/** The cap and the count of one streamed answer, item by item. */
export function compileItemCap(core: GuardCore, operation: Operation): ItemCap | undefined {
  const { page: cap } = operation.castellan;
  if (cap === undefined) return undefined;
  return (count) => {
    if (count <= cap.max) return undefined;
    if (cap.over === 'cut') return 'left-out';
    return {
      type: 'response-withheld',
      status: core.settings.withheldStatus,
      reason: 'page-over-limit',
      log: `more than ${cap.max} items are streamed`,
    };
  };
}
