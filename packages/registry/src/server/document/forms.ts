/** Schemas and answers of which the registry's document is made. */

export const text = (maxLength: number, more: object = {}): object => ({ type: 'string', maxLength, ...more });
export const id = text(100, { pattern: '^[^\\u0000-\\u001f]{1,100}$' });
export const count = { type: 'number', minimum: 0, maximum: 9_007_199_254_740_991 };
/** Milliseconds since the epoch, as far as dates go (ECMA-262 section 21.4.1.1). */
export const instant = { type: 'number', minimum: 0, maximum: 8_640_000_000_000_000 };
export const moment = text(40, { format: 'date-time' });
export const flag = { type: 'boolean' };
export const list = (items: object, maxItems: number): object => ({ type: 'array', items, maxItems });
export const object = (
  properties: Readonly<Record<string, object>>,
  optional: readonly string[] = [],
  more: object = {},
): object => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  properties,
  ...more,
});
export const orNull = (schema: object): object => ({ anyOf: [schema, { type: 'null' }] });
export const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` });

/** The value of the field by which a representation is compared. */
const etag = {
  ETag: { description: 'Changes with the representation (RFC 9110 section 8.8.3).', schema: text(100) },
};

export const json = (description: string, schema: object): object => ({
  description,
  content: { 'application/json': { schema } },
});
/** An answer that may be asked for again with `If-None-Match`. */
export const tagged = (description: string, schema: object, mediaType = 'application/json'): object => ({
  description,
  headers: etag,
  content: { [mediaType]: { schema } },
});
export const notModified = { description: 'What `If-None-Match` names is what there is.', headers: etag };
export const none = (description: string): object => ({ description });

const problem = (description: string): object => ({
  description,
  content: { 'application/problem+json': { schema: ref('Problem') } },
});
export const problems = {
  400: problem('The request is not what the document says.'),
  401: problem('There is no credential, or it is wrong.'),
  403: problem('The caller may not do this.'),
  404: problem('There is no such thing.'),
  429: problem('Too many requests.'),
} as const;
/** What an operation that changes something with `If-Match` may answer beside. */
export const changing = {
  ...problems,
  412: problem('It is no longer what `If-Match` names: read it again.'),
  428: problem('`If-Match` is missing: read it, and send its `ETag`.'),
};
/** What an operation with an idempotency key may answer beside. */
export const repeatable = {
  ...problems,
  409: problem('A request with this idempotency key is being worked on: send it again later.'),
  422: problem('The body cannot be used, or this idempotency key came with another request before.'),
};

export const ifMatch = {
  name: 'If-Match',
  in: 'header',
  schema: text(1_000),
  description: 'The `ETag` of what is changed, as it was read. Required: 428 without.',
};
export const ifNoneMatch = {
  name: 'If-None-Match',
  in: 'header',
  schema: text(1_000),
  description: '304 where it is the same.',
};
export const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  schema: text(200, { pattern: '^[\\x20-\\x7e]{8,200}$' }),
  description: 'For sending it again where no answer came: what was done is answered and not done twice, for 24 hours.',
};
export const limit = {
  name: 'limit',
  in: 'query',
  schema: { type: 'integer', minimum: 1, maximum: 200, default: 100 },
  description: 'How many at most.',
};
export const after = {
  name: 'after',
  in: 'query',
  schema: text(3_000, { pattern: '^[\\w-]{1,3000}$' }),
  description: '`next` of the page before. It stays good whatever is added or taken out between.',
};
export const next = orNull(text(3_000));
export const pathId = (name: string): object => ({ name, in: 'path', required: true, schema: id });
export const body = (schema: object): object => ({ required: true, content: { 'application/json': { schema } } });
export const paged = { page: { limit: 'limit', max: 200 } };
