import { parseDuration, parseRate, parseSize, RATE_PATTERN, type Rate } from '@castellan/contract';
import { badOption, numberOf, reader, type JsonSchema, type Reader } from './reader.ts';
import { wholeNumbers } from './whole-numbers.ts';

/** Milliseconds since the epoch that would be in the year 1973: less is a count of seconds. */
const secondsBelow = 1e11;

/** Units of durations, in seconds. */
const units: readonly (readonly [unit: string, seconds: number])[] = [
  ['(?:s|seconds?)', 1],
  ['(?:m|minutes?)', 60],
  ['(?:h|hours?)', 3600],
  ['(?:d|days?)', 86_400],
  ['(?:w|weeks?)', 604_800],
];

/**
 * JSON Schema of a duration between bounds, as a number, as the text of one, or with its unit.
 * @param perSecond how many of the numbers make a second
 */
function durations(least: number, most: number, perSecond: number): JsonSchema {
  const numbers = [`${wholeNumbers(least, most - 1)}(?:\\.\\d{1,9})?`, `${most}(?:\\.0{1,9})?`];
  const withUnit = units.flatMap(([unit, length]) => {
    const [from, to] = [Math.max(1, Math.ceil(least / perSecond / length)), Math.floor(most / perSecond / length)];
    return from > to ? [] : [`${wholeNumbers(from, Math.min(to, 999_999_999))} ?${unit}`];
  });
  return {
    anyOf: [
      { type: 'number', minimum: least, maximum: most },
      { type: 'string', pattern: `^(?:${[...numbers, ...withUnit].join('|')})$` },
    ],
  };
}

/** Seconds: a number of them, or a duration such as `10m`, `90 seconds`, `1 day`. Both bounds are whole. */
export function seconds(least: number, most: number = 10 * 366 * 86_400): Reader<number> {
  return reader(durations(least, most, 1), (value, where) => {
    const found = numberOf(value) ?? (typeof value === 'string' ? parseDuration(value) : undefined);
    if (found !== undefined && found >= least && found <= most) return found;
    throw badOption(
      where,
      `is no duration from ${least} to ${most} seconds`,
      'write a number of seconds, or a duration such as 30s, 10m, 1 hour',
    );
  });
}

/** Milliseconds: a number of them, or a duration such as `1s`. Both bounds are whole. */
export function milliseconds(least: number, most: number): Reader<number> {
  return reader(durations(least, most, 1000), (value, where) => {
    const duration = typeof value === 'string' ? parseDuration(value) : undefined;
    const found = numberOf(value) ?? (duration === undefined ? undefined : duration * 1000);
    if (found !== undefined && found >= least && found <= most) return found;
    throw badOption(
      where,
      `is no duration from ${least} to ${most} milliseconds`,
      'write a number of milliseconds, or a duration such as 1s',
    );
  });
}

/** Sizes that can be counted: at most about 10^15 bytes. */
const sizes =
  '^(?:(?:0|[1-9]\\d{0,14})(?:\\.0{1,9})?|[1-9]\\d{0,11}(?:\\.\\d{1,3})? ?(?:B|kB|KB|KiB)|[1-9]\\d{0,8}(?:\\.\\d{1,3})? ?(?:MB|MiB)|[1-9]\\d{0,5}(?:\\.\\d{1,3})? ?(?:GB|GiB))$';
const size = new RegExp(sizes);
const bytesSchema = {
  anyOf: [
    { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
    { type: 'string', pattern: sizes },
  ],
};

/** Bytes: a whole number of them, or a size such as `10MB`. */
export const bytes: Reader<number> = reader(bytesSchema, (value, where) => {
  const written = typeof value !== 'string' || size.test(value);
  const found = written ? (numberOf(value) ?? (typeof value === 'string' ? parseSize(value) : undefined)) : undefined;
  if (found !== undefined && Number.isSafeInteger(found) && found >= 0) return found;
  throw badOption(where, 'is no size', 'write a whole number of bytes, or a size such as 10MB');
});

/** A rate as documents have it, `60/minute`, `100/15m`; or `off`. */
export const rateOrOff: Reader<Rate | 'off'> = reader(
  { anyOf: [{ const: 'off' }, { type: 'string', pattern: RATE_PATTERN }] },
  (value, where) => {
    const found = value === 'off' ? 'off' : typeof value === 'string' ? parseRate(value) : undefined;
    if (found !== undefined) return found;
    throw badOption(
      where,
      typeof value === 'string' ? `is '${value.slice(0, 80)}', which is not a rate` : 'is no rate',
      'write a count and a window such as 600/minute or 100/15m, or off',
      'bad-rate',
    );
  },
);

/** A date, or a time with its zone (ISO 8601): without a zone it is another moment on another machine; a date alone is UTC. */
const moments =
  '^\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|[12]\\d))' +
  '(?:[Tt](?:[01]\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d(?:\\.\\d{1,9})?)?(?:[Zz]|[+-](?:[01]\\d|2[0-3]):[0-5]\\d))?$';
const written = new RegExp(moments);

/**
 * Milliseconds since the epoch of a moment that somebody wrote: ISO 8601 with its zone, milliseconds, or seconds as
 * tokens have them (RFC 7519 section 2). Both numbers are years apart, so neither is taken for the other.
 * @returns undefined where it is none
 */
export function momentOf(value: unknown): number | undefined {
  const number = numberOf(value);
  if (number !== undefined) return number < secondsBelow ? number * 1000 : number <= 8.64e15 ? number : undefined;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.getTime();
  if (typeof value !== 'string' || !written.test(value)) return undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}

const momentSchema = {
  anyOf: [
    { type: 'number', maximum: 8.64e15 },
    { type: 'string', pattern: '^(?:0|[1-9]\\d{0,14})(?:\\.\\d{1,9})?$' },
    { type: 'string', pattern: moments },
  ],
};

/** A moment, as milliseconds since the epoch. */
export const moment: Reader<number> = reader(momentSchema, (value, where) => {
  const found = momentOf(value);
  if (found !== undefined) return found;
  throw badOption(where, 'is no moment', 'write ISO 8601 with its zone, such as 2027-01-01T00:00:00Z');
});
