/**
 * A notation that clients send and no schema allows: `absent-null` is null for an optional property, `boolean-words` are `True` and
 * `False` in the query.
 */
export type Leniency = 'absent-null' | 'boolean-words';
