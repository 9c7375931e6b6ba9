/**
 * Notations that clients send and no schema allows: `absent-null` is null for an optional property, `boolean-words` are `True` and
 * `False` in the query, `naive-date-time` is a date-time without a zone, `plain-uuid` a UUID without hyphens.
 */
export const leniencies = ['absent-null', 'boolean-words', 'naive-date-time', 'plain-uuid'] as const;

/** One of them. */
export type Leniency = (typeof leniencies)[number];
