import type { Rate } from '../model.ts';

const SECONDS: ReadonlyMap<string, number> = new Map(
  Object.entries<number>({ second: 1, minute: 60, hour: 3600, day: 86_400, week: 604_800 }),
);
const SHORT: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({ s: 'second', m: 'minute', h: 'hour', d: 'day', w: 'week' }),
);
const BYTES: ReadonlyMap<string, number> = new Map(
  Object.entries<number>({
    B: 1,
    kB: 1e3,
    KB: 1e3,
    MB: 1e6,
    GB: 1e9,
    KiB: 2 ** 10,
    MiB: 2 ** 20,
    GiB: 2 ** 30,
  }),
);

const DURATION = '(?:seconds?|minutes?|hours?|days?|weeks?|[smhdw])';
/** A duration: `90s`, `15 minutes`, `1 day`. */
export const DURATION_PATTERN = `^[1-9]\\d{0,8} ?${DURATION}$`;
/** A rate: `60/minute`, `100/15m`. */
export const RATE_PATTERN = `^[1-9]\\d{0,11}/(?:[1-9]\\d{0,8} ?)?${DURATION}$`;
/** A size without the ends of the text. */
export const SIZE = '[1-9]\\d{0,11}(?:\\.\\d{1,3})? ?(?:B|kB|KB|MB|GB|KiB|MiB|GiB)';
/** A size: `20MB` (1 MB is 1,000,000 bytes, 1 MiB is 1,048,576). */
export const SIZE_PATTERN = `^${SIZE}$`;
/** A size per time: `20MB/day`. */
export const SIZE_RATE_PATTERN = `^${SIZE}/(?:[1-9]\\d{0,8} ?)?${DURATION}$`;

const duration = new RegExp(DURATION_PATTERN);
const rate = new RegExp(RATE_PATTERN);
const size = new RegExp(SIZE_PATTERN);
const sizeRate = new RegExp(SIZE_RATE_PATTERN);

/** Seconds of `90s`, `15 minutes`, `1 day`; undefined where it is none. */
export function parseDuration(text: string): number | undefined {
  return duration.test(text) ? seconds(text) : undefined;
}

/** `60/minute`, `100/15m`; undefined where it is none. */
export function parseRate(text: string): Rate | undefined {
  if (!rate.test(text)) return undefined;
  const [count, per] = split(text);
  return { count: Number(count), seconds: seconds(per) };
}

/** Bytes of `20MB` or `1.5 GiB`; undefined where it is none. */
export function parseSize(text: string): number | undefined {
  return size.test(text) ? bytes(text) : undefined;
}

/** Bytes per time, `20MB/day`; undefined where it is none. */
export function parseSizeRate(text: string): Rate | undefined {
  if (!sizeRate.test(text)) return undefined;
  const [count, per] = split(text);
  return { count: bytes(count), seconds: seconds(per) };
}

function split(text: string): [string, string] {
  const slash = text.indexOf('/');
  return [text.slice(0, slash), text.slice(slash + 1)];
}

function seconds(text: string): number {
  const [, count = '', unit = ''] = /^(\d*) ?(.*)$/.exec(text) ?? [];
  const name = SHORT.get(unit) ?? unit.replace(/s$/, '');
  return Number(count === '' ? 1 : count) * (SECONDS.get(name) ?? 0);
}

function bytes(text: string): number {
  const [, count = '', unit = ''] = /^([\d.]+) ?(.*)$/.exec(text) ?? [];
  return Math.round(Number(count) * (BYTES.get(unit) ?? 0));
}
