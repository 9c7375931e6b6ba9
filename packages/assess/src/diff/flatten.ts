import {
  asSchema,
  subschemasOf,
  type Contract,
  type Header,
  type Operation,
  type SubschemaPlace,
} from '@castellan/contract';
import { follow, partsOf, type SchemaNode } from '../posture/constraint.ts';
import { isJsonType, schemaOf } from '../posture/bodies.ts';
import { alternativesOf, conjunctsOf, type Constraints } from './constraints.ts';
import { digestOf } from './digest.ts';

type Raw = Readonly<Record<string, unknown>>;

/** A value by its path: `body.address.city`, `query.limit`, `200.items[].id`; path parameters by their segment's number, since they may be renamed. */
export interface Value {
  readonly path: string;
  readonly name: string;
  /** The path of what holds it, and how; undefined for what nothing holds. */
  readonly parent: string | undefined;
  readonly place: SubschemaPlace | undefined;
  /** The property's name, or the pattern. */
  readonly key: string;
  readonly contract: Contract;
  /** The keywords that bound it, those of `allOf` and references merged. */
  readonly raw: Raw;
  readonly node: SchemaNode;
  /** What it takes: alternatives of which one holds. */
  readonly takes: readonly Constraints[];
  readonly required: boolean;
  readonly readOnly: boolean;
  readonly writeOnly: boolean;
  /** Whether it is in some of the items only (`contains`): how it is bound is compared with the list. */
  readonly some: boolean;
  /** What is inside and was too deep or too much to be looked at, as a digest. */
  readonly cut: string | undefined;
}

export type Values = ReadonlyMap<string, Value>;

const DEEPEST = 12;
const MOST = 5_000;

/** Everything that callers send. */
export function requestValues(contract: Contract, operation: Operation): Values {
  const flat = new Flat(contract);
  for (const parameter of operation.parameters) {
    const raw = asSchema(parameter.schema?.raw);
    if (parameter.schema === undefined || raw === undefined) continue;
    flat.root(
      parameter.in === 'path'
        ? `path.${operation.path.split('/').findIndex((part) => part.includes(`{${parameter.name}}`))}`
        : `${parameter.in}.${parameter.name}`,
      parameter.name,
      { raw, location: parameter.schema.location },
      parameter.required,
    );
  }
  for (const media of operation.body?.content ?? []) {
    const node = schemaOf(media);
    const path = isJsonType(media.type) ? 'body' : `body (${plainType(media.type)})`;
    if (node !== undefined) flat.root(path, '', node, operation.body?.required ?? false);
    const item = media.itemSchema === undefined ? undefined : schemaOf({ ...media, schema: media.itemSchema });
    if (item !== undefined) flat.root(`${path} item`, '', item, false);
  }
  for (const [path, { readOnly }] of flat.values) if (readOnly) flat.values.delete(path);
  return flat.values;
}

/**
 * Everything that successful answers give.
 * @param statuses what an answer is called by its status, where another one took its place
 */
export function responseValues(
  contract: Contract,
  operation: Operation,
  statuses: ReadonlyMap<string, string> = new Map(),
): Values {
  const flat = new Flat(contract);
  for (const response of operation.responses) {
    if (!response.status.startsWith('2') && response.status !== 'default') continue;
    const status = statuses.get(response.status) ?? response.status;
    for (const media of response.content) {
      const node = schemaOf(media);
      const path = isJsonType(media.type) ? status : `${status} (${plainType(media.type)})`;
      if (node !== undefined) flat.root(path, '', node, true);
      const item = media.itemSchema === undefined ? undefined : schemaOf({ ...media, schema: media.itemSchema });
      if (item !== undefined) flat.root(`${path} item`, '', item, false);
    }
    for (const header of response.headers) addHeader(flat, status, header);
  }
  for (const [path, { writeOnly }] of flat.values) if (writeOnly) flat.values.delete(path);
  return flat.values;
}

/** What one schema holds. */
export function schemaValues(contract: Contract, node: SchemaNode): Values {
  return valuesOf(contract, [{ path: 'value', name: '', node, required: true }]);
}

/** What several schemas hold, each at its path. */
export function valuesOf(
  contract: Contract,
  roots: Iterable<Pick<Value, 'path' | 'name' | 'node' | 'required'>>,
): Values {
  const flat = new Flat(contract);
  for (const { path, name, node, required } of roots) flat.root(path, name, node, required);
  return flat.values;
}

function addHeader(flat: Flat, status: string, { name, schema, required }: Header): void {
  // Who may read is compared by itself.
  const raw = asSchema(schema?.raw);
  if (schema === undefined || raw === undefined || /^access-control-/i.test(name)) return;
  flat.root(`${status} header ${name.toLowerCase()}`, name, { raw, location: schema.location }, required);
}

/** A media type without its parameters. */
export function plainType(type: string): string {
  return type.replace(/;.*$/, '').trim().toLowerCase();
}

class Flat {
  readonly values = new Map<string, Value>();
  readonly #contract: Contract;

  constructor(contract: Contract) {
    this.#contract = contract;
  }

  root(path: string, name: string, node: SchemaNode, required: boolean): void {
    this.#add({ path, name, parent: undefined, place: undefined, key: name }, node, required, []);
  }

  #add(
    at: Pick<Value, 'path' | 'name' | 'parent' | 'place' | 'key'>,
    node: SchemaNode,
    required: boolean,
    above: readonly Raw[],
  ): void {
    const contract = this.#contract;
    const { path, name } = at;
    const target = follow(contract, node) ?? node;
    // A schema inside itself adds nothing new.
    if (above.includes(target.raw)) return;
    if (above.length > DEEPEST || this.values.size > MOST) {
      this.#cut(at.parent, digestOf(contract, target));
      return;
    }
    const inside = [...above, target.raw];
    const parts = [node, target, ...partsOf(target, 'allOf').map((part) => follow(contract, part) ?? part)];
    const raw: Raw = Object.assign({}, ...parts.toReversed().map((part) => part.raw)) as Raw;
    const known = this.values.get(path);
    this.values.set(path, {
      ...at,
      contract,
      raw: known?.raw ?? raw,
      node: known?.node ?? target,
      // Alternatives that describe it each in its way: one of them holds.
      takes: [...(known?.takes ?? []), ...alternativesOf(contract, node)],
      required: required && (known?.required ?? true),
      readOnly: raw['readOnly'] === true && (known?.readOnly ?? true),
      writeOnly: raw['writeOnly'] === true && (known?.writeOnly ?? true),
      some: at.place === 'some-item' || (at.parent !== undefined && this.values.get(at.parent)?.some === true),
      cut: known?.cut,
    });
    // What `required` names may be described by another part of `allOf`.
    const always = conjunctsOf(contract, node, 0).flatMap((part) => requiredOf(part));
    for (const part of new Set([target, ...allParts(contract, target, 0)])) {
      const needed: readonly unknown[] = [...always, ...requiredOf(part)];
      for (const { key, place, raw: value, pointer } of subschemasOf(part.raw, { booleans: true })) {
        // What others and items are is among what holds them, where it is only true or false.
        if (typeof part.raw[pointer.slice(1)] === 'boolean') continue;
        const step = stepOf(place, key ?? '');
        if (step === undefined) continue;
        const { document } = part.location;
        const inner = { raw: value, location: { document, pointer: part.location.pointer + pointer } };
        const property = place === 'property';
        this.#add(
          { path: path + step, name: property ? (key ?? '') : name, parent: path, place, key: key ?? '' },
          inner,
          property && needed.includes(key),
          inside,
        );
      }
    }
  }

  #cut(path: string | undefined, digest: string): void {
    const value = path === undefined ? undefined : this.values.get(path);
    if (value !== undefined && path !== undefined)
      this.values.set(path, { ...value, cut: `${value.cut ?? ''} ${digest}` });
  }
}

/** How a value within a value is called; undefined where a schema is about the value itself, or about none. */
function stepOf(place: SubschemaPlace, key: string): string | undefined {
  switch (place) {
    case 'property':
      return `.${key}`;
    case 'pattern':
      return `.{${key}}`;
    case 'others':
      return '.{}';
    case 'item':
      return '[]';
    case 'position':
      return `[${key}]`;
    case 'some-item':
      return '[contains]';
    default:
      return undefined;
  }
}

function requiredOf({ raw }: SchemaNode): readonly unknown[] {
  return Array.isArray(raw['required']) ? raw['required'] : [];
}

/** The parts that a value may be made of, by any of the composing keywords. */
function allParts(contract: Contract, node: SchemaNode, depth: number): SchemaNode[] {
  if (depth > 4) return [];
  return subschemasOf(node.raw).flatMap(({ place, raw, pointer }) => {
    if (place !== 'value') return [];
    const { document } = node.location;
    const part = { raw, location: { document, pointer: node.location.pointer + pointer } };
    const target = follow(contract, part) ?? part;
    return [target, ...allParts(contract, target, depth + 1)];
  });
}
