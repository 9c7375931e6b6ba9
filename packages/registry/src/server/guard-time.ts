/** Milliseconds since the epoch of the first and the last of some requests. */
interface Span {
  readonly first: number;
  readonly last: number;
}

/** A guard's clock may be so far off before what it says of times is put right, milliseconds. */
const skew = 60_000;

/** What is added to a guard's times, milliseconds: 0 where its clock is right enough. */
export function offsetOf(time: number, now: number): number {
  return Math.abs(now - time) > skew ? now - time : 0;
}

/** A time that a guard said, as the registry's clock has it: never one to come, since nothing was seen later than now. */
export function placedTime(time: number, offset: number, now: number): number {
  return Math.max(0, Math.min(time + offset, now));
}

/**
 * When some requests were, as the registry's clock has it. Whatever a guard says, it is a day that there is, and none to come: an API
 * that was last seen in a year that has not begun would look used for ever.
 * @param day as the guard has it, `2026-11-29`
 */
export function placedSpan(
  { first, last }: Span,
  day: string,
  offset: number,
  now: number,
): Span & { readonly day: string } {
  const end = placedTime(last, offset, now);
  const begin = Math.min(placedTime(first, offset, now), end);
  const said = Date.parse(day);
  const holds = offset === 0 && said <= now && new Date(said).toISOString().startsWith(day);
  return { first: begin, last: end, day: holds ? day : new Date(end).toISOString().slice(0, 10) };
}
