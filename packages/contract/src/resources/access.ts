import type { Direction } from '../compiled.ts';
import type { Contract, Schema } from '../model.ts';
import { compilerOf } from '../schema/compiler.ts';
import { fuel, OutOfFuel, REQUEST_FUEL, RESPONSE_FUEL } from '../schema/fuel.ts';
import { escapePointer } from '../schema/index.ts';
import { Spot, Spots, type Part, type PropertyRule, type ReferenceShape, type ResourceShape } from './spot.ts';

export type { PropertyRule, ResourceShape } from './spot.ts';

type Properties = Record<string, unknown>;

/** An object in a value that is a resource by its schema. */
export interface FoundResource {
  readonly type: string;
  /** The name of the property that holds its id. */
  readonly idName: string;
  readonly value: Properties;
  /** Where it hangs: `holder[key]` is `value`; undefined for the whole value. */
  readonly holder: Properties | unknown[] | undefined;
  readonly key: string | number;
  /** The resource that it stands in, if any. */
  readonly owner: FoundResource | undefined;
}

/** A property, item or value of a map whose schema says who may read or write it. `rule.name` is its key in `holder`. */
export interface FoundProperty {
  readonly rule: PropertyRule;
  readonly holder: Properties | unknown[];
  readonly owner: FoundResource | undefined;
}

/** A property in a value that names an object of another type by its id. */
export interface FoundReference {
  readonly shape: ReferenceShape;
  readonly holder: Properties | unknown[];
  readonly id: string;
}

/** Where `visit` puts what it finds, outer resources before those inside them. */
export interface Findings {
  readonly resources: FoundResource[];
  readonly properties: FoundProperty[];
  /** Without it, references are not looked for. */
  readonly references?: FoundReference[];
}

/** The way to every resource and every restricted property of the values of one schema, compiled from the contract. */
export interface ResourceAccess {
  /** The resource that the whole value is, if its schema always says so. */
  readonly root: ResourceShape | undefined;
  /** Types of resources that can stand in a value. */
  readonly types: ReadonlySet<string>;
  /** Those of them that can stand in no other resource: what the value is about. */
  readonly outermost: ReadonlySet<string>;
  /** Rules of properties that can stand in a value. */
  readonly rules: readonly PropertyRule[];
  /**
   * Finds everything in a value that the schema matches.
   * @returns false where the value is nested too deeply to be searched whole
   */
  visit(value: unknown, findings: Findings): boolean;
  /**
   * The same for `holder[key]`, a parameter or a whole body, and for what the schema says of that value itself: that it
   * names an object, or who may read or write it.
   */
  visitIn(holder: Readonly<Record<string, unknown>>, key: string, findings: Findings): boolean;
  /** The same for each item of a list, such as a sequence whose items the schema describes (`itemSchema`). */
  visitItems(list: readonly unknown[], findings: Findings): boolean;
  /** Where in the value an object of it stands, as an RFC 6901 pointer. Searches; for messages only. */
  locate(value: unknown, object: object): string | undefined;
}

export interface ResourceAccessOptions {
  /** False: only the rules of properties are looked for. Default true. */
  readonly resources?: boolean | undefined;
  /** `url`: the rules are those of URLs (`x-castellan.url`), instead of who may read or write. */
  readonly rules?: 'url' | undefined;
}

/** Nested deeper than this, a value is not searched whole. */
const maxDepth = 256;

const books = new WeakMap<Contract, Map<string, Spots>>();

/**
 * Compiles the way to the resources (`x-castellan.resource`, or inferred) and restricted properties (`read` in
 * responses, `write` in requests) of a schema's values: through properties, maps, arrays, `$ref`, `allOf`, alternatives
 * and discriminators, nested and recursive (OWASP API1:2023, API3:2023). What leads to none is never visited.
 *
 * @returns undefined where no value of the schema can hold one
 */
export function compileResourceAccess(
  contract: Contract,
  schema: Schema,
  direction: Direction,
  { resources = true, rules: kind }: ResourceAccessOptions = {},
): ResourceAccess | undefined {
  if (!resources && !contract.extended) return undefined;
  const book = bookOf(contract, direction, resources, kind ?? (direction === 'response' ? 'read' : 'write'));
  const root = book.of([book.compiler.nodes.at(schema)]);
  if (root === undefined || !root.leads) return undefined;
  const { types, rules } = reachable(root);
  return {
    root: root.parts.find((part) => part.holds === undefined && part.shapes.length > 0)?.shapes[0],
    types,
    outermost: outermostIn(root),
    rules,
    visit: (value, findings) => searched(direction, () => visit(root, value, undefined, '', undefined, findings, 0)),
    visitIn: (holder, key, findings) =>
      searched(direction, () =>
        visitElement(root, holder[key], holder as Properties, key, key, undefined, findings, 0),
      ),
    visitItems: (list, findings) =>
      searched(direction, () => {
        let whole = true;
        for (const [index, item] of list.entries())
          if (!visitElement(root, item, list as unknown[], index, 'item', undefined, findings, 1)) whole = false;
        return whole;
      }),
    locate: locateObject,
  };
}

function searched(direction: Direction, search: () => boolean): boolean {
  try {
    fuel.left = direction === 'request' ? REQUEST_FUEL : RESPONSE_FUEL;
    return search();
  } catch (error) {
    // Nested too deeply, or its conditions cost more than any check may: nobody can say that all was found.
    if (error instanceof RangeError || error instanceof OutOfFuel) return false;
    throw error;
  }
}

function bookOf(contract: Contract, direction: Direction, resources: boolean, rule: 'read' | 'write' | 'url'): Spots {
  let known = books.get(contract);
  if (known === undefined) books.set(contract, (known = new Map()));
  const key = `${direction} ${resources} ${rule}`;
  let book = known.get(key);
  if (book === undefined) {
    const inferred = new Map<unknown, ResourceShape>();
    if (resources)
      for (const { type, id, schema, declared } of contract.resources.values())
        if (!declared) inferred.set(schema.raw, { type, id });
    book = new Spots(compilerOf(contract.references, { direction }), {
      inferred,
      resources,
      rule,
    });
    known.set(key, book);
  }
  return book;
}

function reachable(root: Spot): { types: ReadonlySet<string>; rules: readonly PropertyRule[] } {
  const types = new Set<string>();
  const rules = new Set<PropertyRule>();
  /** Every place, with the names of the properties that it is a value, an item or a value in a map of. */
  const seen = new Map<Spot, Set<string>>();
  const pending: (readonly [spot: Spot, name: string])[] = [[root, '']];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [spot, name] = next;
    let names = seen.get(spot);
    if (names === undefined) seen.set(spot, (names = new Set()));
    if (names.has(name)) continue;
    names.add(name);
    for (const part of spot.parts) {
      for (const { type } of part.shapes) types.add(type);
      for (const rule of part.rules) rules.add(rule);
      for (const [property, inner] of part.properties) pending.push([inner, property]);
      for (const inner of [...part.patterns.map((one) => one.spot), ...part.prefix, part.rest, part.items]) {
        if (inner === undefined) continue;
        for (const rule of name === '' ? [] : inner.own.rules) rules.add({ name, ...rule });
        pending.push([inner, name]);
      }
    }
  }
  return { types, rules: [...rules] };
}

function outermostIn(root: Spot): ReadonlySet<string> {
  const types = new Set<string>();
  const seen = new Set<Spot>([root]);
  for (const spot of seen) {
    const isResource = spot.parts.some(({ shapes }) => shapes.length > 0);
    for (const part of spot.parts) {
      for (const { type } of part.shapes) types.add(type);
      // An alternative that is no resource may stand in place of one that is.
      if (isResource && (!spot.conditional || part.shapes.length > 0)) continue;
      for (const next of below(part)) seen.add(next);
    }
  }
  return types;
}

function* below({ properties, patterns, prefix, rest, items }: Part): Generator<Spot> {
  for (const [, next] of properties) yield next;
  for (const { spot } of patterns) yield spot;
  for (const next of [...prefix, rest, items]) if (next !== undefined) yield next;
}

function visit(
  spot: Spot,
  value: unknown,
  holder: Properties | unknown[] | undefined,
  key: string | number,
  owner: FoundResource | undefined,
  findings: Findings,
  depth: number,
): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth > maxDepth) return false;
  const parts = spot.conditional ? spot.parts.filter((part) => part.holds?.(value) ?? true) : spot.parts;
  let whole = true;
  if (Array.isArray(value)) {
    for (const { prefix, items } of parts) {
      if (items === undefined && prefix.length === 0) continue;
      for (let index = 0; index < value.length; index++) {
        const next = index < prefix.length ? prefix[index] : items;
        if (
          next !== undefined &&
          !visitElement(next, value[index], value, index, String(key), owner, findings, depth + 1)
        )
          whole = false;
      }
    }
    return whole;
  }
  const object = value as Properties;
  const { resources } = findings;
  const before = resources.length;
  for (const part of parts) {
    for (const { type, id } of part.shapes) {
      if (isFound(resources, before, type)) continue;
      resources.push({ type, idName: id, value: object, holder, key, owner });
    }
  }
  const inside = resources.length > before ? resources[before] : owner;
  for (const part of parts) if (!visitObject(part, object, inside, findings, depth)) whole = false;
  return whole;
}

const none: readonly ReferenceShape[] = [];

/** A value that no property of the schema names: what its schema says of it stands on the value's own place. */
function visitElement(
  spot: Spot,
  value: unknown,
  holder: Properties | unknown[],
  key: string | number,
  /** The nearest name, for messages. */
  name: string,
  owner: FoundResource | undefined,
  findings: Findings,
  depth: number,
): boolean {
  const { rules, references } = spot.own;
  if (value !== undefined) {
    for (const rule of rules) findings.properties.push({ rule: { name: String(key), ...rule }, holder, owner });
    if (findings.references !== undefined)
      for (const shape of references) addReferences(findings, { ...shape, name }, holder, value);
  }
  return visit(spot, value, holder, key, owner, findings, depth);
}

function addReferences(
  { references }: Findings,
  shape: ReferenceShape,
  holder: Properties | unknown[],
  named: unknown,
): void {
  for (const id of Array.isArray(named) ? (named as unknown[]) : [named])
    if (typeof id === 'string' || typeof id === 'number' || typeof id === 'bigint')
      references?.push({ shape, holder, id: String(id) });
}

/** Two parts of a composition may say the same of an object; it is found once. */
function isFound(resources: readonly FoundResource[], from: number, type: string): boolean {
  for (let i = from; i < resources.length; i++) if (resources[i]?.type === type) return true;
  return false;
}

function visitObject(
  part: Part,
  object: Properties,
  owner: FoundResource | undefined,
  findings: Findings,
  depth: number,
): boolean {
  let whole = true;
  for (const rule of part.rules)
    if (Object.hasOwn(object, rule.name)) findings.properties.push({ rule, holder: object, owner });
  for (const shape of findings.references === undefined ? none : part.references)
    if (Object.hasOwn(object, shape.name)) addReferences(findings, shape, object, object[shape.name]);
  for (const [name, next] of part.properties) {
    const inner = object[name];
    if (typeof inner === 'object' && inner !== null && Object.hasOwn(object, name))
      if (!visit(next, inner, object, name, owner, findings, depth + 1)) whole = false;
  }
  if (part.rest === undefined && part.patterns.length === 0) return whole;
  for (const name of Object.keys(object)) {
    const inner = object[name];
    let matched = part.named.has(name);
    for (const { pattern, spot } of part.patterns) {
      if (!pattern.test(name)) continue;
      matched = true;
      if (!visitElement(spot, inner, object, name, name, owner, findings, depth + 1)) whole = false;
    }
    if (
      !matched &&
      part.rest !== undefined &&
      !visitElement(part.rest, inner, object, name, name, owner, findings, depth + 1)
    )
      whole = false;
  }
  return whole;
}

/** Where in a value an object of it stands, as an RFC 6901 pointer. Searches; for messages only. */
export function locateObject(value: unknown, object: object): string | undefined {
  const pending: (readonly [value: unknown, pointer: string])[] = [[value, '']];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [at, pointer] = next;
    if (at === object) return pointer;
    if (typeof at !== 'object' || at === null) continue;
    for (const [name, inner] of Object.entries(at))
      if (typeof inner === 'object' && inner !== null) pending.push([inner, `${pointer}/${escapePointer(name)}`]);
  }
  return undefined;
}

/** Where the objects of a value stand, as RFC 6901 pointers; the value is walked once, when first asked. */
export function pointersIn(value: unknown): (object: object) => string {
  let known: Map<object, string> | undefined;
  return (object) => {
    if (known === undefined) {
      known = new Map();
      const pending: (readonly [value: unknown, pointer: string])[] = [[value, '']];
      for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
        const [at, pointer] = next;
        if (typeof at !== 'object' || at === null) continue;
        known.set(at, pointer);
        for (const [name, inner] of Object.entries(at)) pending.push([inner, `${pointer}/${escapePointer(name)}`]);
      }
    }
    return known.get(object) ?? '';
  };
}
