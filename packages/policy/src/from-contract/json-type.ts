import {
  castellanOf,
  subschemasOf,
  type Contract,
  type Location,
  type Schema,
  type Subschema,
} from '@castellan/contract';
import { entityTypeName } from './name.ts';
import { unite, uniteTypes } from './unite.ts';

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
 * Turns JSON Schemas into Cedar types. What Cedar has no type for (texts or numbers, maps, anything) is left out, so that no policy
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
    const kind = type ?? this.#kind(at, 0);
    if (resource !== undefined && this.#isResource(resource) && ['string', 'integer', 'object'].includes(kind ?? '')) {
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
        const element = this.#same(
          subschemasOf(at.value)
            .filter(({ place }) => place === 'item' || place === 'position')
            .map((part) => below(at, part)),
          depth + 1,
        );
        return element === undefined ? undefined : { type: 'Set', element };
      }
      case 'object':
        return this.#filled(at, depth);
      default:
        return this.#composed(at, depth);
    }
  }

  /** The type of a schema that says none itself: what its parts say. */
  #composed(at: At, depth: number): CedarType | undefined {
    const under = (keyword: string) =>
      subschemasOf(at.value).flatMap((part) => (part.keyword === keyword ? [below(at, part)] : []));
    const parts = under('allOf').flatMap((part) => this.#type(part, depth + 1) ?? []);
    const [part] = [...parts.filter(({ type }) => type === 'Entity'), ...parts];
    if (part !== undefined) return part.type === 'Record' ? this.#filled(at, depth) : part;
    for (const keyword of ['oneOf', 'anyOf']) {
      const branches = under(keyword).filter((branch) => this.#follow(branch)?.value['type'] !== 'null');
      const type = this.#same(branches, depth + 1);
      if (type !== undefined) return type;
    }
    return undefined;
  }

  /** The JSON type of a schema that says none itself, as far as its parts agree. */
  #kind(at: At, depth: number): string | undefined {
    if (depth > deepest) return undefined;
    for (const keyword of ['allOf', 'oneOf', 'anyOf']) {
      const kinds = new Set(
        subschemasOf(at.value).flatMap((part) => {
          const next = part.keyword === keyword ? this.#follow(below(at, part)) : undefined;
          return next === undefined ? [] : (typeOf(next.value) ?? this.#kind(next, depth + 1) ?? []);
        }),
      );
      kinds.delete('null');
      const [kind] = kinds;
      if (kinds.size === 1) return kind;
    }
    return undefined;
  }

  #filled(at: At, depth: number): CedarRecordType | undefined {
    const record = this.#record(at, depth);
    return record === undefined || Object.keys(record.attributes).length === 0 ? undefined : record;
  }

  /** The type that all of these have; `undefined` where one has another, or none. */
  #same(schemas: readonly { location: Location; value: unknown }[], depth: number): CedarType | undefined {
    const types = schemas.map((schema) => this.#type(schema, depth));
    return types.reduce(
      (one, other) =>
        one === undefined || other === undefined
          ? undefined
          : one.type === 'Record' && other.type === 'Record'
            ? either(one, other)
            : uniteTypes(one, other, none),
      types[0],
    );
  }

  /** Properties of the schema and of all that is applied with it; what only some values have is optional. */
  #record(at: At, depth: number): CedarRecordType | undefined {
    const attributes = new Map<string, CedarType & { readonly required?: boolean }>();
    const { always, sometimes } = this.#parts(at);
    const required = new Set(always.flatMap((part) => requiredOf(part, (property) => this.#isNullable(property, 0))));
    const certain = new Set<string>();
    const disagreeing = new Set<string>();
    for (const [index, part] of [...always, ...sometimes].entries()) {
      const isCertain = index < always.length;
      for (const property of propertiesOf(part)) {
        const type = this.#type(property.at, depth + 1);
        const known = attributes.get(property.name);
        if (isCertain) certain.add(property.name);
        if (type === undefined) {
          if (depth < deepest) this.leftOut.set(property.name, whyNone(property.name, this.#follow(property.at)));
          // What one alternative gives no type has none.
          if (!isCertain && !certain.has(property.name)) disagreeing.add(property.name);
        } else if (isCertain || known === undefined) attributes.set(property.name, type);
        else if (!certain.has(property.name)) {
          const both =
            known.type === 'Record' && type.type === 'Record' ? either(known, type) : uniteTypes(known, type, none);
          if (both === undefined) disagreeing.add(property.name);
          else attributes.set(property.name, both);
        }
      }
    }
    for (const name of disagreeing) {
      attributes.delete(name);
      if (depth < deepest && !this.leftOut.has(name))
        this.leftOut.set(name, `the alternatives of one schema say different things of '${name}': make them agree`);
    }
    for (const [name, type] of attributes) if (!required.has(name)) attributes.set(name, { ...type, required: false });
    return { type: 'Record', attributes: Object.fromEntries(attributes) };
  }

  /** What is applied to every value of a schema, and what is applied to some, through references. `not` says nothing. */
  #parts(at: At): { readonly always: readonly At[]; readonly sometimes: readonly At[] } {
    const always: At[] = [at];
    const sometimes: At[] = [];
    const seen = new Set<unknown>([at.value]);
    for (const list of [always, sometimes])
      for (const part of list)
        for (const inner of subschemasOf(part.value)) {
          if (inner.place !== 'value') continue;
          const next = this.#follow(below(part, inner));
          if (next === undefined || seen.has(next.value)) continue;
          seen.add(next.value);
          (list === always && inner.keyword === 'allOf' ? always : sometimes).push(next);
        }
    return { always, sometimes };
  }

  /** Whether a property may be null: a policy cannot rely on it then. */
  #isNullable(written: { location: Location; value: unknown }, depth: number): boolean {
    const at = this.#follow(written);
    if (at === undefined || depth > deepest) return false;
    const { type, nullable } = at.value;
    if (nullable === true || type === 'null' || (Array.isArray(type) && type.includes('null'))) return true;
    if (type !== undefined) return false;
    return subschemasOf(at.value).some(
      (part) => ['anyOf', 'oneOf', 'allOf'].includes(part.keyword) && this.#isNullable(below(at, part), depth + 1),
    );
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
  if (schema['properties'] !== undefined) return 'object';
  const values: unknown = Object.hasOwn(schema, 'const') ? [schema['const']] : schema['enum'];
  if (!Array.isArray(values) || values.length === 0) return undefined;
  const kinds = new Set(
    values.filter((value) => value !== null).map((value) => (Number.isInteger(value) ? 'integer' : typeof value)),
  );
  const [kind] = kinds;
  return kinds.size === 1 && ['string', 'integer', 'boolean'].includes(kind ?? '') ? kind : undefined;
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
function requiredOf(at: At, isNullable: (property: { location: Location; value: unknown }) => boolean): string[] {
  const { required } = at.value;
  if (!Array.isArray(required)) return [];
  return required.filter(
    (name): name is string => typeof name === 'string' && !isNullable(child(at, 'properties', name)),
  );
}

/** A schema within a schema, where it stands. */
function below({ location }: At, part: Subschema): { location: Location; value: unknown } {
  return { location: { document: location.document, pointer: location.pointer + part.pointer }, value: part.raw };
}

/** One record or the other: what only one of them has is optional. */
function either(one: CedarRecordType, other: CedarRecordType): CedarRecordType {
  const { attributes } = unite([one, other], none);
  return {
    type: 'Record',
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([name, type]) => [
        name,
        name in one.attributes && name in other.attributes ? type : { ...type, required: false },
      ]),
    ),
  };
}

const none = (): undefined => undefined;
