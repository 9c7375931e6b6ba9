const MAPS: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
  'schemas',
]);
const LISTS: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems', 'items']);
const SINGLE: ReadonlySet<string> = new Set([
  'schema',
  'itemSchema',
  'items',
  'additionalItems',
  'additionalProperties',
  'not',
  'if',
  'then',
  'else',
  'contains',
  'propertyNames',
  'unevaluatedItems',
  'unevaluatedProperties',
  'contentSchema',
]);
/** Maps of names that hold no schemas: in them, `schema` is a name. */
const OTHER_MAPS: ReadonlySet<string> = new Set([
  'responses',
  'parameters',
  'requestBodies',
  'headers',
  'securitySchemes',
  'callbacks',
  'pathItems',
  'paths',
  'content',
  'encoding',
]);

/** Whether a schema stands at a path of a document, told by its last steps. */
export function isSchemaPlace(tokens: readonly string[]): boolean {
  const last = tokens.at(-1) ?? '';
  const parent = tokens.at(-2) ?? '';
  if (MAPS.has(parent)) return true;
  if (LISTS.has(parent) && /^\d+$/.test(last)) return true;
  return SINGLE.has(last) && !OTHER_MAPS.has(parent);
}
