import type { Compiler } from './compiler.ts';
import { composed, isOnlyReference } from './composition.ts';
import { discriminatorOf, type Discriminator } from './discriminator.ts';
import { spend } from './fuel.ts';
import { entriesOf, type SchemaNode } from './node.ts';
import { tagged, tagIndex, tagOf, type TagIndex } from './tags.ts';
import type { Unit } from './unit.ts';

/** A schema that is applied where another one is, and whether it is one of several alternatives. */
interface Link {
  readonly node: SchemaNode;
  readonly alternative: boolean;
}

/** Schemas of which only those count that the value chooses. */
type Choice =
  | {
      readonly by: 'validity';
      readonly links: readonly Link[];
      readonly index: TagIndex | undefined;
      readonly named: Named | undefined;
    }
  | {
      readonly by: 'condition';
      readonly condition: Unit;
      readonly then: readonly Link[];
      readonly otherwise: readonly Link[];
    }
  | { readonly by: 'presence'; readonly name: string; readonly link: Link }
  | { readonly by: 'name'; readonly named: Named };

/** What the discriminator's property names. */
interface Named {
  readonly property: string;
  readonly links: ReadonlyMap<string, Link>;
}

/** One schema: what holds whenever it does, and what may hold besides. Made once for each schema of a contract. */
class Layer {
  readonly number: number;
  /** Undefined where the schema only refers on. */
  readonly node: SchemaNode | undefined;
  /** The schema where it only refers on: beside the reference nothing counts but extensions (OpenAPI 3.0). */
  readonly reference: SchemaNode | undefined;
  readonly always: readonly (Link | { readonly node: SchemaNode; readonly alternative: 'same' })[];
  readonly choices: readonly Choice[];

  constructor(number: number, compiler: Compiler, node: SchemaNode) {
    this.number = number;
    this.node = isOnlyReference(node) ? undefined : node;
    this.reference = isOnlyReference(node) ? node : undefined;
    this.always = alwaysOf(compiler, node);
    this.choices = choicesOf(compiler, node);
  }
}

/** The conditional schemas that hold for one value. */
export interface Applying {
  /** The same for all values that the same schemas hold for. */
  readonly key: string;
  readonly layers: readonly SchemaNode[];
  /** Those of the layers that hold as an alternative. */
  readonly alternatives: readonly SchemaNode[];
}

/**
 * The schemas that are applied at one place of a value: those that always hold, through `$ref` and `allOf`, and those that
 * hold where something is so, through `anyOf`, `oneOf`, `if`, `dependentSchemas` and discriminators. `not` documents nothing.
 *
 * Each schema is taken apart once for the contract, and asked at most once for a value, however many ways lead to it.
 */
export class Applied {
  /** What always holds. */
  readonly layers: readonly SchemaNode[];
  readonly #layering: Layering;
  readonly #roots: readonly Layer[];
  readonly #withNamed: boolean;
  /** Those of which only some may be asked for: see `narrow`. */
  #wanted: ReadonlySet<Layer> | undefined;

  /**
   * @param withNamed whether what a discriminator names counts although the value does not hold to it: for what restricts, and for
   * answers, whose readers go by that name. In requests it would document what nobody checked.
   */
  constructor(compiler: Compiler, nodes: readonly SchemaNode[], withNamed = compiler.direction === 'response') {
    this.#withNamed = withNamed;
    this.#layering = layeringOf(compiler);
    const found = new Held(this.#layering, undefined);
    for (const node of nodes) found.enter(node, false);
    this.#roots = found.entered;
    this.layers = found.layers;
  }

  /** Whether anything holds for some values only. */
  get conditional(): boolean {
    return this.#roots.some(({ choices }) => choices.length > 0);
  }

  /** Every schema that holds for some value, each once. */
  all(): readonly SchemaNode[] {
    return [...this.#reach()].flatMap(({ node }) => node ?? []);
  }

  /** References that something leads through, beside which nothing counts but extensions (OpenAPI 3.0). */
  get references(): readonly SchemaNode[] {
    return [...this.#reach()].flatMap(({ reference }) => reference ?? []);
  }

  /** From now on only these conditional schemas are asked for. What leads to none of them is not looked at. */
  narrow(wanted: (node: SchemaNode) => boolean): void {
    const above = new Map<Layer, Layer[]>();
    const kept = new Set<Layer>();
    for (const layer of this.#reach()) {
      if (layer.node !== undefined && wanted(layer.node)) kept.add(layer);
      for (const { node } of this.#below(layer)) {
        const next = this.#layering.of(node);
        if (next === undefined) continue;
        const known = above.get(next);
        if (known === undefined) above.set(next, [layer]);
        else known.push(layer);
      }
    }
    for (const layer of kept) for (const parent of above.get(layer) ?? []) kept.add(parent);
    this.#wanted = kept;
  }

  /**
   * What holds for a value besides what always does.
   * @throws OutOfFuel where telling it takes too long
   */
  of(value: unknown): Applying {
    const held = new Held(this.#layering, this.#roots);
    const asked = [...this.#roots];
    for (const layer of asked) {
      for (const choice of layer.choices) {
        for (const { node, alternative } of this.#chosen(choice, value)) held.enter(node, alternative);
      }
      while (held.asked < held.entered.length) {
        const next = held.entered[held.asked++];
        if (next !== undefined) asked.push(next);
      }
    }
    return held;
  }

  #chosen(choice: Choice, value: unknown): readonly Link[] {
    switch (choice.by) {
      case 'validity':
        return this.#valid(choice, value);
      case 'condition': {
        const { condition, then, otherwise } = choice;
        if (!this.#anyWanted(then) && !this.#anyWanted(otherwise)) return none;
        if (isValid(condition, value)) return then;
        const loose = this.#layering.loose?.unit(condition.node);
        return loose !== undefined && isValid(loose, value) ? [...then, ...otherwise] : otherwise;
      }
      case 'presence':
        return typeof value === 'object' && value !== null && Object.hasOwn(value, choice.name) ? [choice.link] : none;
      default: {
        const link = choice.named.links.get(tagOf(value, choice.named.property) ?? '');
        return link !== undefined && (this.#withNamed || this.#holds(link, value)) ? [link] : none;
      }
    }
  }

  #holds({ node }: Link, value: unknown): boolean {
    return isValid(this.#layering.compiler.unit(node), value);
  }

  /**
   * The alternative that a discriminator names, where the value matches it, or else those that it matches, or the only one that
   * its tag leaves.
   */
  #valid({ links, index, named }: Extract<Choice, { by: 'validity' }>, value: unknown): readonly Link[] {
    const first = named?.links.get(tagOf(value, named.property) ?? '');
    if (first !== undefined && this.#holds(first, value)) return [first];
    const candidates = this.#anyWanted(links) && index !== undefined ? tagged(index, value) : undefined;
    const possible = candidates === undefined ? links : candidates.flatMap((at) => links[at] ?? []);
    const wanted = possible.filter((link) => this.#isWanted(link));
    let matching = wanted.filter((link) => this.#holds(link, value));
    const { loose } = this.#layering;
    if (matching.length === 0 && loose !== undefined)
      matching = wanted.filter(({ node }) => isValid(loose.unit(node), value));
    if (first !== undefined && (this.#withNamed || matching.length === 0)) return [first, ...matching];
    return matching.length === 0 && candidates !== undefined && possible.length === 1 ? wanted : matching;
  }

  #anyWanted(links: readonly Link[]): boolean {
    return this.#wanted === undefined || links.some((link) => this.#isWanted(link));
  }

  #isWanted({ node }: Link): boolean {
    if (this.#wanted === undefined) return true;
    const layer = this.#layering.of(node);
    return layer !== undefined && this.#wanted.has(layer);
  }

  #reach(): ReadonlySet<Layer> {
    const reached = new Set(this.#roots);
    for (const layer of reached)
      for (const { node } of this.#below(layer)) {
        const next = this.#layering.of(node);
        if (next !== undefined) reached.add(next);
      }
    return reached;
  }

  #below({ always, choices }: Layer): readonly { readonly node: SchemaNode }[] {
    return [
      ...always,
      ...choices.flatMap((choice): readonly Link[] => {
        if (choice.by === 'validity') return [...choice.links, ...(choice.named?.links.values() ?? [])];
        if (choice.by === 'condition') return [...choice.then, ...choice.otherwise];
        return choice.by === 'presence' ? [choice.link] : [...choice.named.links.values()];
      }),
    ];
  }
}

const none: readonly Link[] = [];

/** What was found to hold: a schema once as an alternative, and once as none. */
class Held implements Applying {
  readonly entered: Layer[] = [];
  readonly layers: SchemaNode[] = [];
  readonly alternatives: SchemaNode[] = [];
  /** How many of the entered have been asked for their choices. */
  asked = 0;
  readonly #layering: Layering;
  readonly #plain: Set<Layer>;
  readonly #alternative = new Set<Layer>();

  constructor(layering: Layering, before: readonly Layer[] | undefined) {
    this.#layering = layering;
    this.#plain = new Set(before);
  }

  get key(): string {
    let key = '';
    for (const { number } of this.entered) key += `${number} `;
    for (const { number } of this.#alternative) key += `|${number}`;
    return key;
  }

  enter(root: SchemaNode, asAlternative: boolean): void {
    const pending: Link[] = [{ node: root, alternative: asAlternative }];
    for (const { node, alternative } of pending) {
      const layer = this.#layering.of(node);
      if (layer === undefined) continue;
      const seen = alternative ? this.#alternative : this.#plain;
      if (seen.has(layer)) continue;
      const isNew = !this.#plain.has(layer) && !this.#alternative.has(layer);
      seen.add(layer);
      if (isNew) {
        this.entered.push(layer);
        if (layer.node !== undefined) this.layers.push(layer.node);
      }
      if (alternative && layer.node !== undefined) this.alternatives.push(layer.node);
      for (const link of layer.always)
        pending.push(link.alternative === 'same' ? { node: link.node, alternative } : link);
    }
  }
}

/** All layers of one contract under one set of options. */
class Layering {
  readonly compiler: Compiler;
  /**
   * Answers may leave although a `format` does not hold: what holds but for that is looked into as well, or else nothing in it
   * would be found. Undefined where formats bind.
   */
  readonly loose: Compiler | undefined;
  readonly #layers = new WeakMap<Unit, Layer>();
  #count = 0;

  constructor(compiler: Compiler) {
    this.compiler = compiler;
    this.loose = compiler.direction === 'response' && compiler.formats ? compiler.withoutFormats() : undefined;
  }

  /** Undefined for what is only true or false. */
  of(node: SchemaNode): Layer | undefined {
    if (typeof node.raw === 'boolean') return undefined;
    const unit = this.compiler.unit(node);
    let layer = this.#layers.get(unit);
    if (layer === undefined) this.#layers.set(unit, (layer = new Layer(this.#count++, this.compiler, node)));
    return layer;
  }
}

const layerings = new WeakMap<Compiler, Layering>();

function layeringOf(compiler: Compiler): Layering {
  let layering = layerings.get(compiler);
  if (layering === undefined) layerings.set(compiler, (layering = new Layering(compiler)));
  return layering;
}

function alwaysOf(compiler: Compiler, node: SchemaNode): Layer['always'] {
  const { raw } = node;
  if (typeof raw === 'boolean') return [];
  return composed(compiler, node).flatMap(({ node: part, keyword }): Layer['always'] => {
    if (keyword === '$ref' || keyword === '$dynamicRef')
      return [{ node: part, alternative: saysNothing(raw) ? 'same' : false }];
    // Of several that all hold, one that says nothing frees nothing.
    return keyword === 'allOf' ? [{ node: part, alternative: false }] : [];
  });
}

function choicesOf(compiler: Compiler, node: SchemaNode): Choice[] {
  const { raw } = node;
  if (typeof raw === 'boolean' || isOnlyReference(node)) return [];
  const discriminator = discriminatorOf(compiler.nodes, node);
  const parts = composed(compiler, node);
  const under = (keyword: string): SchemaNode[] =>
    parts.filter((part) => part.keyword === keyword).map((part) => part.node);
  const links = (keyword: string): Link[] => under(keyword).map((part) => ({ node: part, alternative: false }));
  const choices: Choice[] = [];
  for (const keyword of ['anyOf', 'oneOf'] as const) {
    const branches = under(keyword);
    if (branches.length === 0) continue;
    const alternatives = branches.map((part): Link => ({ node: part, alternative: true }));
    choices.push({
      by: 'validity',
      links: alternatives,
      index: tagIndex(compiler, node, keyword, branches),
      named: discriminator?.over === keyword ? namedAmong(discriminator, alternatives) : undefined,
    });
  }
  if (discriminator?.over === 'children') {
    const heirs = [...discriminator.branches].map(([name, part]) => [name, { node: part, alternative: true }] as const);
    choices.push({ by: 'name', named: { property: discriminator.property, links: new Map(heirs) } });
  }
  const [condition] = under('if');
  if (condition !== undefined)
    choices.push({
      by: 'condition',
      condition: compiler.unit(condition),
      then: [...links('if'), ...links('then')],
      otherwise: links('else'),
    });
  for (const keyword of ['dependentSchemas', 'dependencies'] as const) {
    const names = entriesOf(raw, keyword).filter(([, value]) => !Array.isArray(value));
    for (const [index, link] of links(keyword).entries()) {
      const name = names[index]?.[0];
      if (name !== undefined) choices.push({ by: 'presence', name, link });
    }
  }
  return choices;
}

/** What a discriminator names of the alternatives; a schema that is none of them is no choice. */
function namedAmong({ property, positions }: Discriminator, alternatives: readonly Link[]): Named {
  const links = new Map<string, Link>();
  for (const [name, position] of positions) {
    const link = alternatives[position];
    if (link !== undefined) links.set(name, link);
  }
  return { property, links };
}

/** Keywords that do not change what is valid. */
const annotations: ReadonlySet<string> = new Set(
  '$ref $dynamicRef $id $anchor $dynamicAnchor $comment $schema $defs title description default example examples deprecated externalDocs xml'.split(
    ' ',
  ),
);

/** Whether a schema only refers and describes. */
export function saysNothing(raw: object): boolean {
  return Object.keys(raw).every((keyword) => annotations.has(keyword) || keyword.startsWith('x-'));
}

function isValid(unit: Unit, value: unknown): boolean {
  spend(4);
  try {
    return (unit.f ?? unit.compile())(value);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
