import type { Direction } from '../compiled.ts';
import type { Contract, Schema } from '../model.ts';
import { compilerOf } from '../schema/compiler.ts';
import { fuel, OutOfFuel, RESPONSE_FUEL } from '../schema/fuel.ts';
import { locateObject } from './locate.ts';
import { outermostIn, reachable } from './reachable.ts';
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
  /** Who may read or write the whole value, by what its schema says of itself. */
  readonly whole: readonly (readonly string[])[];
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
  visitIn(
    holder: Readonly<Record<string, unknown>> | readonly unknown[],
    key: string | number,
    findings: Findings,
  ): boolean;
  /** The same for each item of a list, such as a sequence whose items the schema describes (`itemSchema`). */
  visitItems(list: readonly unknown[], findings: Findings): boolean;
  /** What the schema says of the place in its values to which a pointer leads, under whatever condition. */
  at(tokens: readonly string[]): PlaceAccess;
  /** Where in the value an object of it stands, as an RFC 6901 pointer. Searches; for messages only. */
  locate(value: unknown, object: object): string | undefined;
}

/** One place in the values of a schema. */
interface PlaceAccess {
  /** Rules of the place and of those on the way to it. */
  readonly rules: readonly PropertyRule[];
  /** Rules of what can stand below it. */
  readonly below: readonly PropertyRule[];
  /** Finds everything in `holder[key]`, a value for this place. */
  visitIn(holder: Readonly<Record<string, unknown>>, key: string, findings: Findings): boolean;
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
    root: root.parts.find((part) => part.always && part.shapes.length > 0)?.shapes[0],
    whole: root.own.rules.map(({ allowed }) => allowed),
    types,
    outermost: outermostIn(root),
    rules,
    visit: (value, findings) => searched(direction, () => visit(root, value, undefined, '', undefined, findings, 0)),
    visitIn: (holder, key, findings) =>
      searched(direction, () =>
        visitElement(root, (holder as Properties)[key], holder as Properties, key, String(key), undefined, findings, 0),
      ),
    visitItems: (list, findings) =>
      searched(direction, () => {
        let whole = true;
        for (const [index, item] of list.entries())
          if (!visitElement(root, item, list as unknown[], index, 'item', undefined, findings, 1)) whole = false;
        return whole;
      }),
    at: (tokens) => placeAt(direction, root, tokens),
    locate: locateObject,
  };
}

const belowSpots = new WeakMap<Spot, readonly PropertyRule[]>();

function placeAt(direction: Direction, root: Spot, tokens: readonly string[]): PlaceAccess {
  const rules: PropertyRule[] = [];
  let spots = new Set([root]);
  for (const token of tokens) {
    if (spots.size === 0) break;
    const next = new Set<Spot>();
    // What no property names has its rules on its own place.
    const element = (spot: Spot | undefined): void => {
      if (spot === undefined) return;
      next.add(spot);
      for (const rule of spot.own.rules) rules.push({ name: token, ...rule });
    };
    for (const spot of spots) {
      for (const part of spot.parts) {
        for (const rule of part.rules) if (rule.name === token) rules.push(rule);
        for (const [name, inner] of part.properties) if (name === token) next.add(inner);
        let matched = part.named.has(token);
        for (const { pattern, spot: inner } of part.patterns) {
          if (!pattern.test(token)) continue;
          matched = true;
          element(inner);
        }
        if (!matched) element(part.rest);
        for (const rule of part.names?.own.rules ?? []) rules.push({ name: token, ...rule });
        if (token === '-') for (const inner of [...part.prefix, part.items]) element(inner);
        else if (/^\d{1,9}$/.test(token))
          element(Number(token) < part.prefix.length ? part.prefix[Number(token)] : part.items);
      }
    }
    spots = next;
  }
  const last = [...spots];
  return {
    rules,
    get below() {
      return last.flatMap((spot) => {
        let known = belowSpots.get(spot);
        if (known === undefined) belowSpots.set(spot, (known = reachable(spot).rules));
        return known;
      });
    },
    visitIn: (holder, key, findings) =>
      last.every((spot) =>
        searched(direction, () =>
          visitElement(spot, holder[key], holder as Properties, key, key, undefined, findings, 0),
        ),
      ),
  };
}

function searched(direction: Direction, search: () => boolean): boolean {
  try {
    fuel.left = direction === 'request' ? fuel.request : RESPONSE_FUEL;
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

function visit(
  spot: Spot,
  value: unknown,
  holder: Properties | unknown[] | undefined,
  key: string | number,
  owner: FoundResource | undefined,
  findings: Findings,
  depth: number,
): boolean {
  if (typeof value === 'string' && spot.isText) return visitText(spot, value, holder, key, owner, findings, depth);
  if (typeof value !== 'object' || value === null) return true;
  if (depth > maxDepth) return false;
  const parts = spot.conditional ? spot.partsFor(value) : spot.parts;
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

/**
 * JSON in a text (`contentSchema`), such as the data of an event. What may not leave takes the text along: what is found in it
 * is told at the text's own place. Text that cannot be read cannot be searched.
 */
function visitText(
  spot: Spot,
  text: string,
  holder: Properties | unknown[] | undefined,
  key: string | number,
  owner: FoundResource | undefined,
  findings: Findings,
  depth: number,
): boolean {
  if (depth > maxDepth || holder === undefined) return false;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return false;
  }
  const inner: Required<Findings> = { resources: [], properties: [], references: [] };
  const box: unknown[] = [value];
  for (const { content } of spot.partsFor(text)) {
    if (content === undefined) continue;
    if (!visitElement(content, value, box, 0, String(key), owner, inner, depth + 1)) return false;
  }
  findings.resources.push(...inner.resources.map((found) => ({ ...found, holder, key })));
  for (const { rule, owner: of } of inner.properties)
    findings.properties.push({ rule: { name: String(key), allowed: rule.allowed }, holder, owner: of });
  findings.references?.push(...inner.references);
  return true;
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
  const { resources } = findings;
  const before = resources.length;
  const whole = visit(spot, value, holder, key, owner, findings, depth);
  if (value === undefined) return whole;
  if (rules.length > 0) {
    // What is a resource itself is what its rules are about, not the one that it stands in.
    const itself = resources.slice(before).find((found) => found.value === value);
    for (const rule of rules)
      findings.properties.push({ rule: { name: String(key), ...rule }, holder, owner: itself ?? owner });
  }
  if (findings.references !== undefined)
    for (const shape of references) addReferences(findings, { ...shape, name }, holder, value);
  return whole;
}

function addReferences(
  { references }: Findings,
  shape: ReferenceShape,
  holder: Properties | unknown[],
  named: unknown,
): void {
  for (const id of Array.isArray(named) ? (named as unknown[]).flat(Infinity) : [named])
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
    const leads = typeof inner === 'object' ? inner !== null : typeof inner === 'string' && next.isText;
    if (leads && Object.hasOwn(object, name))
      if (!visit(next, inner, object, name, owner, findings, depth + 1)) whole = false;
  }
  if (part.rest === undefined && part.patterns.length === 0 && part.names === undefined) return whole;
  for (const name of Object.keys(object)) {
    const inner = object[name];
    for (const rule of part.names?.own.rules ?? [])
      findings.properties.push({ rule: { name, ...rule }, holder: object, owner });
    if (findings.references !== undefined)
      for (const shape of part.names?.own.references ?? []) addReferences(findings, { ...shape, name }, object, name);
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
