import type { JsonSchema } from '../../configuration/reader.ts';

export const text = { type: 'string' };
export const texts = { type: 'array', items: text };
export const count = { type: 'integer', minimum: 0 };
/** Milliseconds since the epoch. */
export const moment = { ...count, description: 'Milliseconds since the epoch.' };
export const duration = { ...count, description: 'Milliseconds.' };

/** An object that holds nothing else. */
export const closed = (properties: Readonly<Record<string, unknown>>, required: readonly string[]): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
});

/** `class_uid`, `category_uid`, `activity_id` and `type_uid` of a class. */
export function classMembers(classUid: number, activities: readonly number[]): JsonSchema {
  return {
    class_uid: { const: classUid },
    category_uid: { const: Math.floor(classUid / 1000) },
    activity_id: { enum: activities },
    type_uid: { enum: activities.map((activity) => classUid * 100 + activity) },
  };
}

/** What every event has to have. */
export const common = [
  'class_uid',
  'category_uid',
  'activity_id',
  'type_uid',
  'severity_id',
  'status_id',
  'time',
  'metadata',
];

/** `metadata`. @param correlated whether it names the event of the audit log that it is made beside */
export function metadataSchema(correlated: boolean): JsonSchema {
  return closed(
    {
      version: { const: '1.5.0' },
      uid: text,
      ...(correlated ? { correlation_uid: text } : {}),
      product: closed({ name: text, vendor_name: text }, ['name', 'vendor_name']),
    },
    ['version', 'uid', 'product', ...(correlated ? ['correlation_uid'] : [])],
  );
}

export const endpoint = closed({ ip: text }, ['ip']);
export const httpRequest = closed(
  { http_method: { ...text, pattern: '^[A-Z-]{1,25}$' }, url: closed({ path: text }, ['path']) },
  ['http_method', 'url'],
);
