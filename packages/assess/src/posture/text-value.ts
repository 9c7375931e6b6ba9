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
    raw['properties'] === undefined &&
    (raw['anyOf'] !== undefined ||
      raw['oneOf'] !== undefined ||
      raw['allOf'] !== undefined ||
      raw['format'] !== undefined)
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
