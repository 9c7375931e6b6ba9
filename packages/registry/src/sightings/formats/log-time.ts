const months: ReadonlyMap<string, number> = new Map(
  'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ').map((name, index) => [name, index]),
);

/** Days, hours, minutes and seconds that there are; of the zone too. */
const timeForm = /^(?:0[1-9]|[12]\d|3[01])\/...\/\d{4}:(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60) [+-][01]\d[0-5]\d$/;

let lastSecond = '';
let lastTime = Number.NaN;

/** `29/Nov/2026:15:30:12 +0100`, as nginx and Apache write it; NaN where it is none. */
export function commonLogTime(text: string): number {
  // A log has many lines of one second.
  if (text === lastSecond) return lastTime;
  lastSecond = text;
  const month = months.get(text.slice(3, 6));
  const day = Number(text.slice(0, 2));
  const year = Number(text.slice(7, 11));
  const isTime = month !== undefined && timeForm.test(text);
  if (!isTime) return (lastTime = Number.NaN);
  const sign = text.charAt(21) === '-' ? -1 : 1;
  const zone = sign * (Number(text.slice(22, 24)) * 60 + Number(text.slice(24, 26)));
  const [hour, minute, second] = [text.slice(12, 14), text.slice(15, 17), text.slice(18, 20)].map(Number);
  lastTime = Date.UTC(year, month, day, hour, minute, second) - zone * 60_000;
  return lastTime;
}

/** ISO 8601, or seconds, milliseconds, microseconds or nanoseconds since the epoch; NaN where it is none. */
export function anyTime(value: unknown): number {
  if (typeof value === 'number') return sinceEpoch(value);
  if (typeof value !== 'string') return Number.NaN;
  if (/^\d{10}(?:\d{3}|\d{6}|\d{9})?(?:\.\d+)?$/.test(value)) return sinceEpoch(Number(value));
  const common = commonLogTime(value.replaceAll(/^\[|\]$/g, ''));
  return Number.isNaN(common) ? Date.parse(value) : common;
}

/** Milliseconds: which unit a number is in, its size says, from 1973 to 5138. */
function sinceEpoch(value: number): number {
  if (value > 1e17) return value / 1e6;
  if (value > 1e14) return value / 1e3;
  return value > 1e11 ? value : value * 1000;
}
