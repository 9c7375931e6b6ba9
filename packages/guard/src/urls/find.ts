import type { UrlRestriction } from '@castellan/contract';
import type { Exchange } from '../exchange.ts';
import { compileUrlCheck, type UrlCheck } from './restriction.ts';

/** A text that has to be a URL of a certain kind, and where it stands. */
export interface FoundUrl {
  readonly text: string;
  readonly check: UrlCheck;
  /** RFC 6901 pointer. Searches. */
  readonly pointer: () => string;
}

/** Finds the restricted URLs of a request. False where it cannot be searched whole. */
export type FindUrls = (exchange: Exchange, found: FoundUrl[]) => boolean;

/** Each restriction is compiled once. */
export function checks(): (restriction: UrlRestriction) => UrlCheck {
  const known = new Map<UrlRestriction, UrlCheck>();
  return (restriction) => {
    let check = known.get(restriction);
    if (check === undefined) known.set(restriction, (check = compileUrlCheck(restriction)));
    return check;
  };
}

/** All texts of a value: itself, or those in it. */
export function addTexts(found: FoundUrl[], value: unknown, check: UrlCheck, pointer: () => string): void {
  const pending = [value];
  while (pending.length > 0) {
    const next = pending.pop();
    if (typeof next === 'string') found.push({ text: next, check, pointer });
    else if (typeof next === 'object' && next !== null && !ArrayBuffer.isView(next))
      for (const inner of Object.values(next)) pending.push(inner);
  }
}
