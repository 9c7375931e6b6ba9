type Schema = Readonly<Record<string, unknown>>;
type Properties = Readonly<Record<string, Schema>>;

/**
 * Changes the description of every key that a JSON Schema names.
 * @param path of the schema: keys joined by points, `*` for a name that the writer chooses; lists and alternatives add nothing
 * @param describe the description of a key, given its path and what it has
 */
export function describeKeys(
  schema: Schema,
  path: string,
  describe: (path: string, described: string | undefined) => string | undefined,
): Schema {
  const below = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const described: Record<string, unknown> = { ...schema };
  const { properties, additionalProperties, items, anyOf } = schema;
  if (properties !== undefined)
    described['properties'] = Object.fromEntries(
      Object.entries(properties as Properties).map(([name, inner]) => {
        const { description, ...rest } = describeKeys(inner, below(name), describe);
        const said = describe(below(name), description as string | undefined);
        return [name, { ...(said === undefined ? {} : { description: said }), ...rest }];
      }),
    );
  if (typeof additionalProperties === 'object')
    described['additionalProperties'] = describeKeys(additionalProperties as Schema, below('*'), describe);
  if (items !== undefined) described['items'] = describeKeys(items as Schema, path, describe);
  if (anyOf !== undefined)
    described['anyOf'] = (anyOf as readonly Schema[]).map((inner) => describeKeys(inner, path, describe));
  return described;
}

/** The paths of all keys that a JSON Schema names and that have no keys below them. */
export function keysOf(schema: Schema, path = ''): readonly string[] {
  const paths = new Set<string>();
  describeKeys(schema, path, (key) => {
    paths.add(key);
    return undefined;
  });
  return [...paths].filter((key) => ![...paths].some((other) => other.startsWith(`${key}.`)));
}
