import type { Compiler } from '../schema/compiler.ts';
import { isForbidden } from '../schema/composition.ts';
import { entriesOf, listOf, stringsOf, type SchemaNode } from '../schema/node.ts';
import { patternOf } from '../schema/pattern.ts';
import type { Unit } from '../schema/unit.ts';
import { isObject } from '../load/pointer.ts';
import { Applied, saysNothing } from '../schema/applied.ts';
import { spend } from '../schema/fuel.ts';

/** What a list of schemas, all of which hold for a value, documents of it: its properties and items, and whether there may be others. */
export interface Form {
  /** By name; undefined where nothing in the value needs a look, `refused` where it may not travel in this direction. */
  readonly known: ReadonlyMap<string, Place | undefined | 'refused'>;
  readonly patterns: readonly {
    readonly pattern: { test(text: string): boolean };
    readonly place: Place | undefined;
  }[];
  /** Other properties: `refused` where they are undocumented. */
  readonly rest: Place | 'free' | 'refused';
  /** Whether a schema describes the others: their names are keys, which the sender chooses. */
  readonly keyed: boolean;
  readonly prefixItems: readonly (Place | undefined)[];
  readonly items: Place | undefined;
}

/** All places of one contract in one direction: the same schemas make the same place. */
export class Places {
  readonly compiler: Compiler;
  readonly #numbers = new Map<Unit, number>();
  readonly #places = new Map<string, Place>();

  constructor(compiler: Compiler) {
    this.compiler = compiler;
  }

  /** The place that these schemas describe together; undefined where they describe neither properties nor items. */
  of(nodes: readonly SchemaNode[]): Place | undefined {
    const described = nodes.filter((node) => typeof node.raw === 'object');
    if (described.length === 0) return undefined;
    const key = described
      .map((node) => this.#number(this.compiler.unit(node)))
      .sort((a, b) => a - b)
      .join(' ');
    let place = this.#places.get(key);
    if (place === undefined) this.#places.set(key, (place = new Place(this, described)));
    return place.says ? place : undefined;
  }

  #number(unit: Unit): number {
    let number = this.#numbers.get(unit);
    if (number === undefined) this.#numbers.set(unit, (number = this.#numbers.size));
    return number;
  }
}

/** Forms that are kept for one place. What a caller sends decides how many there are. */
const keptForms = 1_000;

/** Where a value stands: the schemas that are applied to it. */
export class Place {
  readonly #places: Places;
  readonly #applied: Applied;
  readonly #conditional: boolean;
  /** By which conditional schemas hold. */
  #forms: Map<string, Form> | undefined = undefined;
  #only: Form | undefined = undefined;

  constructor(places: Places, nodes: readonly SchemaNode[]) {
    this.#places = places;
    this.#applied = new Applied(places.compiler, nodes);
    this.#conditional = this.#applied.conditional;
  }

  /** Whether there is anything to look for in values at this place. */
  get says(): boolean {
    return this.#conditional || this.#applied.layers.some(isStructured);
  }

  /**
   * What is documented for this value, whose branches are chosen by what it is.
   * @throws OutOfFuel where choosing them takes too long
   */
  form(value: unknown): Form {
    const { layers } = this.#applied;
    if (!this.#conditional) return (this.#only ??= formOf(this.#places, layers));
    const applying = this.#applied.of(value);
    const forms = (this.#forms ??= new Map());
    const key = applying.key;
    const known = forms.get(key);
    if (known !== undefined) return known;
    const form = formOf(this.#places, [...layers, ...applying.layers], applying.alternatives.some(isFree));
    if (forms.size < keptForms) forms.set(key, form);
    else spend(50 * (form.known.size + 4));
    return form;
  }
}

const structural = [
  'properties',
  'patternProperties',
  'additionalProperties',
  'unevaluatedProperties',
  'items',
  'prefixItems',
  'additionalItems',
  'unevaluatedItems',
];

function isStructured(node: SchemaNode): boolean {
  return typeof node.raw === 'object' && structural.some((keyword) => keyword in (node.raw as object));
}

/**
 * An alternative that is any object, `anyOf: [{ type: object }, …]`, documents all properties. One that says anything more
 * (`required`, a composition, a limit) is a condition on the properties that others name.
 */
function isFree({ raw }: SchemaNode): boolean {
  if (typeof raw === 'boolean' || '$ref' in raw || '$dynamicRef' in raw) return false;
  const { type, nullable: _, ...others } = raw;
  if (!saysNothing(others)) return false;
  return type === undefined || type === 'object' || (Array.isArray(type) && type.includes('object'));
}

function formOf(places: Places, layers: readonly SchemaNode[], open = false): Form {
  const { compiler } = places;
  const children = new Map<string, SchemaNode[]>();
  const patterns: { pattern: { test(text: string): boolean }; nodes: SchemaNode[] }[] = [];
  const others: SchemaNode[] = [];
  const items: SchemaNode[] = [];
  /** They count where no other schema is for the items after the first. */
  const unevaluated: SchemaNode[] = [];
  const prefix: SchemaNode[][] = [];
  const forbidden = new Set<string>();
  let describes = false;
  let free = open;
  for (const layer of layers) {
    const { raw } = layer;
    if (typeof raw === 'boolean') continue;
    // What must be there is documented, if only by its name.
    for (const name of stringsOf(raw['required'])) if (!children.has(name)) children.set(name, []);
    for (const [name, value] of entriesOf(raw, 'properties')) {
      describes = true;
      const child = compiler.nodes.child(layer, value, 'properties', name);
      if (isForbidden(compiler, child)) forbidden.add(name);
      const list = children.get(name);
      if (list === undefined) children.set(name, [child]);
      else list.push(child);
    }
    if (layer.resource.rules.dialect !== 'openapi-3.0') {
      for (const [pattern, value] of entriesOf(raw, 'patternProperties')) {
        describes = true;
        patterns.push({
          pattern: patternOf(pattern, Infinity),
          nodes: [compiler.nodes.child(layer, value, 'patternProperties', pattern)],
        });
      }
    }
    for (const keyword of ['additionalProperties', 'unevaluatedProperties'] as const) {
      const value = raw[keyword];
      if (value === false) describes = true;
      else if (value === true) free = true;
      else if (typeof value === 'object' && value !== null) others.push(compiler.nodes.child(layer, value, keyword));
    }
    const list = raw['items'];
    if (Array.isArray(list))
      list.forEach((value: unknown, index) =>
        (prefix[index] ??= []).push(compiler.nodes.child(layer, value, 'items', index)),
      );
    else if (list !== undefined) items.push(compiler.nodes.child(layer, list, 'items'));
    if (Array.isArray(list) && isObject(raw['additionalItems']))
      items.push(compiler.nodes.child(layer, raw['additionalItems'], 'additionalItems'));
    if (isObject(raw['unevaluatedItems']))
      unevaluated.push(compiler.nodes.child(layer, raw['unevaluatedItems'], 'unevaluatedItems'));
    listOf(raw, 'prefixItems').forEach((value, index) =>
      (prefix[index] ??= []).push(compiler.nodes.child(layer, value, 'prefixItems', index)),
    );
  }
  return {
    known: new Map([...children].map(([name, nodes]) => [name, forbidden.has(name) ? 'refused' : places.of(nodes)])),
    patterns: patterns.map(({ pattern, nodes }) => ({ pattern, place: places.of(nodes) })),
    rest: others.length > 0 ? (places.of(others) ?? 'free') : free || !describes ? 'free' : 'refused',
    keyed: others.length > 0,
    prefixItems: prefix.map((nodes) => places.of(nodes)),
    items: places.of(items.length === 0 ? unevaluated : items),
  };
}
