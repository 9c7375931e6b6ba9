import { momentOf } from '../configuration/quantities.ts';

/** What a store of the application has of a member, less what databases answer for nothing: null. */
export function given<T>(value: T | null | undefined): T | undefined {
  return value ?? undefined;
}

/**
 * Whether a record has ended. Databases give moments as `Date`, as text and in seconds.
 * @param end of the record; one that nobody can read is over
 * @param now milliseconds since the epoch
 */
export function isOver(end: unknown, now: number): boolean {
  if (end === undefined || end === null) return false;
  const moment = momentOf(end);
  return moment === undefined || moment <= now;
}

/** What an identity has of a record's rights and times. */
export function grantOf(record: {
  readonly scopes?: readonly string[] | null | undefined;
  readonly groups?: readonly string[] | null | undefined;
  readonly tenant?: string | null | undefined;
}): { readonly scopes: readonly string[]; readonly groups: readonly string[]; readonly tenant?: string } {
  const tenant = given(record.tenant);
  return {
    scopes: Object.freeze([...(record.scopes ?? [])]),
    groups: Object.freeze([...(record.groups ?? [])]),
    ...(tenant === undefined ? {} : { tenant }),
  };
}
