import { parseDuration, parseRate, parseSize, type Rate } from '@castellan/contract';
import { badOption, numberOf, type Reader } from './reader.ts';

/** Milliseconds since the epoch that would be in the year 1973: less is a count of seconds. */
const secondsBelow = 1e11;

/** Seconds: a number of them, or a duration such as `10m`, `90 seconds`, `1 day`. */
export function seconds(least: number, most: number = 10 * 366 * 86_400): Reader<number> {
  return (value, where) => {
    const found = numberOf(value) ?? (typeof value === 'string' ? parseDuration(value) : undefined);
    if (found !== undefined && found >= least && found <= most) return found;
    throw badOption(
      where,
      `is no duration from ${least} to ${most} seconds`,
      'write a number of seconds, or a duration such as 30s, 10m, 1 hour',
    );
  };
}

/** Milliseconds: a number of them, or a duration such as `1s`. */
export function milliseconds(least: number, most: number): Reader<number> {
  return (value, where) => {
    const duration = typeof value === 'string' ? parseDuration(value) : undefined;
    const found = numberOf(value) ?? (duration === undefined ? undefined : duration * 1000);
    if (found !== undefined && found >= least && found <= most) return found;
    throw badOption(
      where,
      `is no duration from ${least} to ${most} milliseconds`,
      'write a number of milliseconds, or a duration such as 1s',
    );
  };
}

/** Bytes: a whole number of them, or a size such as `10MB`. */
export const bytes: Reader<number> = (value, where) => {
  const found = numberOf(value) ?? (typeof value === 'string' ? parseSize(value) : undefined);
  if (found !== undefined && Number.isSafeInteger(found) && found >= 0) return found;
  throw badOption(where, 'is no size', 'write a whole number of bytes, or a size such as 10MB');
};

/** A rate as documents have it, `60/minute`, `100/15m`; or `off`. */
export const rateOrOff: Reader<Rate | 'off'> = (value, where) => {
  const found = value === 'off' ? 'off' : typeof value === 'string' ? parseRate(value) : undefined;
  if (found !== undefined) return found;
  throw badOption(
    where,
    typeof value === 'string' ? `is '${value.slice(0, 80)}', which is not a rate` : 'is no rate',
    'write a count and a window such as 600/minute or 100/15m, or off',
    'bad-rate',
  );
};

/**
 * Milliseconds since the epoch of a moment that somebody wrote: ISO 8601 with its zone, milliseconds, or seconds as
 * tokens have them (RFC 7519 section 2). Both numbers are years apart, so neither is taken for the other.
 * @returns undefined where it is none
 */
export function momentOf(value: unknown): number | undefined {
  const number = numberOf(value);
  if (number !== undefined) return number < secondsBelow ? number * 1000 : number <= 8.64e15 ? number : undefined;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.getTime();
  if (typeof value !== 'string') return undefined;
  // A time without a zone is another moment on another machine; a date alone is UTC.
  if (!/^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/i.test(value))
    return undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}

/** A moment, as milliseconds since the epoch. */
export const moment: Reader<number> = (value, where) => {
  const found = momentOf(value);
  if (found !== undefined) return found;
  throw badOption(where, 'is no moment', 'write ISO 8601 with its zone, such as 2027-01-01T00:00:00Z');
};
