import type { Facts } from '@castellan/guard';

/** An event in one line: when, what, who, how it went. */
export function eventLine({
  time,
  method,
  template,
  status,
  principal,
  address,
  refused,
  duration,
  objectCount,
}: Facts): string {
  const who = principal === undefined ? address : `${principal.subject} (${address})`;
  const why =
    refused === undefined
      ? ''
      : `  ${refused.stage}: ${refused.type}${refused.reason === undefined ? '' : ` (${refused.reason})`}`;
  const objects = objectCount > 1 ? `, ${objectCount} objects` : '';
  return `${new Date(time).toISOString().slice(11, 19)}  ${status}  ${method} ${template}  ${who}  ${Math.round(duration)} ms${objects}${why}`;
}
