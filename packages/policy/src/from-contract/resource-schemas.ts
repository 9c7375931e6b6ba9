import { castellanOf, referredBy, subschemasAt, type Contract, type Location, type Schema } from '@castellan/contract';

/** A part of a document and where it stands. */
export interface At {
  readonly location: Location;
  readonly value: unknown;
}

/** A schema that is an object, and where it stands. */
export interface SchemaAt extends At {
  readonly value: Readonly<Record<string, unknown>>;
}

/** Schemas within schemas are looked through down to here. */
const deepest = 32;

/**
 * Every schema that describes an object of a resource type: the summary in a list, the whole object, what is written.
 * They stand among the components or in operations; in which order means nothing.
 */
export function schemasByResource(contract: Contract): ReadonlyMap<string, readonly At[]> {
  const found = new Map<string, Map<string, At>>();
  const add = (type: string, at: At) => {
    let places = found.get(type);
    if (places === undefined) found.set(type, (places = new Map()));
    places.set(keyOf(at.location), at);
  };
  for (const { type, schema } of contract.resources.values())
    add(type, { location: schema.location, value: schema.raw });
  for (const at of schemasOf(contract)) {
    const { resource } = castellanOf(at.value);
    if (resource !== undefined && (isObject(at.value['properties']) || Array.isArray(at.value['allOf'])))
      add(resource, at);
  }
  return new Map([...found].map(([type, places]) => [type, [...places.values()]]));
}

/** Every schema of a contract, those within schemas too, each once. */
export function schemasOf(contract: Contract): readonly SchemaAt[] {
  const found = new Map<string, SchemaAt>();
  const look = ({ location, value }: At, depth: number): void => {
    if (!isObject(value) || depth > deepest) return;
    const key = keyOf(location);
    if (found.has(key)) return;
    found.set(key, { location, value });
    const target = referredBy(contract, location, value);
    if (target !== undefined) look(target, depth + 1);
    for (const { raw, location: within } of subschemasAt(location, value))
      look({ location: within, value: raw }, depth + 1);
  };
  const lookAt = (schema: Schema | undefined): void => {
    if (schema !== undefined) look({ location: schema.location, value: schema.raw }, 0);
  };
  for (const { schema } of contract.resources.values()) lookAt(schema);
  for (const schema of contract.schemas.values()) lookAt(schema);
  for (const { responses, body, parameters } of contract.operations) {
    for (const { schema, itemSchema } of [...responses.flatMap(({ content }) => content), ...(body?.content ?? [])]) {
      lookAt(schema);
      lookAt(itemSchema);
    }
    for (const { schema, content } of parameters) lookAt(schema ?? content?.schema);
  }
  return [...found.values()];
}

const keyOf = ({ document, pointer }: Location) => `${document}#${pointer}`;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
