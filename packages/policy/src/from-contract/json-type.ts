import { castellanOf, type Contract, type Location, type Schema } from '@castellan/contract';
import { entityTypeName } from './name.ts';
import { unite } from './unite.ts';

/** A type in the JSON form of a Cedar schema. */
export type CedarType =
  | { readonly type: 'String' | 'Long' | 'Boolean' }
  | { readonly type: 'Extension'; readonly name: 'datetime' | 'ipaddr' | 'decimal' }
  | { readonly type: 'Entity'; readonly name: string }
  | { readonly type: 'Set'; readonly element: CedarType }
  | CedarRecordType;

export interface CedarRecordType {
  readonly type: 'Record';
  readonly attributes: Readonly<Record<string, CedarType & { readonly required?: boolean }>>;
}

interface At {
  readonly location: Location;
  readonly value: Readonly<Record<string, unknown>>;
}

/** Nested objects become nested records down to here. */
const deepest = 4;

/**
 * Turns JSON Schemas into Cedar types. What Cedar has no type for (unions, maps, anything) is left out, so that no policy
 * can rely on it.
 */
export class TypeReader {
  /** Properties that the document has and policies do not, by name, and why. */
  readonly leftOut = new Map<string, string>();
  readonly #contract: Contract;
  readonly #isResource: (type: string) => boolean;

  /** @param isResource whether a resource type has an entity type, so that properties may refer to it */
  constructor(contract: Contract, isResource: (type: string) => boolean) {
    this.#contract = contract;
    this.#isResource = isResource;
  }

  /** The attributes of an object's schema; empty when it is none. */
  attributes(schema: Schema): CedarRecordType {
    const at = this.#follow({ location: schema.location, value: schema.raw });
    return (at === undefined ? undefined : this.#record(at, 0)) ?? { type: 'Record', attributes: {} };
  }

  /** The attributes of an object that several schemas describe: those of all of them. */
  attributesOfAll(schemas: readonly { readonly location: Location; readonly value: unknown }[]): CedarRecordType {
    const records = schemas.flatMap((schema) => {
      const at = this.#follow(schema);
      const record = at === undefined ? undefined : this.#record(at, 0);
      return record === undefined ? [] : [record];
    });
    return unite(records, (name) =>
      this.leftOut.set(name, `the schemas of one resource say different things of '${name}': make them agree`),
    );
  }

  /** The type of a value; `undefined` where Cedar has none. */
  type(schema: Schema): CedarType | undefined {
    return this.#type({ location: schema.location, value: schema.raw }, 0);
  }

  #type(written: { location: Location; value: unknown }, depth: number): CedarType | undefined {
    const own = isObject(written.value) ? castellanOf(written.value).resource : undefined;
    const at = this.#follow(written);
    if (at === undefined || depth > deepest) return undefined;
    const resource = own ?? castellanOf(at.value).resource;
    const type = typeOf(at.value);
    if (resource !== undefined && this.#isResource(resource) && ['string', 'integer', 'object'].includes(type ?? '')) {
      return { type: 'Entity', name: entityTypeName(resource) };
    }
    switch (type) {
      case 'string':
        return formats.get(String(at.value['format'])) ?? { type: 'String' };
      case 'integer':
        return { type: 'Long' };
      case 'number':
        return { type: 'Extension', name: 'decimal' };
      case 'boolean':
        return { type: 'Boolean' };
      case 'array': {
        const element = at.value['items'] === undefined ? undefined : this.#type(child(at, 'items'), depth + 1);
        return element === undefined ? undefined : { type: 'Set', element };
      }
      case 'object': {
        const record = this.#record(at, depth);
        return record === undefined || Object.keys(record.attributes).length === 0 ? undefined : record;
      }
      default:
        return undefined;
    }
  }

  /** Properties of the schema and of all that `allOf` adds. */
  #record(at: At, depth: number): CedarRecordType | undefined {
    const attributes = new Map<string, CedarType & { readonly required?: boolean }>();
    for (const part of this.#parts(at, 0)) {
      for (const property of propertiesOf(part)) {
        const type = this.#type(property.at, depth + 1);
        if (type !== undefined) attributes.set(property.name, type);
        else if (depth < deepest) this.leftOut.set(property.name, whyNone(property.name, this.#follow(property.at)));
      }
    }
    const required = new Set(this.#parts(at, 0).flatMap((part) => requiredOf(part)));
    for (const [name, type] of attributes) {
      if (!required.has(name)) attributes.set(name, { ...type, required: false });
    }
    return { type: 'Record', attributes: Object.fromEntries(attributes) };
  }

  #parts(at: At, depth: number): At[] {
    const { allOf } = at.value;
    if (!Array.isArray(allOf) || depth > 10) return [at];
    const more = allOf.flatMap((value: unknown, index) => {
      const { document, pointer } = at.location;
      const part = this.#follow({ location: { document, pointer: `${pointer}/allOf/${index}` }, value });
      return part === undefined ? [] : this.#parts(part, depth + 1);
    });
    return [at, ...more];
  }

  #follow(at: { location: Location; value: unknown }): At | undefined {
    const { value, location } = at;
    if (!isObject(value)) return undefined;
    const { $ref } = value;
    if (typeof $ref !== 'string') return { location, value };
    const target = this.#contract.resolve(location, $ref);
    return isObject(target.value) ? { location: target.location, value: target.value } : undefined;
  }
}

/** Why a property has no type that policies could rely on. */
function whyNone(name: string, at: At | undefined): string {
  const isMap = at !== undefined && isObject(at.value['additionalProperties']);
  return isMap
    ? `the document says that '${name}' is a map: list its keys as properties, or make it a list of texts`
    : `the document gives '${name}' no single type: give it one`;
}

const formats: ReadonlyMap<string, CedarType> = new Map(
  Object.entries<CedarType>({
    'date-time': { type: 'Extension', name: 'datetime' },
    date: { type: 'Extension', name: 'datetime' },
    ipv4: { type: 'Extension', name: 'ipaddr' },
    ipv6: { type: 'Extension', name: 'ipaddr' },
  }),
);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The one type besides `null`; `undefined` for a union. */
function typeOf(schema: Readonly<Record<string, unknown>>): string | undefined {
  const { type } = schema;
  if (Array.isArray(type)) {
    const types = type.filter((name) => name !== 'null');
    return types.length === 1 ? String(types[0]) : undefined;
  }
  if (typeof type === 'string') return type;
  if (schema['properties'] !== undefined || schema['allOf'] !== undefined) return 'object';
  const { enum: values } = schema;
  return Array.isArray(values) && values.every((value) => typeof value === 'string') ? 'string' : undefined;
}

function child(at: At, ...names: string[]): { location: Location; value: unknown } {
  let value: unknown = at.value;
  let { pointer } = at.location;
  for (const name of names) {
    value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
    pointer += `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  }
  return { location: { document: at.location.document, pointer }, value };
}

function propertiesOf(at: At): { name: string; at: { location: Location; value: unknown } }[] {
  const { properties } = at.value;
  return isObject(properties)
    ? Object.keys(properties).map((name) => ({ name, at: child(at, 'properties', name) }))
    : [];
}

/** Required and never null. */
function requiredOf(at: At): string[] {
  const { required, properties } = at.value;
  if (!Array.isArray(required)) return [];
  return required.filter((name): name is string => {
    const property = isObject(properties) && typeof name === 'string' ? properties[name] : undefined;
    const isNullable =
      isObject(property) &&
      (property['nullable'] === true || (Array.isArray(property['type']) && property['type'].includes('null')));
    return typeof name === 'string' && !isNullable;
  });
}
