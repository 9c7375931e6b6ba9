import { mostCounted } from './bounded.ts';

/** The columns of `sightings` and `traffic` in SQL, and how two rows are made one. */

export const keys = 'api, environment, source, host, method, template';

/** What is added up. */
export const counted = ['hits', 'ok', 'redirected', 'refused', 'failed', 'bytes_in', 'bytes_out', 'duration'] as const;
export const sums = counted.join(', ');
export const summed = counted.map((name) => `least(sum(${name}), ${mostCounted})`).join(', ');

/** As one row has them. */
export const bounded = counted.map((name) => `least(${name}, ${mostCounted})`).join(', ');

/** How what is known of a row and what comes are made one. */
export function added(table: 'sightings' | 'traffic'): string {
  return [
    ...counted.map((name) => `${name} = least(${table}.${name} + excluded.${name}, ${mostCounted})`),
    `first_seen = least(${table}.first_seen, excluded.first_seen)`,
    `last_seen = greatest(${table}.last_seen, excluded.last_seen)`,
  ].join(', ');
}
