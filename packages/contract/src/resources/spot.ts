import { castellanOf } from '../extension/castellan-of.ts';
import type { CastellanSchema, UrlRestriction } from '../model.ts';
import type { Compiler } from '../schema/compiler.ts';
import { entriesOf, listOf, type SchemaNode } from '../schema/node.ts';
import { patternOf } from '../schema/pattern.ts';
import type { Unit } from '../schema/unit.ts';
import { Applied } from '../schema/applied.ts';

/** What makes an object a resource: its type, and the property that holds its id. */
export interface ResourceShape {
  readonly type: string;
  readonly id: string;
}

/** Who may read or write a property, or which URLs it may hold; the schema that says so stands on the property. */
export interface PropertyRule {
  readonly name: string;
  /** Groups, scopes (`scope:x`) or Cedar actions (`action:x`): one of them suffices. Nobody where the rule is of URLs. */
  readonly allowed: readonly string[];
  /** Only where rules of URLs are looked for. */
  readonly url?: UrlRestriction | undefined;
}

/** A rule of a value that no property names. */
type UnnamedRule = Omit<PropertyRule, 'name'>;

const nobody: readonly string[] = [];

function ruleIn(extension: CastellanSchema, kind: SpotOptions['rule']): UnnamedRule | undefined {
  if (kind === 'url') return extension.url === undefined ? undefined : { allowed: nobody, url: extension.url };
  const allowed = extension[kind];
  return allowed === undefined ? undefined : { allowed };
}

/** A property whose value names another object: `ownerId` of type User. */
export interface ReferenceShape {
  readonly name: string;
  readonly type: string;
  /** The action that a caller must be allowed on the object named, where the schema says so. */
  readonly action: string | undefined;
}

/** What one schema says of the values that it is applied to, as far as it leads to a resource or a rule. */
export interface Part {
  readonly layer: SchemaNode;
  /** Whether the schema counts for every value. */
  readonly always: boolean;
  readonly shapes: readonly ResourceShape[];
  readonly rules: readonly PropertyRule[];
  readonly references: readonly ReferenceShape[];
  /** Properties that lead on. */
  readonly properties: readonly (readonly [name: string, spot: Spot])[];
  readonly patterns: readonly { readonly pattern: { test(text: string): boolean }; readonly spot: Spot }[];
  /** Names that `rest` does not count for. */
  readonly named: ReadonlySet<string>;
  readonly rest: Spot | undefined;
  readonly prefix: readonly (Spot | undefined)[];
  readonly items: Spot | undefined;
  /** Of the names of an object's properties, and of the values that a text holds as JSON. */
  readonly names: Spot | undefined;
  readonly content: Spot | undefined;
}

/** How a contract's schemas are searched. */
export interface SpotOptions {
  /** Which schemas make a resource without saying so: those that the contract inferred. */
  readonly inferred: ReadonlyMap<unknown, ResourceShape>;
  /** False where only the rules of properties count. */
  readonly resources: boolean;
  /** Which rule of a property counts here. */
  readonly rule: 'read' | 'write' | 'url';
}

/** All spots of one contract in one direction: the same schemas make the same spot. */
export class Spots {
  readonly compiler: Compiler;
  readonly options: SpotOptions;
  readonly #numbers = new Map<Unit, number>();
  readonly #spots = new Map<string, Spot>();

  constructor(compiler: Compiler, options: SpotOptions) {
    this.compiler = compiler;
    this.options = options;
  }

  of(nodes: readonly SchemaNode[]): Spot | undefined {
    const described = nodes.filter((node) => typeof node.raw === 'object');
    if (described.length === 0) return undefined;
    const key = described
      .map((node) => this.#number(this.compiler.unit(node)))
      .sort((a, b) => a - b)
      .join(' ');
    let spot = this.#spots.get(key);
    if (spot === undefined) this.#spots.set(key, (spot = new Spot(this, described)));
    return spot;
  }

  #number(unit: Unit): number {
    let number = this.#numbers.get(unit);
    if (number === undefined) this.#numbers.set(unit, (number = this.#numbers.size));
    return number;
  }
}

/** What a schema says of the value itself, where no property names it. */
export interface OwnRules {
  readonly rules: readonly UnnamedRule[];
  readonly references: readonly Omit<ReferenceShape, 'name'>[];
}

/** Beyond this many places below one schema, the rest is taken to lead to a resource: it is looked at, never skipped. */
const maxSpots = 20_000;

/** A place in a value: the schemas that are applied there. */
export class Spot {
  readonly #spots: Spots;
  readonly #nodes: readonly SchemaNode[];
  #all: readonly Part[] | undefined;
  #leading: readonly Part[] | undefined;
  /** Whether a text at this place may hold JSON that leads somewhere. */
  get isText(): boolean {
    return (this.#text ??= this.parts.some((part) => part.content !== undefined));
  }

  /** Whether some of the parts only count where a condition holds. Set with them. */
  conditional = true;
  /** Whether something is to be found here or below. Undefined until `settle` has looked. */
  #leads: boolean | undefined;
  #own: OwnRules | undefined;
  #applied: Applied | undefined;
  #byLayer: ReadonlyMap<SchemaNode, Part> | undefined;
  #text: boolean | undefined;

  constructor(spots: Spots, nodes: readonly SchemaNode[]) {
    this.#spots = spots;
    this.#nodes = nodes;
  }

  /** What counts for a value that is an item of a list, a value of a map, a parameter or the whole body. */
  get own(): OwnRules {
    if (this.#own === undefined) {
      const { rule, resources } = this.#spots.options;
      const extensions = this.extensions();
      this.#own = {
        rules: extensions.flatMap((extension) => {
          const found = ruleIn(extension, rule);
          return found === undefined ? [] : [found];
        }),
        references: extensions.flatMap(({ resource: type, action }) =>
          resources && type !== undefined ? [{ type, action }] : [],
        ),
      };
    }
    return this.#own;
  }

  /** What the schemas here say of a value that they stand on. */
  extensions(): CastellanSchema[] {
    const composition = this.#composition();
    return [...composition.all(), ...composition.references].map((layer) => castellanOf(layer.raw));
  }

  /** The parts that lead somewhere. */
  get parts(): readonly Part[] {
    if (this.#leading === undefined) {
      settle(this);
      this.#leading = this.#parts().flatMap((part) => {
        const kept = pruned(part);
        return kept === undefined ? [] : [kept];
      });
      this.conditional = this.#leading.some((part) => !part.always);
    }
    return this.#leading;
  }

  /**
   * The parts that count for a value and lead somewhere.
   * @throws OutOfFuel where telling them takes too long
   */
  partsFor(value: unknown): readonly Part[] {
    const parts = this.parts;
    if (!this.conditional) return parts;
    let byLayer = this.#byLayer;
    if (byLayer === undefined) {
      byLayer = this.#byLayer = new Map(parts.map((part) => [part.layer, part]));
      const leading = byLayer;
      this.#composition().narrow((layer) => leading.has(layer));
    }
    const found = parts.filter((part) => part.always);
    for (const layer of this.#composition().of(value).layers) {
      const part = byLayer.get(layer);
      if (part !== undefined) found.push(part);
    }
    return found;
  }

  get leads(): boolean {
    if (this.#leads === undefined) settle(this);
    return this.#leads ?? true;
  }

  #composition(): Applied {
    return (this.#applied ??= new Applied(this.#spots.compiler, this.#nodes, true));
  }

  /** Every part, whether it leads anywhere or not. */
  #parts(): readonly Part[] {
    if (this.#all === undefined) {
      const composition = this.#composition();
      const always = new Set(composition.layers);
      this.#all = [
        // What says that the value is a resource may stand beside a reference.
        ...composition.references.map((node) => partOf(this.#spots, { ...node, raw: extensionOf(node) }, true)),
        ...composition.all().map((layer) => partOf(this.#spots, layer, always.has(layer))),
      ];
    }
    return this.#all;
  }

  static all(spot: Spot): readonly Part[] {
    return spot.#parts();
  }

  static known(spot: Spot): boolean | undefined {
    return spot.#leads;
  }

  static mark(spot: Spot, leads: boolean): void {
    spot.#leads = leads;
  }
}

/** A schema of nothing but the extension of another one. */
function extensionOf({ raw }: SchemaNode): Readonly<Record<string, unknown>> {
  const extension = typeof raw === 'object' ? raw['x-castellan'] : undefined;
  return extension === undefined ? {} : { 'x-castellan': extension };
}

function below(part: Part): Spot[] {
  return [
    ...part.properties.map(([, spot]) => spot),
    ...part.patterns.map(({ spot }) => spot),
    ...part.prefix,
    part.rest,
    part.items,
    part.names,
    part.content,
  ].filter((spot) => spot !== undefined);
}

/** Finds out for a spot and all below it whether they lead anywhere. Schemas may contain themselves. */
function settle(root: Spot): void {
  const above = new Map<Spot, Spot[]>();
  const pending = [root];
  const seen = new Set<Spot>([root]);
  const leading: Spot[] = [];
  for (let spot = pending.pop(); spot !== undefined; spot = pending.pop()) {
    const known = Spot.known(spot);
    if (known === false) continue;
    if (known === true || seen.size > maxSpots) {
      leading.push(spot);
      continue;
    }
    if (spot.own.rules.length + spot.own.references.length > 0) leading.push(spot);
    for (const part of Spot.all(spot)) {
      if (part.shapes.length > 0 || part.rules.length > 0 || part.references.length > 0) leading.push(spot);
      for (const next of below(part)) {
        const parents = above.get(next);
        if (parents === undefined) above.set(next, [spot]);
        else parents.push(spot);
        if (seen.has(next)) continue;
        seen.add(next);
        pending.push(next);
      }
    }
  }
  const found = new Set<Spot>(leading);
  for (let spot = leading.pop(); spot !== undefined; spot = leading.pop()) {
    for (const parent of above.get(spot) ?? []) {
      if (found.has(parent)) continue;
      found.add(parent);
      leading.push(parent);
    }
  }
  for (const spot of seen) if (Spot.known(spot) === undefined) Spot.mark(spot, found.has(spot));
}

function pruned(part: Part): Part | undefined {
  const keep = (spot: Spot | undefined): Spot | undefined => (spot?.leads === true ? spot : undefined);
  const kept: Part = {
    ...part,
    properties: part.properties.filter(([, spot]) => spot.leads),
    patterns: part.patterns.filter(({ spot }) => spot.leads),
    rest: keep(part.rest),
    prefix: part.prefix.some((spot) => spot?.leads === true) ? part.prefix.map(keep) : [],
    items: keep(part.items),
    names: keep(part.names),
    content: keep(part.content),
  };
  const empty = kept.shapes.length + kept.rules.length + kept.references.length === 0 && below(kept).length === 0;
  return empty ? undefined : kept;
}

function partOf(spots: Spots, layer: SchemaNode, always: boolean): Part {
  const { compiler, options } = spots;
  const raw = typeof layer.raw === 'object' ? layer.raw : {};
  const at = (value: unknown, keyword: string, key?: string | number): Spot | undefined =>
    spots.of([compiler.nodes.child(layer, value, keyword, key)]);
  const properties: [string, Spot][] = [];
  const rules: PropertyRule[] = [];
  const references: ReferenceShape[] = [];
  for (const [name, value] of entriesOf(raw, 'properties')) {
    const spot = at(value, 'properties', name);
    if (spot === undefined) continue;
    properties.push([name, spot]);
    const extensions = spot.extensions();
    for (const extension of extensions) {
      const rule = ruleIn(extension, options.rule);
      if (rule !== undefined) rules.push({ name, ...rule });
    }
    if (!options.resources) continue;
    for (const { resource: type, action } of extensions)
      if (type !== undefined) references.push({ name, type, action });
  }
  const patterns = entriesOf(raw, 'patternProperties').flatMap(([pattern, value]) => {
    const spot = at(value, 'patternProperties', pattern);
    return spot === undefined ? [] : [{ pattern: patternOf(pattern, Infinity), spot }];
  });
  const others = (['additionalProperties', 'unevaluatedProperties'] as const).flatMap((keyword) => {
    const value = raw[keyword];
    return typeof value === 'object' && value !== null ? [compiler.nodes.child(layer, value, keyword)] : [];
  });
  const tuple = Array.isArray(raw['items']) ? ('items' as const) : ('prefixItems' as const);
  const one = (keyword: 'contains' | 'propertyNames' | 'contentSchema'): SchemaNode[] => {
    const value = raw[keyword];
    return typeof value === 'object' && value !== null ? [compiler.nodes.child(layer, value, keyword)] : [];
  };
  // What some item must be is taken to be said of each.
  const contained = one('contains');
  const item = (['items', 'additionalItems', 'unevaluatedItems'] as const).flatMap((keyword) => {
    const value = raw[keyword];
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? [compiler.nodes.child(layer, value, keyword)]
      : [];
  });
  return {
    layer,
    always,
    shapes: options.resources ? shapesOf(options, raw) : [],
    rules,
    references,
    properties,
    patterns,
    named: new Set(properties.map(([name]) => name)),
    rest: spots.of(others),
    prefix: listOf(raw, tuple).map((value, index) =>
      spots.of([compiler.nodes.child(layer, value, tuple, index), ...contained]),
    ),
    items: spots.of([...item, ...contained]),
    names: spots.of(one('propertyNames')),
    content: spots.of(one('contentSchema')),
  };
}

function shapesOf(options: SpotOptions, raw: Readonly<Record<string, unknown>>): ResourceShape[] {
  const { type: kind } = raw;
  // On a string, the type is that of the object that it names.
  if (kind !== undefined && kind !== 'object' && !(Array.isArray(kind) && kind.includes('object'))) return [];
  const { resource: type, id } = castellanOf(raw);
  if (type !== undefined) return [{ type, id: id ?? 'id' }];
  const inferred = options.inferred.get(raw);
  return inferred === undefined ? [] : [inferred];
}
