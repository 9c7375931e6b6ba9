import type { Field, Raw } from './fields.ts';

/** Whether a field's value can be a text or number that carries data: no flag, no list of fixed words, no object. */
export function mayBeText(field: Field): boolean {
  const { raw } = field.target;
  if (Array.isArray(raw['enum']) || raw['const'] !== undefined) return false;
  const type = raw['type'];
  if (typeof type === 'string')
    return type === 'string' || type === 'integer' || type === 'number' || (type === 'array' && isTextList(raw));
  if (Array.isArray(type)) return type.includes('string') || type.includes('integer') || type.includes('number');
  return (
    // Where no type is said, a text is taken too, unless other keywords speak of an object or a list.
    raw['properties'] === undefined &&
    raw['items'] === undefined &&
    raw['prefixItems'] === undefined &&
    raw['patternProperties'] === undefined &&
    raw['additionalProperties'] === undefined
  );
}

function isTextList(raw: Raw): boolean {
  const items = raw['items'];
  return (
    typeof items === 'object' &&
    items !== null &&
    (items as Raw)['type'] === 'string' &&
    (items as Raw)['enum'] === undefined
  );
}
