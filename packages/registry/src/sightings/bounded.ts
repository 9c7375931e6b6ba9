/** The largest sum that is kept: the greatest whole number that every reader of JSON takes for the same (RFC 8259 section 6). */
export const mostCounted = Number.MAX_SAFE_INTEGER;

/** So far ahead of the registry's clock, milliseconds, a time may be: days begin earlier elsewhere. */
const ahead = 86_400_000;

/**
 * A time that somebody says, as it is kept: none before 1970 and none in the future, which would be seen for ever.
 * @param milliseconds since the epoch
 * @param now by the registry's clock
 */
export function seenAt(milliseconds: number, now: number): Date {
  return new Date(Math.min(Math.max(Math.trunc(milliseconds), 0), now + ahead));
}

/**
 * The day that something is counted under: the one that is said, where it lies between the first and the last time, or else
 * that of the last.
 */
export function countedOn(day: string, first: Date, last: Date): string {
  const [from, to] = [first.toISOString().slice(0, 10), last.toISOString().slice(0, 10)];
  const at = new Date(day);
  const isDay = !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === day;
  return isDay && day >= from && day <= to ? day : to;
}
