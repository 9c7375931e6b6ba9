import { castellanOf } from '../extension/castellan-of.ts';
import type { Schema } from '../model.ts';
import { isForbidden } from '../schema/composition.ts';
import { compilerOf, type Compiler } from '../schema/compiler.ts';
import { compileSchema, type FillDefaults, type SchemaSource } from '../schema/index.ts';
import { entriesOf, listOf, type SchemaNode } from '../schema/node.ts';
import { patternOf } from '../schema/pattern.ts';
import { Applied } from '../schema/applied.ts';
import { fuel, OutOfFuel } from '../schema/fuel.ts';

/**
 * Fills the `default` of absent properties, in place, through objects and lists. Each value is a copy of its own.
 *
 * A default counts where the schema that names it is applied and holds: of alternatives only the one that the value
 * matches. One that breaks its own schema, or stands on a property that is `readOnly` or has a `write` rule, is none. Where the value would no longer be
 * what its schema says, nothing is filled.
 */
export function compileDefaults(source: SchemaSource, schema: Schema): FillDefaults {
  const places = new Places(compilerOf(source.references, { direction: 'request' }));
  const check = compileSchema(source, schema, { direction: 'request' });
  let root: Place | undefined | 'later' = 'later';
  return (value) => {
    if (root === 'later') {
      const place = places.of([places.compiler.nodes.at(schema)]);
      root = leads(place) ? place : undefined;
    }
    if (root === undefined || typeof value !== 'object' || value === null) return value;
    const filled: Filled[] = [];
    if (!filledWhole(root, value, filled) || (filled.length > 0 && !check.check(value)))
      for (const { object, name } of filled) delete object[name];
    return value;
  };
}

type Properties = Record<string, unknown>;

interface Filled {
  readonly object: Properties;
  readonly name: string;
}

/** Properties and items by the schemas that are applied at one place. */
interface Form {
  readonly properties: ReadonlyMap<string, Property>;
  readonly prefixItems: readonly Place[];
  readonly items: Place | undefined;
  readonly patterns: readonly { readonly pattern: { test(text: string): boolean }; readonly place: Place }[];
  readonly rest: Place | undefined;
}

interface Property {
  readonly place: Place;
  readonly fallback: { readonly value: unknown } | undefined;
}

class Places {
  readonly compiler: Compiler;
  readonly #places = new Map<string, Place>();
  readonly #numbers = new Map<unknown, number>();

  constructor(compiler: Compiler) {
    this.compiler = compiler;
  }

  of(nodes: readonly SchemaNode[]): Place {
    const key = nodes
      .map((node) => {
        let number = this.#numbers.get(node.raw);
        if (number === undefined) this.#numbers.set(node.raw, (number = this.#numbers.size));
        return number;
      })
      .join(' ');
    let place = this.#places.get(key);
    if (place === undefined) this.#places.set(key, (place = new Place(this, nodes)));
    return place;
  }
}

class Place {
  readonly applied: Applied;
  readonly #places: Places;
  readonly #conditional: boolean;
  readonly #forms = new Map<string, Form>();

  constructor(places: Places, nodes: readonly SchemaNode[]) {
    this.#places = places;
    this.applied = new Applied(places.compiler, nodes);
    this.#conditional = this.applied.conditional;
  }

  /** By the schemas that hold for a value. */
  form(value: unknown): Form {
    if (!this.#conditional) return this.#form('', none);
    const { key, layers } = this.applied.of(value);
    return this.#form(key, layers);
  }

  /** By all schemas that hold for any value. */
  whole(): Form {
    return formOf(this.#places, this.applied.all());
  }

  #form(key: string, more: readonly SchemaNode[]): Form {
    let form = this.#forms.get(key);
    if (form === undefined) {
      form = formOf(this.#places, [...this.applied.layers, ...more]);
      if (this.#forms.size < 256) this.#forms.set(key, form);
    }
    return form;
  }
}

const none: readonly SchemaNode[] = [];

function formOf(places: Places, layers: readonly SchemaNode[]): Form {
  const { compiler } = places;
  const children = new Map<string, SchemaNode[]>();
  const prefix: SchemaNode[][] = [];
  const items: SchemaNode[] = [];
  const rest: SchemaNode[] = [];
  const unevaluated = { items: [] as SchemaNode[], rest: [] as SchemaNode[] };
  const patterns: Form['patterns'][number][] = [];
  for (const layer of layers) {
    const { raw } = layer;
    if (typeof raw === 'boolean') continue;
    for (const [name, value] of entriesOf(raw, 'properties')) {
      const nodes = children.get(name) ?? [];
      nodes.push(compiler.nodes.child(layer, value, 'properties', name));
      children.set(name, nodes);
    }
    const tuple = Array.isArray(raw['items']) ? 'items' : 'prefixItems';
    for (const [index, value] of listOf(raw, tuple).entries())
      (prefix[index] ??= []).push(compiler.nodes.child(layer, value, tuple, index));
    if (tuple === 'prefixItems' && isSchema(raw['items']))
      items.push(compiler.nodes.child(layer, raw['items'], 'items'));
    if (tuple === 'items' && isSchema(raw['additionalItems']))
      items.push(compiler.nodes.child(layer, raw['additionalItems'], 'additionalItems'));
    if (isSchema(raw['unevaluatedItems']))
      unevaluated.items.push(compiler.nodes.child(layer, raw['unevaluatedItems'], 'unevaluatedItems'));
    const others = raw['additionalProperties'];
    if (isSchema(others)) rest.push(compiler.nodes.child(layer, others, 'additionalProperties'));
    if (isSchema(raw['unevaluatedProperties']))
      unevaluated.rest.push(compiler.nodes.child(layer, raw['unevaluatedProperties'], 'unevaluatedProperties'));
    if (layer.resource.rules.dialect === 'openapi-3.0') continue;
    for (const [pattern, value] of entriesOf(raw, 'patternProperties'))
      patterns.push({
        pattern: patternOf(pattern, Infinity),
        place: places.of([compiler.nodes.child(layer, value, 'patternProperties', pattern)]),
      });
  }
  return {
    properties: new Map(
      [...children].map(([name, nodes]) => [name, { place: places.of(nodes), fallback: fallbackOf(places, nodes) }]),
    ),
    prefixItems: prefix.map((nodes) => places.of(nodes)),
    items: placeOf(places, items, unevaluated.items),
    patterns,
    rest: placeOf(places, rest, unevaluated.rest),
  };
}

/** What is for the unevaluated counts where nothing else is for the others. */
function placeOf(places: Places, others: readonly SchemaNode[], unevaluated: readonly SchemaNode[]): Place | undefined {
  const nodes = others.length === 0 ? unevaluated : others;
  return nodes.length === 0 ? undefined : places.of(nodes);
}

function isSchema(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The default of a property, where it may be sent and is what the property's schemas say. */
function fallbackOf(places: Places, nodes: readonly SchemaNode[]): { readonly value: unknown } | undefined {
  const { compiler } = places;
  if (nodes.some((node) => isForbidden(compiler, node))) return undefined;
  const { layers, references } = places.of(nodes).applied;
  // What only some may write, nobody wrote who left it out.
  if ([...layers, ...references].some(({ raw }) => castellanOf(raw).write !== undefined)) return undefined;
  for (const { raw } of layers) {
    if (typeof raw === 'boolean' || !Object.hasOwn(raw, 'default')) continue;
    const value = raw['default'];
    return nodes.every((node) => isValid(compiler, node, value)) ? { value } : undefined;
  }
  return undefined;
}

function isValid(compiler: Compiler, node: SchemaNode, value: unknown): boolean {
  const unit = compiler.unit(node);
  try {
    return (unit.f ?? unit.compile())(value);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** False where telling which defaults count takes too long, or reaches deeper than the stack. */
function filledWhole(root: Place, value: unknown, filled: Filled[]): boolean {
  fuel.left = fuel.request;
  try {
    fill(root, value, filled);
    return true;
  } catch (error) {
    if (error instanceof OutOfFuel || error instanceof RangeError) return false;
    throw error;
  }
}

function fill(place: Place, value: unknown, filled: Filled[]): void {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
  const form = place.form(value);
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const next = form.prefixItems[index] ?? form.items;
      if (next !== undefined) fill(next, item, filled);
    }
    return;
  }
  const object = value as Properties;
  for (const [name, { place: next, fallback }] of form.properties) {
    if (Object.hasOwn(object, name)) fill(next, object[name], filled);
    else if (fallback !== undefined && name !== '__proto__') {
      object[name] = structuredClone(fallback.value);
      filled.push({ object, name });
    }
  }
  if (form.rest === undefined && form.patterns.length === 0) return;
  for (const name of Object.keys(object)) {
    const matching = form.patterns.filter(({ pattern }) => pattern.test(name));
    for (const { place: next } of matching) fill(next, object[name], filled);
    if (form.rest !== undefined && matching.length === 0 && !form.properties.has(name))
      fill(form.rest, object[name], filled);
  }
}

/** Places that are looked at; a larger document is taken to name defaults. */
const largest = 2_000;

/** Whether any property below a place has a default: most bodies have none, and are not walked. */
function leads(root: Place): boolean {
  const seen = new Set<Place>([root]);
  for (const place of seen) {
    if (seen.size > largest) return true;
    const { properties, prefixItems, items, patterns, rest } = place.whole();
    for (const { place: next, fallback } of properties.values()) {
      if (fallback !== undefined) return true;
      seen.add(next);
    }
    for (const next of [...prefixItems, items, ...patterns.map((one) => one.place), rest])
      if (next !== undefined) seen.add(next);
  }
  return false;
}
