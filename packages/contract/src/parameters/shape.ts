import type { Schema } from '../model.ts';
import { escapePointer, type SchemaSource } from '../schema/index.ts';
import { rulesOf } from '../schema/rules.ts';
import { typesOf, type TypeName } from '../schema/types.ts';

export type { TypeName };

/**
 * What a schema says about the form of its values, as far as text needs it to become a value: through `$ref`, `allOf`
 * (all hold), `anyOf` and `oneOf` (any may hold). Whether the value is valid, the compiled schema decides.
 */
export interface Shape {
  /** Types that the value may have; undefined where the schema does not say. */
  readonly types: ReadonlySet<TypeName> | undefined;
  readonly properties: ReadonlyMap<string, Schema>;
  /** Of properties that are not named: a schema, or whether they are documented at all. */
  readonly additional: Schema | boolean;
  /** Of an array's item at an index. */
  readonly items: Schema | undefined;
  readonly prefixItems: readonly Schema[];
  readonly default: { readonly value: unknown } | undefined;
  /** Properties that have to be there, whichever alternative is meant. */
  readonly required: ReadonlySet<string>;
}

interface Draft {
  types: ReadonlySet<TypeName> | undefined;
  readonly properties: Map<string, Schema>;
  additional: Schema | boolean | undefined;
  items: Schema | undefined;
  prefixItems: Schema[];
  default: { readonly value: unknown } | undefined;
  readonly required: Set<string>;
}

/** Reads the shape of a schema. Recursion through references ends where it comes back to itself. */
export function shapeOf(source: SchemaSource, schema: Schema | undefined): Shape {
  const draft = schema === undefined ? emptyDraft() : read(source, schema, new Set());
  return { ...draft, additional: draft.additional ?? draft.properties.size === 0 };
}

/** The shape of a property, or of an undocumented one where the schema allows any. Undefined where it is not documented. */
export function propertySchema(shape: Shape, name: string): Schema | 'text' | undefined {
  const known = shape.properties.get(name);
  if (known !== undefined) return known;
  if (shape.additional === false) return undefined;
  return shape.additional === true ? 'text' : shape.additional;
}

function emptyDraft(): Draft {
  return {
    types: undefined,
    properties: new Map(),
    additional: undefined,
    items: undefined,
    prefixItems: [],
    default: undefined,
    required: new Set(),
  };
}

function read(source: SchemaSource, schema: Schema, seen: Set<string>): Draft {
  const draft = emptyDraft();
  const { raw } = schema;
  const key = `${schema.location.document}#${schema.location.pointer}`;
  if (typeof raw === 'boolean' || seen.has(key)) return draft;
  seen.add(key);
  const child = (value: unknown, ...path: string[]): Schema | undefined => subschema(schema, value, path);

  draft.types = ownTypes(schema);
  for (const [name, value] of entries(raw['properties'])) {
    const property = child(value, 'properties', name);
    if (property !== undefined) draft.properties.set(name, property);
  }
  for (const name of list(raw['required'])) if (typeof name === 'string') draft.required.add(name);
  const additional = raw['additionalProperties'];
  draft.additional = typeof additional === 'boolean' ? additional : child(additional, 'additionalProperties');
  draft.items = child(raw['items'], 'items');
  draft.prefixItems = list(raw['prefixItems']).flatMap(
    (value, index) => child(value, 'prefixItems', String(index)) ?? [],
  );
  if (Object.hasOwn(raw, 'default')) draft.default = { value: raw['default'] };

  if (typeof raw['$ref'] === 'string') {
    const target = source.references.locate(schema.location, raw['$ref']);
    const referred = subschema({ ...schema, location: target.location }, target.value, []);
    if (referred !== undefined) restrict(draft, read(source, referred, seen));
  }
  for (const [index, value] of list(raw['allOf']).entries()) {
    const part = child(value, 'allOf', String(index));
    if (part !== undefined) restrict(draft, read(source, part, seen));
  }
  for (const keyword of ['anyOf', 'oneOf']) {
    const branches = list(raw[keyword]).flatMap((value, index) => child(value, keyword, String(index)) ?? []);
    if (branches.length > 0) restrict(draft, either(branches.map((branch) => read(source, branch, new Set(seen)))));
  }
  if (draft.types === undefined) draft.types = impliedTypes(draft);
  return draft;
}

function ownTypes(schema: Schema): ReadonlySet<TypeName> | undefined {
  if (typeof schema.raw === 'boolean') return undefined;
  const types = typesOf(schema.raw, rulesOf(schema.dialect));
  if (!types.any) return types.allowed;
  const values = Object.hasOwn(schema.raw, 'const') ? [schema.raw['const']] : list(schema.raw['enum']);
  return values.length === 0 ? undefined : new Set(values.map(typeOfValue));
}

function typeOfValue(value: unknown): TypeName {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number' || typeof value === 'bigint')
    return typeof value === 'bigint' || Number.isInteger(value) ? 'integer' : 'number';
  return typeof value === 'boolean' ? 'boolean' : typeof value === 'object' ? 'object' : 'string';
}

function impliedTypes(draft: Draft): ReadonlySet<TypeName> | undefined {
  if (draft.properties.size > 0 || draft.additional !== undefined) return new Set(['object']);
  if (draft.items !== undefined || draft.prefixItems.length > 0) return new Set(['array']);
  return undefined;
}

/** Both hold. */
function restrict(draft: Draft, other: Draft): void {
  draft.types = intersection(draft.types, other.types);
  for (const name of other.required) draft.required.add(name);
  addStructure(draft, other);
  if (draft.additional === undefined || other.additional === false)
    draft.additional = other.additional ?? draft.additional;
  draft.default ??= other.default;
}

/** At least one holds. */
function either(branches: readonly Draft[]): Draft {
  const union = emptyDraft();
  const types = new Set<TypeName>();
  let known = true;
  for (const branch of branches) {
    if (branch.types === undefined) known = false;
    else for (const type of branch.types) types.add(type);
    for (const [name, property] of branch.properties) {
      const known = union.properties.get(name);
      union.properties.set(name, known === undefined ? property : eitherOf(known, property));
    }
    addStructure(union, branch);
    if (branch.additional !== undefined && branch.additional !== false) union.additional ??= branch.additional;
  }
  union.types = known ? types : undefined;
  for (const name of branches[0]?.required ?? [])
    if (branches.every(({ required }) => required.has(name))) union.required.add(name);
  return union;
}

/** A property that two alternatives name may be as either says. */
function eitherOf(one: Schema, other: Schema): Schema {
  if (one.raw === other.raw) return one;
  const { document } = one.location;
  const refer = ({ location }: Schema): object => ({
    $ref: `${location.document === document ? '' : location.document}#${location.pointer.split('/').map(encodeURIComponent).join('/')}`,
  });
  const before =
    typeof one.raw === 'object' && unions.has(one.raw) ? (one.raw['anyOf'] as readonly object[]) : [refer(one)];
  const raw = { anyOf: [...before, refer(other)] };
  unions.add(raw);
  return { ...one, raw };
}

/** Schemas that were made here. */
const unions = new WeakSet<object>();

function addStructure(draft: Draft, other: Draft): void {
  for (const [name, property] of other.properties)
    if (!draft.properties.has(name)) draft.properties.set(name, property);
  draft.items ??= other.items;
  if (draft.prefixItems.length === 0) draft.prefixItems = other.prefixItems;
}

function intersection(
  left: ReadonlySet<TypeName> | undefined,
  right: ReadonlySet<TypeName> | undefined,
): ReadonlySet<TypeName> | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  const both = new Set<TypeName>();
  for (const type of left) {
    if (right.has(type)) both.add(type);
    else if (type === 'integer' && right.has('number')) both.add('integer');
    else if (type === 'number' && right.has('integer')) both.add('integer');
  }
  return both;
}

function subschema(parent: Schema, value: unknown, path: readonly string[]): Schema | undefined {
  if (typeof value !== 'boolean' && !isRecord(value)) return undefined;
  const pointer = path.reduce((prefix, token) => `${prefix}/${escapePointer(token)}`, parent.location.pointer);
  return { location: { document: parent.location.document, pointer }, dialect: parent.dialect, raw: value };
}

function entries(value: unknown): [string, unknown][] {
  return isRecord(value) ? Object.entries(value) : [];
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
